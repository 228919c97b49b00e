"""The operations, with a client that all calls on one event loop share."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from rp_net._charset import encoding_of
from rp_net._fetch import fetch
from rp_net._options import check_options
from rp_net._shared import shared_engine
from rp_net._stream import open_stream

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, Iterable
    from typing import TypeAlias, Unpack

    from rp_net._options import RequestOptions, SendOptions
    from rp_net._response import Response
    from rp_net._stream import StreamedResponse
    from rp_net._tls import Path

    Urls: TypeAlias = Iterable[str] | AsyncIterable[str]
    Item: TypeAlias = str | tuple[str, Path]
    Items: TypeAlias = Iterable[Item] | AsyncIterable[Item]


async def request(method: str, url: str, **options: Unpack[RequestOptions]) -> Response:
    """Send a request and return the response, whatever its status.

    Args:
        method: Such as "GET"; in any case.
        url: An http or https URL.
        options: See `SendOptions` and `RequestOptions`.

    Raises:
        HTTPStatusError: The status is 4xx or 5xx, and `raise_for_status` is True.
        NetError: There was no answer, or none that holds: see its kinds.
        TypeError, ValueError: An argument cannot be right.
    """
    check_options(options)
    return await _fetch(method, url, {"raise_for_status": False, **options})


async def get(url: str, **options: Unpack[SendOptions]) -> Response:
    """Get a URL: its response, body and all.

    Args:
        url: An http or https URL.
        options: See `SendOptions`.

    Raises:
        HTTPStatusError: The status is 4xx or 5xx, unless `raise_for_status` is False.
        NetError: There was no answer, or none that holds: see its kinds.
        TypeError, ValueError: An argument cannot be right.
    """
    check_options(options, body=False)
    return await _fetch("GET", url, options)


async def head(url: str, **options: Unpack[SendOptions]) -> Response:
    """Ask for the header fields of a URL: a response without a body.

    Args and errors are those of `get`.
    """
    check_options(options, body=False)
    return await _fetch("HEAD", url, options)


async def post(url: str, **options: Unpack[RequestOptions]) -> Response:
    """Post to a URL; the body is one of `content`, `json`, or `data` and `files`.

    Args:
        url: An http or https URL.
        options: See `SendOptions` and `RequestOptions`.

    Raises:
        HTTPStatusError: The status is 4xx or 5xx, unless `raise_for_status` is False.
        NetError: There was no answer, or none that holds: see its kinds.
        TypeError, ValueError: An argument cannot be right.
    """
    check_options(options)
    return await _fetch("POST", url, options)


async def put(url: str, **options: Unpack[RequestOptions]) -> Response:
    """Put something at a URL.

    Args and errors are those of `post`.
    """
    check_options(options)
    return await _fetch("PUT", url, options)


async def patch(url: str, **options: Unpack[RequestOptions]) -> Response:
    """Change something at a URL.

    Args and errors are those of `post`.
    """
    check_options(options)
    return await _fetch("PATCH", url, options)


async def delete(url: str, **options: Unpack[RequestOptions]) -> Response:
    """Delete what is at a URL.

    Args and errors are those of `post`.
    """
    check_options(options)
    return await _fetch("DELETE", url, options)


async def get_bytes(url: str, **options: Unpack[SendOptions]) -> bytes:
    """Get the body at a URL, decoded from its content codings.

    Args and errors are those of `get`.
    """
    return (await get(url, **options)).content


async def get_text(url: str, *, encoding: str | None = None, **options: Unpack[SendOptions]) -> str:
    """Get the text at a URL.

    Args:
        url: An http or https URL.
        encoding: Of the text; default: as in `Response.encoding`.
        options: See `SendOptions`.

    Raises:
        LookupError: There is no such encoding.
        NetError: As `get` raises.
    """
    response = await get(url, **options)
    name = encoding_of(response.content, response.headers, encoding)
    return response.content.decode(name, "replace")


async def get_json(url: str, **options: Unpack[SendOptions]) -> Any:
    """Get the JSON at a URL.

    Args are those of `get`.

    Raises:
        ValueError: The body is not JSON.
        NetError: As `get` raises.
    """
    return (await get(url, **options)).json()


@asynccontextmanager
async def stream(
    url: str, *, method: str = "GET", **options: Unpack[RequestOptions]
) -> AsyncGenerator[StreamedResponse, None]:
    """Open a response whose body is read piece by piece, in bounded memory.

    Leaving the block closes it. Without `timeout` there is no limit for the whole, only for a
    connection and for a time in which nothing comes; without `max_bytes` none for the body.

    Args:
        url: An http or https URL.
        method: Of the request.
        options: See `SendOptions` and `RequestOptions`.

    Raises:
        HTTPStatusError: The status is 4xx or 5xx, unless `raise_for_status` is False.
        NetError: There was no answer, or none that holds: see its kinds.
        TypeError, ValueError: An argument cannot be right.
    """
    check_options(options)
    async with open_stream(await shared_engine(), method, url, options) as response:
        yield response


async def _fetch(method: str, url: str, options: Any) -> Response:
    return await fetch(await shared_engine(), method, url, options)


for _operation in (
    request, get, head, post, put, patch, delete, get_bytes, get_text, get_json, stream,
):  # fmt: skip
    _operation.__module__ = "rp_net"  # where they are found, and pickled
