"""A URL to a file: resumed where that is safe, checked, and in its place whole or not at all."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import anyio

from rp_core import Reporter, threaded
from rp_net._attempts import is_too_late
from rp_net._digests import Digest, digest_of_file, parse_digest
from rp_net._downloaded import Download
from rp_net._errors import (
    DigestError,
    IncompleteBodyError,
    NetError,
    NetTimeoutError,
    TruncatedError,
)
from rp_net._options import SendOptions, check_options
from rp_net._part import BusyError, Part
from rp_net._retry import Retry, as_retry
from rp_net._target import Places, check_overwrite
from rp_net._transfer import Transfer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping

    from rp_core import Progress
    from rp_net._engine import Engine
    from rp_net._target import Target
    from rp_net._tls import Path

    ShowProgress = bool | Callable[[Progress], object] | None

_POLL_SECONDS: Final = 0.05
_HEADWAY: Final = 1 << 20
RETRIES: Final = Retry(retries=5)


class DownloadOptions(SendOptions, total=False):
    """Options of a download.

    Attributes:
        digest: What the file must come to: "sha256:hex" (also sha512, sha384, sha1, md5, blake2b,
            ...), the form "sha256-base64", or 64 digits of hex; the name of an algorithm alone is
            computed for the result. A destination that has this digest already is left as it is.
        resume: Whether what an earlier attempt has left is gone on from.
        overwrite: Whether a file at the destination is replaced.
        progress: True shows a bar on stderr; a callable receives a `Progress` that counts bytes.
        durable: Whether to wait until the file is on the disk (fsync).
    """

    digest: str | None
    resume: bool
    overwrite: bool
    progress: ShowProgress
    durable: bool


OF_FILE: Final = DownloadOptions.__annotations__.keys() - SendOptions.__annotations__.keys()


async def download(
    engine: Engine,
    url: str,
    destination: Path,
    options: Mapping[str, Any],
    places: Places | None = None,
) -> Download:
    """Download a URL to a file.

    Args:
        engine: What sends the requests.
        url: As in `rp_net.download`.
        destination: As there.
        options: As there.
        places: Those of the batch that it is one of.
    """
    sending = {name: value for name, value in options.items() if name not in OF_FILE}
    check_options(sending, body=False)
    text = options.get("digest")
    digest = None if text is None else parse_digest(text)
    places = places or Places()
    target = places.target(destination)
    overwrite = options.get("overwrite", True)
    if target.size is not None:
        path = target.path
        if digest and digest.hex and (await _digest_of(path, digest.algorithm)) == digest:
            return Download(path, target.size, url, str(digest), fetched=False)
        if not overwrite:
            check_overwrite(path)
    limits = {"max_bytes": None, **sending, "retries": 0, "cache": False}
    first = engine.prepare("GET", url, limits, whole=False)
    progress = options.get("progress")
    reporter = Reporter(progress, None) if progress else None
    part = Part(target.part_path(url))
    transfer = Transfer(engine.send, url, first, part, digest)
    transfer.overwrite = overwrite
    transfer.durable = options.get("durable", False)
    transfer.show = reporter.report if reporter else None
    transfer.named = partial(_place_of, target, url, places, overwrite=overwrite)
    try:
        with engine.clock.until(engine.clock.deadline(first[1]), first[1].late):
            async with held(part):
                if options.get("resume", True):
                    transfer.go_on()
                await _until_whole(transfer, as_retry(options.get("retries", RETRIES)))
    except NetTimeoutError:
        if transfer.done is None:  # else it was done just in time
            raise
    finally:
        if reporter:
            reporter.close()
    if transfer.done is None:
        raise RuntimeError("the download has not ended")
    return transfer.done


async def _until_whole(transfer: Transfer, retry: Retry) -> None:
    """Fetch until the file is whole: go on after what broke off, begin anew after what misled."""
    tried, best = 0, transfer.part.size
    while True:
        try:
            await transfer.run()
        except BusyError:
            await _open(transfer.part)
        except (NetError, OSError) as error:
            if transfer.part.size - best >= _HEADWAY:
                tried, best = 0, transfer.part.size
            again = transfer.may_begin_anew(error)
            wait = 0.0 if again else retry.wait_after_failure(error, transfer.request, tried)
            if wait is None or is_too_late(wait):
                if isinstance(error, IncompleteBodyError):
                    raise _truncated(transfer) from error
                raise
            tried += not again
            await anyio.sleep(wait)
        else:
            return


def _place_of(
    target: Target, url: str, places: Places, name: Callable[[], str], *, overwrite: bool
) -> str:
    path = target.within(name()) if target.is_folder else target.path
    places.take(path, url)
    if not overwrite:
        check_overwrite(path)
    return path


@asynccontextmanager
async def held(part: Part, *, always: bool = False) -> AsyncGenerator[None, None]:
    """Let go of a part file at the end; one that is there is opened, once nobody else has it.

    Args:
        part: The file.
        always: Whether one that is not there is made at once.
    """
    if always or os.path.lexists(part.path):  # noqa: ASYNC240 - less than a thread costs
        await _open(part)
    keep = True
    try:
        yield
    except DigestError:
        keep = False
        raise
    finally:
        part.leave(keep=keep)


async def _open(part: Part) -> None:
    while not part.open():  # noqa: ASYNC110 - a process that lets go tells nobody
        await anyio.sleep(_POLL_SECONDS)


def _truncated(transfer: Transfer) -> TruncatedError:
    got, length = transfer.part.size, transfer.length
    text = f"{transfer.url}: {got} bytes came of {length or 'unknown many'}"
    return TruncatedError(text, got, length)


async def _digest_of(path: str, algorithm: str) -> Digest | None:
    return await threaded(digest_of_file, module=__name__)(path, algorithm)
