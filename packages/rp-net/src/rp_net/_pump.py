"""From the network to the disk: reading goes on while the last batch is hashed and written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import anyio

from rp_net._loop import on_trio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from anyio.abc import ObjectReceiveStream, ObjectSendStream

    from rp_net._part import Part

BATCH: Final = 1 << 20


async def pump(pieces: AsyncIterator[bytes], part: Part) -> None:
    """Write pieces to a part file in batches of at least 1 MiB.

    What has come before an error is written all the same. On return no thread writes any more,
    also where the caller was cancelled.

    Raises:
        NetError: What reading raised.
        OSError: What writing raised.
    """
    first, ended = await _batch(pieces)
    file = _async_file(part)
    if ended is not None:
        await _write(file, first)
        if isinstance(ended, Exception):
            raise ended
        return
    errors: list[Exception] = []
    sender, receiver = anyio.create_memory_object_stream[bytes](0)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_write_all, file, receiver, errors, tasks.cancel_scope)
        async with sender:
            await sender.send(first)
            await _send_all(pieces, sender, errors)
    if errors:
        raise errors[0]


async def _send_all(
    pieces: AsyncIterator[bytes], sender: ObjectSendStream[bytes], errors: list[Exception]
) -> None:
    ended: Exception | bool | None = None
    while ended is None:
        batch, ended = await _batch(pieces)
        if batch:
            await sender.send(batch)
    if isinstance(ended, Exception):
        errors.append(ended)


async def _write_all(
    file: Any,
    receiver: ObjectReceiveStream[bytes],
    errors: list[Exception],
    scope: anyio.CancelScope,
) -> None:
    async with receiver:
        try:
            async for batch in receiver:
                await _write(file, batch)
        except Exception as error:
            errors.insert(0, error)
            scope.cancel()


async def _batch(pieces: AsyncIterator[bytes]) -> tuple[bytes, Exception | bool | None]:
    """Return the next batch, and how the pieces ended: by an error, at their end, or not yet."""
    batch: list[bytes] = []
    size = 0
    ended: Exception | bool | None = None
    try:
        async for piece in pieces:
            batch.append(piece)
            size += len(piece)
            if size >= BATCH:
                break
        else:
            ended = True
    except Exception as error:
        ended = error
    return (batch[0] if len(batch) == 1 else b"".join(batch)), ended


async def _write(file: Any, batch: bytes) -> None:
    """Write a batch to its end: a thread that goes on alone might write to another file."""
    if batch:
        with anyio.CancelScope(shield=True):
            await file.write(batch)


def _async_file(part: Part) -> Any:
    if on_trio():
        return anyio.wrap_file(part)
    from aiofiles.threadpool import wrap

    return wrap(part)
