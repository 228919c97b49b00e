"""numpy, for tests of a package that works with it and without it."""

from __future__ import annotations

from typing import Any

import pytest

np: Any
try:
    import numpy as np
except ImportError:  # a wheel is tested alone
    np = None

needs_numpy = pytest.mark.skipif(np is None, reason="numpy is not here: a wheel is tested alone")
