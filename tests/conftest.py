from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from support.leaks import nothing_left

hypothesis.settings.register_profile("rp", deadline=None)
hypothesis.settings.load_profile("rp")

LOOPS = [
    pytest.param(("asyncio", {"use_uvloop": False}), id="asyncio"),
    pytest.param(("trio", {}), id="trio"),
]
if sys.platform != "win32":
    LOOPS.append(pytest.param(("asyncio", {"use_uvloop": True}), id="uvloop"))


@pytest.fixture(params=LOOPS)
def anyio_backend(request: pytest.FixtureRequest) -> object:
    return request.param


@pytest.fixture
def leaves_nothing(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Fail a test that leaves a descriptor, a thread, a child or a temporary file behind."""
    temporaries = tmp_path_factory.mktemp("temporaries")
    monkeypatch.setattr(tempfile, "tempdir", str(temporaries))
    with nothing_left(tmp_path):
        yield
    assert not os.listdir(temporaries)
