"""A catalogue of what can go wrong with a download."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from support import fault_cuts as cuts
from support import fault_lies as lies
from support.fault_content import OLD, Content, ranged
from support.fault_exchange import Handler

__all__ = ["FAULTS", "Content", "Fault", "ranged"]

Change = Callable[[bytes], bytes]
Factory = Callable[[bytes], Handler]

HTML: Final = b"<!doctype html><title>Sorry</title><p>Please sign in.</p>\n"
WEAK: Final = 'W/"one"'


@dataclass(frozen=True)
class Fault:
    """One fault.

    A recoverable one is over at some time: a right client that retries and resumes can end with
    the right file, which is one of `endings(payload)`. After the others it reports an error, or
    has got one of the same endings by luck; no client may ever end with anything else.
    """

    name: str
    factory: Factory
    recoverable: bool
    change: Change | None = None
    """What the second content is, where it is another one."""
    silent: Change | None = None
    """What a client may keep that cannot know better."""
    slow: bool = False
    """Whether a client needs time limits of its own."""

    def __str__(self) -> str:
        return self.name

    def handler(self, payload: bytes) -> Handler:
        """Return a handler, with a state of its own; the payload has 1000 bytes or more."""
        return self.factory(payload)

    def second(self, payload: bytes) -> bytes | None:
        """Return the content that the second request finds, where it is another one."""
        return self.change and self.change(payload)

    def endings(self, payload: bytes) -> tuple[bytes, ...]:
        """Return what a finished file may hold."""
        right = self.second(payload) or payload
        return (right, self.silent(payload)) if self.silent else (right,)


def cut(payload: bytes) -> int:
    """Return where the faults of the catalogue cut a payload."""
    return len(payload) // 3


def other(payload: bytes) -> bytes:
    """Return other content of the same length."""
    return bytes(byte ^ 0xFF for byte in payload)


def grown(payload: bytes) -> bytes:
    """Return content that has grown at its end."""
    return payload + payload[:101]


def _at_cut(make: Callable[[bytes, int], Handler]) -> Factory:
    return lambda payload: make(payload, cut(payload))


def _once(make: Callable[[bytes, int], Handler]) -> Factory:
    """Do it to the first request only."""
    return lambda payload: cuts.first(make(payload, cut(payload)), Content(payload))


def _then(first: Callable[[bytes], Content], second: Callable[[bytes], Content]) -> Factory:
    return lambda payload: lies.changed(first(payload), second(payload), cut(payload))


def _same(content: Callable[[bytes], Content]) -> Factory:
    return _then(content, content)


def _cuts() -> list[Fault]:
    return [
        Fault("right", ranged, True),
        Fault("cut-often", _at_cut(cuts.cut_after), True),
        Fault("cut-once", _at_cut(cuts.cut_once), True),
        Fault("cut-always-there", _at_cut(cuts.cut_at), False),
        Fault("cut-no-body", lambda payload: cuts.cut_once(payload, 0), True),
        Fault("hang-up-once", lambda payload: cuts.first(cuts.hang_up, Content(payload)), True),
        Fault("hang-up-always", lambda payload: cuts.hang_up, False),
        Fault("reset-once", _once(cuts.reset_after), True),
        Fault("reset-often", _at_cut(cuts.reset_after), True),
        Fault("stall-once", _once(cuts.stall_after), True, slow=True),
        Fault("stall-always", lambda payload: cuts.stall_after(payload, 0), False, slow=True),
        Fault("mute", lambda payload: cuts.mute, False, slow=True),
        Fault("drip", cuts.drip, False, slow=True),
        Fault("promised-more", lambda payload: cuts.promised(payload, 10), False),
        Fault(
            "promised-less",
            lambda payload: cuts.promised(payload, -10),
            False,
            silent=lambda payload: payload[:-10],
        ),
        Fault("smuggled", cuts.smuggled, True),
    ]


def _frames() -> list[Fault]:
    return [
        Fault("chunk-cut-once", _once(cuts.chunk_cut), True),
        Fault("chunk-cut-often", _at_cut(cuts.chunk_cut), True),
        Fault("chunk-bad-size", _at_cut(cuts.chunk_bad_size), False),
        Fault("chunk-no-last", cuts.chunk_no_last, False),
        Fault(
            "416-complete",
            lambda payload: cuts.first(
                cuts.chunk_no_last(payload, content=Content(payload)), Content(payload)
            ),
            True,
        ),
        Fault("no-length", cuts.no_length, True),
        Fault(
            "no-length-cut",
            _at_cut(cuts.no_length),
            False,
            silent=lambda payload: payload[: cut(payload)],
        ),
        Fault("gzip-unasked", cuts.gzipped, True),
        Fault("gzip-unasked-cut", _same(cuts.gzipped), True),
    ]


def _ranges() -> list[Fault]:
    return [
        Fault("ranges-ignored", _at_cut(lies.ranges_ignored), True),
        Fault("wrong-start", _at_cut(lies.wrong_start), True),
        Fault("wrong-total", _at_cut(lies.wrong_total), True),
        Fault("no-content-range", _at_cut(lies.no_content_range), True),
        Fault("206-unasked", lies.unasked_206, False),
        Fault("416-always", _at_cut(lies.never_satisfiable), True),
        Fault("weak-etag", _same(lambda payload: Content(payload, WEAK)), True),
        Fault("no-validator", _same(lambda payload: Content(payload, None)), True),
        Fault("last-modified", _same(lambda payload: Content(payload, None, OLD)), True),
    ]


def _changes() -> list[Fault]:
    def new(change: Change, etag: str | None, *, naive: bool = False) -> Callable[..., Content]:
        return lambda payload: Content(change(payload), etag, naive=naive)

    def html(payload: bytes) -> Content:
        return Content(HTML, None, ranges=False, headers=(("Content-Type", "text/html"),))

    none, weak = new(bytes, None), new(bytes, WEAK)
    renewed, naive = new(other, '"two"'), new(other, '"two"', naive=True)
    return [
        Fault("changed", _then(Content, renewed), True, other),
        Fault("changed-if-range-ignored", _then(Content, naive), True, other),
        Fault("changed-no-validator", _then(none, new(other, None, naive=True)), True, other),
        Fault("changed-weak-etag", _then(weak, new(other, WEAK, naive=True)), True, other),
        Fault("grown", _then(Content, new(grown, '"two"')), True, grown),
        Fault("grown-same-etag", _then(Content, new(grown, '"one"')), True, grown),
        Fault("html-on-resume", _then(Content, html), True, lambda payload: HTML),
    ]


def _heads() -> list[Fault]:
    return [
        Fault("garbage", lambda payload: lies.raw(b"\0\xff\x16\x03garbage\r\n" * 100), False),
        Fault("bad-status-line", lambda payload: lies.raw(b"HTTP/1.1 abc Fine\r\n\r\n"), False),
        Fault(
            "lengths-differ",
            lambda payload: lies.lengths(payload, len(payload) - 10, len(payload)),
            False,
        ),
        Fault("lengths-same", lambda payload: lies.lengths(payload, *[len(payload)] * 2), True),
        Fault("many-headers", lies.many_headers, False),
        Fault("long-header", lies.long_header, False),
        Fault("interim-few", lambda payload: lies.interim(payload, 3), True),
        Fault("interim-forever", lies.interim, False, slow=True),
        Fault("busy-seconds", lambda payload: lies.busy(payload, 2), True),
        Fault("busy-date", lambda payload: lies.busy(payload, 1, as_date=True), True),
        Fault("busy-always", lambda payload: lies.busy(payload, None, 86_400), False, slow=True),
    ]


FAULTS: Final[dict[str, Fault]] = {
    fault.name: fault for fault in [*_cuts(), *_frames(), *_ranges(), *_changes(), *_heads()]
}
