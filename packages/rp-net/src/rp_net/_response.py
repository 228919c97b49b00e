"""A response whose body has been read."""

from __future__ import annotations

import json as json_module
from datetime import timedelta
from typing import Any

from rp_net._charset import encoding_of
from rp_net._errors import HTTPStatusError
from rp_net._headers import Headers, HeaderTypes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self


class Response:
    """What a server answered.

    Args:
        status: Status code, 100 to 599.
        headers: Header fields.
        content: The body, decoded.
        reason: The reason phrase; HTTP/2 has none.
        url: Where it came from, after redirects.
        method: Of the request.
        http_version: Such as "HTTP/1.1".

    Attributes:
        status, headers, content, reason, url, method, http_version: As above; `headers` without
            regard to case, and as they came: `content` is decoded all the same.
        history: The redirects that led here, as responses.
        from_cache: Whether a cache gave the body, validated or not.
        seconds: Time from the call to the end of the body.
    """

    __module__ = "rp_net"
    __slots__ = (
        "content", "from_cache", "headers", "history", "http_version", "method", "reason",
        "seconds", "status", "url",
    )  # fmt: skip

    def __init__(
        self,
        status: int,
        *,
        headers: HeaderTypes = (),
        content: bytes | str = b"",
        reason: str = "",
        url: str = "",
        method: str = "GET",
        http_version: str = "HTTP/1.1",
    ) -> None:
        self.status = status
        self.headers = headers if isinstance(headers, Headers) else Headers(headers)
        self.content = content.encode() if isinstance(content, str) else content
        self.reason = reason
        self.url = url
        self.method = method
        self.http_version = http_version
        self.history: tuple[Response, ...] = ()
        self.from_cache = False
        self.seconds = 0.0

    @property
    def elapsed(self) -> timedelta:
        """Time from the call to the end of the body."""
        return timedelta(seconds=self.seconds)

    def __repr__(self) -> str:
        """Show status, size and where it came from."""
        return f"<Response {self.status} {self.reason}, {len(self.content)} bytes, {self.url}>"

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self.status < 400

    @property
    def encoding(self) -> str:
        """Python's name of the encoding that `text` is decoded with.

        A byte order mark counts first, then the charset of Content-Type if it is a text encoding
        of the web, then what HTML and XML say of themselves; else it is UTF-8 where the bytes are
        valid UTF-8, and Windows-1252.
        """
        return encoding_of(self.content, self.headers)

    @property
    def text(self) -> str:
        """The body as text; what the encoding cannot decode is U+FFFD."""
        return self.content.decode(self.encoding, "replace")

    def json(self) -> Any:
        """Return the body as JSON (RFC 8259: UTF-8, or UTF-16 and UTF-32 by their pattern).

        Raises:
            ValueError: It is not JSON.
        """
        return json_module.loads(self.content)

    def raise_for_status(self) -> Self:
        """Return itself, unless the status is 4xx or 5xx.

        Raises:
            HTTPStatusError: It is.
        """
        if self.status >= 400:
            where = f"{self.method} {self.url}" if self.url else self.method
            raise HTTPStatusError(f"{where}: {self.status} {self.reason}".rstrip(), self)
        return self
