"""What is raised where the sound itself fails, and not what takes it."""

from __future__ import annotations


class SourceError(Exception):
    """Carries an error of the sound past the backends that take it: no other would do better.

    Attributes:
        failure: The error.
    """

    def __init__(self, failure: Exception) -> None:
        super().__init__(str(failure))
        self.failure = failure
