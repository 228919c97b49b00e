"""Server-sent events (HTML standard, 9.2.6)."""

from __future__ import annotations

from dataclasses import dataclass

from rp_net._errors import BodyLimitError


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event.

    Attributes:
        event: Its type.
        data: Its data; several lines are joined by line feeds.
        id: The last event id there was, to go on from with the field Last-Event-ID.
        retry: Milliseconds after which the server wants to be connected to again, if it said so.
    """

    __module__ = "rp_net"

    event: str = "message"
    data: str = ""
    id: str = ""
    retry: int | None = None


class EventParser:
    """Takes lines, gives events."""

    def __init__(self, max_event: int) -> None:
        self._max_event = max_event
        self._data: list[str] = []
        self._size = 0
        self._event = self._id = ""
        self._retry: int | None = None

    def feed(self, line: str) -> Event | None:
        """Take a line; return the event that it ends.

        Raises:
            BodyLimitError: The event is longer than allowed.
        """
        if not line:
            return self._dispatch()
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            self._size += len(value) + 1
            if self._size > self._max_event:
                raise BodyLimitError(f"an event is longer than {self._max_event} characters")
            self._data.append(value)
        elif field == "event":
            self._event = value
        elif field == "id" and "\0" not in value:
            self._id = value
        elif field == "retry" and value.isascii() and value.isdigit():
            self._retry = int(value[:12])
        return None

    def _dispatch(self) -> Event | None:
        data, self._data, self._size = self._data, [], 0
        event, self._event = self._event, ""
        if not data:
            return None
        return Event(event or "message", "\n".join(data), self._id, self._retry)
