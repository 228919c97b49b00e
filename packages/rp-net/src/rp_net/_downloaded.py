"""What a download gives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Download:
    """A file that was downloaded.

    Attributes:
        path: Where it is.
        size: Bytes.
        url: What was asked for.
        digest: "algorithm:hex", of the algorithm that was asked for; None: none was.
        etag, modified: What the response said in ETag and Last-Modified.
        resumed_from: Bytes that were there before this call.
        fetched: Whether anything was fetched; False: the destination was right already.
    """

    __module__ = "rp_net"

    path: str
    size: int
    url: str
    digest: str | None = None
    etag: str | None = None
    modified: str | None = None
    resumed_from: int = 0
    fetched: bool = True
