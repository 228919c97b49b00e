"""One exchange on a connection of aiohttp, without what a session does around each.

Redirects, cookies, traces, middlewares and timers of the whole are a third of the time that a small
request takes, and none of them is used here.
"""

from __future__ import annotations

import asyncio
from inspect import iscoroutinefunction, signature
from typing import TYPE_CHECKING, Any, Final

from aiohttp import ClientRequest, ClientResponse, ConnectionTimeoutError, TCPConnector
from aiohttp.client_proto import ResponseHandler

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiohttp import ClientSession, ClientTimeout
    from multidict import CIMultiDict
    from yarl import URL

_OF_REQUEST: Final = ("headers", "loop", "response_class", "session", "ssl", "skip_auto_headers")


class Direct:
    """Sends requests that have no body and go through no proxy.

    Args:
        session: Whose connections are used.
        reading: How responses are read: what `ResponseHandler.set_response_params` takes.
    """

    def __init__(self, session: ClientSession, reading: Mapping[str, Any]) -> None:
        self._session = session
        self._reading = reading
        self._loop = asyncio.get_running_loop()

    async def ask(
        self,
        method: str,
        url: URL,
        headers: CIMultiDict[str],
        *,
        timeout: ClientTimeout,  # noqa: ASYNC109
        **options: Any,
    ) -> ClientResponse:
        """Send a request and return its response, once the head has come."""
        connector = self._session.connector
        if connector is None:
            raise RuntimeError("the client is closed")
        request = ClientRequest(
            method,
            url,
            headers=headers,
            loop=self._loop,
            response_class=ClientResponse,
            session=self._session,
            **options,
        )
        try:
            connection = await connector.connect(request, [], timeout)
        except TimeoutError as error:
            raise ConnectionTimeoutError from error
        try:
            protocol: Any = connection.protocol
            protocol.set_response_params(
                skip_payload=method == "HEAD", read_timeout=timeout.sock_read, **self._reading
            )
            response = await request.send(connection)
            try:
                return await response.start(connection)
            except BaseException:
                response.close()
                raise
        except BaseException:
            connection.close()
            raise


def is_possible(reading: Mapping[str, Any]) -> bool:
    """Return whether this version of aiohttp has the parts that `Direct` is made of."""
    named = dict.fromkeys(_OF_REQUEST)
    read = {"skip_payload": False, "read_timeout": None, **reading}
    return (
        _takes(ClientRequest, "GET", "url", **named)
        and _takes(TCPConnector.connect, "self", "request", "traces", "timeout")
        and _takes(ResponseHandler.set_response_params, "self", **read)
        and all(map(iscoroutinefunction, (ClientRequest.send, ClientResponse.start)))
    )


def _takes(function: Callable[..., Any], *arguments: Any, **named: Any) -> bool:
    try:
        signature(function).bind(*arguments, **named)
    except TypeError:
        return False
    return True
