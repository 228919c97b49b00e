"""What is written down for a resumption is true, or it is not used."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

import rp_net
from rp_net._digests import Promise
from rp_net._origin import Origin
from rp_net._part import Part
from support.downloads import BOTH, CUT, NEVER, QUICK, begun, noise, part_of, resume_data_of
from support.fault_content import Content
from support.fault_cuts import cut_after, cut_once
from support.fault_exchange import Exchange
from support.fault_server import FaultServer

PAYLOAD: Final = noise(30_000)
OTHER: Final = noise(30_000, 2)


@pytest.fixture(params=BOTH)
def anyio_backend(request: pytest.FixtureRequest) -> object:
    return request.param


def _json(change: Callable[[dict[str, object]], object]) -> Callable[[str], str]:
    def changed(text: str) -> str:
        about = json.loads(text)
        change(about)
        return json.dumps(about)

    return changed


DAMAGES: Final[dict[str, Callable[[str], str]]] = {
    "empty": lambda text: "",
    "half": lambda text: text[: len(text) // 2],
    "list": lambda text: "[]",
    "null": lambda text: "null",
    "zeros": lambda text: "\0" * len(text),
    "deep": lambda text: "[" * 100_000,
    "etag-number": _json(lambda about: about.update(etag=5)),
    "etag-lines": _json(lambda about: about.update(etag='"a"\r\nEvil: 1')),
    "etag-snowman": _json(lambda about: about.update(etag='"\u2603"')),
    "etag-list": _json(lambda about: about.update(etag=["x"])),
    "length-text": _json(lambda about: about.update(length="30000")),
    "length-negative": _json(lambda about: about.update(length=-1)),
    "url-other": _json(lambda about: about.update(url="http://127.0.0.1/other")),
    "more": _json(lambda about: about.update(more=1)),
}


@pytest.mark.parametrize("change", DAMAGES.values(), ids=DAMAGES)
async def test_damaged_resume_data_do_no_harm(change: Callable[[str], str], tmp_path: Path) -> None:
    path = tmp_path / "x"
    with FaultServer() as server:
        url = await begun(server, path, Content(PAYLOAD))
        data = resume_data_of(path)
        data.write_text(change(data.read_text()), encoding="utf-8")
        server.on("/x", Content(PAYLOAD))
        await rp_net.download(url, path, retries=QUICK)
        assert all(r.header("Evil") is None for r in server.requests)
    assert path.read_bytes() == PAYLOAD


async def test_resume_data_of_another_resource_are_not_used(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with FaultServer() as server:
        url = server.on("/x", cut_after(PAYLOAD, CUT))
        with pytest.raises(rp_net.NetError):
            await rp_net.download(url, path, retries=NEVER, params={"version": "1"})
        server.on("/x", Content(OTHER))
        await rp_net.download(url, path, params={"version": "2"})
    assert path.read_bytes() == OTHER


async def test_secrets_of_a_url_are_not_written_down(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with FaultServer() as server:
        url = server.on("/x", cut_after(PAYLOAD, CUT)).replace("://", "://user:hunter2@")
        with pytest.raises(rp_net.NetError):
            await rp_net.download(url, path, retries=NEVER)
    assert "hunter2" not in resume_data_of(path).read_text()


async def test_resume_data_of_older_bytes_are_gone_before_new_bytes_come(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with FaultServer() as server:
        url = await begun(server, path, Content(PAYLOAD))
        part = Part(str(part_of(path)))
        assert part.open()
        part.begin(0, Origin(url, len(OTHER), '"two"'), Promise(), Promise())
        part.write([OTHER[: CUT * 2]])
        part._close()  # as the death of its process would
        server.on("/x", Content(PAYLOAD))
        await rp_net.download(url, path, retries=QUICK)
    assert path.read_bytes() == PAYLOAD


async def test_bytes_are_not_taken_for_those_of_an_answer_that_broke_off_at_once(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x"
    with FaultServer() as server:
        url = await begun(server, path, Content(PAYLOAD))
        server.on("/x", cut_once(OTHER, 0, content=Content(OTHER, '"two"')))
        await rp_net.download(url, path, retries=QUICK)
    assert path.read_bytes() == OTHER


async def test_bytes_are_not_taken_for_those_of_an_answer_that_was_given_up(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with FaultServer() as server:
        url = await begun(server, path, Content(PAYLOAD))
        server.on("/x", _stuck)
        with pytest.raises(rp_net.NetTimeoutError):
            await rp_net.download(url, path, timeout=0.5)
        server.on("/x", Content(OTHER, '"two"'))
        await rp_net.download(url, path, retries=QUICK)
    assert path.read_bytes() == OTHER


def _stuck(exchange: Exchange) -> None:
    answer = Content(OTHER, '"two"').answer(exchange.request)
    exchange.send(answer.head())
    exchange.sleep(30)
