"""From the network to the disk: reading goes on while the last batch is hashed and written."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import anyio

from rp_net._loop import on_trio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from anyio.abc import ObjectReceiveStream, ObjectSendStream

    from rp_net._part import Part

    Batch = list[bytes]
    Ended = Exception | bool | None

BATCH: Final = 1 << 20


async def pump(pieces: AsyncIterator[bytes], part: Part) -> Batch:
    """Write pieces to a part file in batches of at least 1 MiB, and return the last one.

    What has come before an error is written all the same.

    Raises:
        NetError: What reading raised.
        OSError: What writing raised.
    """
    batch, ended = await _batch(pieces)
    if ended is None:
        batch, ended = await _pump(batch, pieces, part)
    if isinstance(ended, Exception):
        await _write(_async_file(part), batch)
        raise ended
    return batch


async def _pump(first: Batch, pieces: AsyncIterator[bytes], part: Part) -> tuple[Batch, Ended]:
    errors: list[Exception] = []
    batch, ended = first, None
    sender, receiver = anyio.create_memory_object_stream[list[bytes]](0)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_write_all, _async_file(part), receiver, errors, tasks.cancel_scope)
        async with sender:
            with suppress(anyio.BrokenResourceError):  # writing has failed
                batch, ended = await _send_all(batch, pieces, sender)
    if errors:
        raise errors[0]
    return batch, ended


async def _send_all(
    batch: Batch, pieces: AsyncIterator[bytes], sender: ObjectSendStream[Batch]
) -> tuple[Batch, Ended]:
    while True:
        following, ended = await _batch(pieces)
        await sender.send(batch)
        batch = following
        if ended is not None:
            return batch, ended


async def _write_all(
    file: Any,
    receiver: ObjectReceiveStream[Batch],
    errors: list[Exception],
    scope: anyio.CancelScope,
) -> None:
    async with receiver:
        try:
            async for batch in receiver:
                await _write(file, batch)
        except Exception as error:
            errors.append(error)
            scope.cancel()


async def _batch(pieces: AsyncIterator[bytes]) -> tuple[Batch, Ended]:
    """Return the next batch, and how the pieces ended: by an error, at their end, or not yet."""
    batch: list[bytes] = []
    size = 0
    try:
        async for piece in pieces:
            batch.append(piece)
            size += len(piece)
            if size >= BATCH:
                return batch, None
    except Exception as error:
        return batch, error
    return batch, True


async def _write(file: Any, batch: Batch) -> None:
    """Write a batch to its end, also where the caller is cancelled meanwhile."""
    if batch:
        with anyio.CancelScope(shield=True):
            await file.write(batch)


def _async_file(part: Part) -> Any:
    if on_trio():
        file: Any = part
        return anyio.wrap_file(file)
    from aiofiles.threadpool.binary import AsyncFileIO

    return AsyncFileIO(part, None, None)
