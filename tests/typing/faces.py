"""What type-checkers see of both faces; checked by mypy and pyright, never run."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar, assert_type

import rp_audio
import rp_audio.sync
import rp_core
import rp_core.sync
import rp_image
import rp_image.sync
import rp_net
import rp_net.sync
import rp_text
import rp_text.sync
import rp_video
from numpy.typing import NDArray
from rp_core import (
    Failure,
    Fallback,
    Results,
    amap,
    blocking,
    extra,
    thread_map,
    threaded,
    threaded_iter,
)
from rp_image import ImageInfo

T = TypeVar("T")
Image = NDArray[Any]


def plain(path: str, *, limit: int = 3) -> bytes:
    raise NotImplementedError


def generic(item: T, count: int) -> list[T]:
    raise NotImplementedError


def frames(path: str) -> Iterator[int]:
    raise NotImplementedError


async def fetch(url: str, *, retries: int = 3) -> bytes:
    raise NotImplementedError


def shape(image: Image) -> tuple[int, ...]:
    raise NotImplementedError


aio_plain = threaded(plain, module="demo")
aio_generic = threaded(generic, module="demo")
aio_frames = threaded_iter(frames, module="demo")
sync_fetch = blocking(fetch, module="demo.sync")
chain: Fallback[[str], bytes] = Fallback("rp_demo.read")


@chain.via(needs="math", install=extra("math"))
def backend(path: str) -> bytes:
    raise NotImplementedError


async def check_core() -> None:
    assert_type(await aio_plain("a", limit=4), bytes)
    assert_type(await aio_generic(1, 2), list[int])
    assert_type(aio_frames("a"), AsyncGenerator[int, None])
    assert_type(await amap(fetch, ["a", "b"]), list[bytes])
    _results: Results[bytes | Failure[str]] = amap(fetch, ["a"], on_error="return")
    assert_type(await thread_map(plain, ["a"], on_error="skip"), list[bytes])
    assert_type(sync_fetch("a", retries=1), bytes)
    assert_type(list(rp_core.sync.thread_map(plain, ["a"])), list[bytes])
    assert_type(chain("a"), bytes)
    assert_type(chain.using("backend")("a"), bytes)
    async with thread_map(plain, ["a"]) as stream:
        async for result in stream:
            assert_type(result, bytes)


async def check_image(image: Image) -> None:
    assert_type(await rp_image.load("a.png", mode="gray"), Image)
    assert_type(await rp_image.probe(Path("a.png")), ImageInfo)
    _saving: Coroutine[Any, Any, None] = rp_image.save(image, "a.png")
    assert_type(await rp_image.resize(image, (3, 4), method="area"), Image)
    assert_type(await rp_image.load_many([Path("a")], limit=2), list[Image])
    assert_type(await rp_image.load_many(["a"], transform=shape), list[tuple[int, ...]])
    assert_type(rp_image.stream(["a"], transform=shape), rp_core.Stream[tuple[int, ...]])


def check_image_sync(image: Image) -> None:
    assert_type(rp_image.sync.load(b"", backend=["opencv", "pillow"]), Image)
    assert_type(rp_image.sync.load_many(["a"]), list[Image])
    assert_type(rp_image.sync.load_many(["a"], transform=shape), list[tuple[int, ...]])
    assert_type(rp_image.sync.stream(["a"]), rp_core.sync.Stream[Image])
    assert_type(rp_image.sync.grid([image], columns=2), Image)
    assert_type(rp_image.sync.save(image, "a.png"), None)


async def check_net(client: rp_net.Client) -> None:
    assert_type(await rp_net.get("http://a", retries=0), rp_net.Response)
    assert_type(await rp_net.get_bytes("http://a"), bytes)
    assert_type(await rp_net.fetch_many(["http://a"]), list[rp_net.Response])
    assert_type(
        await client.fetch_many(["http://a"], on_error="return"),
        list[rp_net.Response | Failure[str]],
    )
    assert_type(await rp_net.download("http://a", "b"), rp_net.Download)
    assert_type(await client.download_many(["http://a"], "b"), list[rp_net.Download])
    assert_type(await rp_net.cached_path("http://a"), Path)
    async with rp_net.stream("http://a") as response:
        assert_type(response, rp_net.StreamedResponse)
        async for piece in response.iter_bytes():
            assert_type(piece, bytes)


def check_net_sync(client: rp_net.sync.Client) -> None:
    assert_type(rp_net.sync.get("http://a", timeout=3), rp_net.Response)
    assert_type(rp_net.sync.get_text("http://a"), str)
    assert_type(rp_net.sync.fetch_many(["http://a"]), list[rp_net.Response])
    assert_type(client.download("http://a", "b", digest="md5"), rp_net.Download)
    with client.stream("http://a") as response:
        assert_type(response, rp_net.sync.StreamedResponse)
        assert_type(next(iter(response.iter_lines())), str)


async def sounds(path: Path) -> None:
    assert_type(await rp_audio.load(path), rp_audio.Audio)
    samples, rate = await rp_audio.load(path, rate=16_000)
    assert_type(rate, int)
    assert_type(await rp_audio.load_many([path]), list[rp_audio.Audio])
    assert_type(
        await rp_audio.load_many([b""], on_error="return"),
        list[rp_audio.Audio | Failure[rp_core.Source]],
    )
    assert_type(rp_audio.stream(path), AsyncGenerator[rp_audio.Audio, None])
    assert_type(await rp_audio.tts("a"), rp_audio.Audio)
    assert_type(await rp_audio.tts("a", path=path), Path)
    assert_type(await rp_audio.start((samples, rate)), rp_audio.Playback)
    assert_type(await rp_audio.voices(), list[rp_audio.Voice])


async def text_on_a_loop(path: Path) -> None:
    assert_type(rp_text.read_lines(path), AsyncGenerator[str, None])
    assert_type(rp_text.read_line_batches(path), AsyncGenerator[list[str], None])
    assert_type(rp_text.iter_json_lines(path), AsyncGenerator[Any, None])
    assert_type(await rp_text.read_text(path, encoding="cp1252"), str)
    assert_type(await rp_text.detect_encoding(b""), rp_text.Encoding)
    assert_type(await rp_text.dump_json({}), bytes)
    await rp_text.dump_json({}, path)
    await rp_text.write_lines(path, rp_text.read_lines(path))
    assert_type(await rp_text.format_code("x=1", "python"), rp_text.Formatted)
    assert_type(await rp_text.format_many([path]), list[rp_text.Formatted])
    assert_type(
        await rp_text.highlight_many([path], on_error="return"),
        list[str | Failure[str | os.PathLike[str]]],
    )


def text_in_plain_code(path: Path) -> None:
    assert_type(rp_text.sync.read_text(path), str)
    assert_type(rp_text.sync.dump_json({}), bytes)
    assert_type(rp_text.sync.highlight_many([path], to="html"), list[str])
    assert_type(rp_text.sync.format_file(path).changed, bool)
    for line in rp_text.sync.read_lines([b"a", b"b"]):
        assert_type(line, str)


def plain_sounds(path: Path) -> None:
    sound = rp_audio.sync.load(path, mono=True)
    assert_type(sound, rp_audio.Audio)
    assert_type(rp_audio.sync.normalize(sound, "loudness"), rp_audio.Audio)
    assert_type(rp_audio.sync.loudness((sound.samples, 8000)), float)
    assert_type(rp_audio.sync.tts("a", path="b"), Path)
    assert_type(rp_audio.sync.start(sound), rp_audio.sync.Playback)
    assert_type(rp_audio.sync.load_many([path]), list[rp_audio.Audio])


async def films(path: Path) -> None:
    assert_type(rp_video.stream(path), AsyncGenerator[rp_video.Frame, None])
    assert_type(await rp_video.probe(path), rp_video.VideoInfo)
