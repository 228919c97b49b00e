"""A name that a server gives is one name in the folder, and can be one on every system."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import rp_net
from rp_net._headers import Headers
from support.downloads import ASYNCIO, strangers
from support.fault_content import Content
from support.fault_server import FaultServer

HOSTILE: Final = (
    "../evil", "..\\evil", "/etc/passwd", "C:\\evil", "C:evil", "\\\\host\\share\\evil", "..", ".",
    "", " ", "...", "a/../../evil", "%2e%2e%2fevil", "..%5cevil", "evil\x00.txt", "evil\r\nX: 1",
    "CON", "nul.txt", "LPT1.", "aux .txt", "evil.txt:stream", "evil. . .", ".bashrc",
    "\u202etxt.exe", "..\uff0fevil", "..\u2215evil", "x" * 300 + ".txt", "\u00e9" * 200 + ".tar.gz",
    "con" + " " * 300 + ".txt", "CONIN$", "CONOUT$.txt", "a\u2028b", "~/evil", "|evil", "\ud800x",
)  # fmt: skip
DEVICES: Final = {
    "con", "prn", "aux", "nul", "conin$", "conout$",
    *(f"{kind}{n}" for kind in ("com", "lpt") for n in "0123456789\u00b9\u00b2\u00b3"),
}  # fmt: skip


@pytest.fixture
def anyio_backend() -> object:
    return ASYNCIO


class Response:
    def __init__(self, disposition: str = "", url: str = "http://127.0.0.1/a/b") -> None:
        self.url = url
        self.headers = Headers.received([("Content-Disposition", disposition)])


def quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'attachment; filename="{escaped}"'


def extended(name: str) -> str:
    coded = "".join(f"%{byte:02X}" for byte in name.encode("utf-8", "surrogatepass"))
    return f"attachment; filename*=UTF-8''{coded}"


def check(name: str) -> None:
    """Claim that a name is one component on every system."""
    assert name
    assert name == name.strip(" .")
    assert len(name.encode()) <= 200
    assert not set(name) & set('/\\:*?"<>|\0')
    assert all(unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in name)
    assert name.partition(".")[0].strip(" \u00a0").lower() not in DEVICES
    folder = Path("/folder")
    assert Path(os.path.normpath(folder / name)).parent == folder


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_hostile_names_are_tamed(name: str) -> None:
    check(rp_net.filename_from(Response(extended(name))))
    check(rp_net.filename_from(Response(quoted(name))))
    url = f"http://127.0.0.1/a/{name.encode('ascii', 'replace').hex()}"
    check(rp_net.filename_from(Response("", url)))


@given(st.text())
@example("con .txt")
@example("\u00a0.\u00a0")
@example("a" * 199 + "\u00e9")
@example("." * 300 + "x" * 300)
def test_any_name_is_tamed(name: str) -> None:
    check(rp_net.filename_from(Response(extended(name))))


@given(st.text(st.characters(max_codepoint=255)))
def test_any_header_is_read(value: str) -> None:
    check(rp_net.filename_from(Response(value)))


@given(st.text("abc.%2f5c/\\", max_size=30))
def test_any_path_of_a_url_is_tamed(path: str) -> None:
    check(rp_net.filename_from(Response("", f"http://127.0.0.1/{path}")))


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("attachment; filename=plain.txt", "plain.txt"),
        ('attachment; filename="two words.txt"', "two words.txt"),
        ('inline; FILENAME = "a;b.txt"', "a;b.txt"),
        (r'attachment; filename="a\"b.txt"', "a_b.txt"),
        ("attachment; filename*=UTF-8''%e2%82%ac%20rates.txt", "\u20ac rates.txt"),
        ("attachment; filename*=iso-8859-1'en'%A3.txt", "\u00a3.txt"),
        ("attachment; filename=old.txt; filename*=UTF-8''new.txt", "new.txt"),
        ("attachment; filename*=UTF-8''new.txt; filename=old.txt", "new.txt"),
        ("attachment; filename*=utf-16''x; filename=old.txt", "old.txt"),
        ('attachment; filename="caf\u00c3\u00a9.txt"', "caf\u00e9.txt"),
        ('attachment; filename="caf\u00e9.txt"', "caf\u00e9.txt"),
        ("attachment; filename=first; filename=second", "first"),
        ("attachment", "b"),
        ("attachment; filename=", "b"),
        ('attachment; filename=""', "b"),
        ('attachment; filename="100% right.txt"', "100% right.txt"),
    ],
)
def test_names_are_read(disposition: str, name: str) -> None:
    assert rp_net.filename_from(Response(disposition)) == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://127.0.0.1/", "download"),
        ("http://127.0.0.1/a/", "download"),
        ("http://127.0.0.1/a/b.tar.gz?x=/y", "b.tar.gz"),
        ("http://127.0.0.1/caf%C3%A9", "caf\u00e9"),
        ("http://127.0.0.1/a%2Fb", "b"),
    ],
)
def test_a_url_names_a_file(url: str, name: str) -> None:
    assert rp_net.filename_from(Response("", url)) == name


def test_a_long_name_keeps_its_suffix() -> None:
    name = rp_net.filename_from(Response(extended("x" * 500 + ".jpeg")))
    assert name.endswith("x.jpeg")


async def test_hostile_names_never_leave_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "inner" / "folder"
    folder.mkdir(parents=True)
    placed = set()
    with FaultServer() as server:
        for number, name in enumerate(HOSTILE):
            headers = (("Content-Disposition", extended(name)),)
            url = server.on(f"/{number}", Content(b"x", headers=headers))
            done = await rp_net.download(url, folder)
            assert Path(done.path).parent == folder
            placed.add(Path(done.path).name)
    assert strangers(folder, *placed) == set()
    assert (os.listdir(tmp_path), os.listdir(tmp_path / "inner")) == (["inner"], ["folder"])
