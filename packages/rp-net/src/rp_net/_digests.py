"""Digests of files: named by the caller, or by the server (RFC 9530)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from rp_net._errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rp_net._headers import Headers

_ALGORITHMS: Final = frozenset(
    {"sha256", "sha512", "sha384", "sha224", "sha1", "md5", "blake2b", "blake2s",
     "sha3_256", "sha3_512"}
)  # fmt: skip
_FIELDS: Final = {"sha-256": "sha256", "sha-512": "sha512"}
_ITEM: Final = re.compile(r"([a-z0-9-]+)\s*=\s*:([A-Za-z0-9+/=\s]*):")
_BLOCK: Final = 1 << 20


class Digest(NamedTuple):
    """A digest: an algorithm, and the hex it must come to; None: it is only computed."""

    algorithm: str
    hex: str | None = None

    def __str__(self) -> str:
        """Return "algorithm:hex"."""
        return f"{self.algorithm}:{self.hex}"


def parse_digest(text: str) -> Digest:
    """Read what a caller names: "sha256:hex", "sha256-base64", 64 digits of hex, or an algorithm.

    Raises:
        ValueError: It is no digest that can be computed.
    """
    name, separator, value = text.strip(), "", ""
    if re.fullmatch(r"[0-9a-fA-F]{64}", name):
        name, separator, value = "sha256", ":", name
    elif ":" in name:
        name, separator, value = name.partition(":")
    elif "-" in name and name.lower() not in _FIELDS:
        name, separator, value = name.partition("-")
        value = _hex_of(value) or ""
    algorithm = name.lower() if name.lower() in _ALGORITHMS else name.lower().replace("-", "")
    if algorithm not in _ALGORITHMS:
        raise ValueError(f"{text[:80]!r}: no digest by one of {', '.join(sorted(_ALGORITHMS))}")
    if not separator:
        return Digest(algorithm)
    value = value.strip().lower()
    size = hashlib.new(algorithm, usedforsecurity=False).digest_size
    if not re.fullmatch(r"[0-9a-f]+", value) or len(value) != 2 * size:
        raise ValueError(f"{text[:80]!r} is no {algorithm} digest")
    return Digest(algorithm, value)


def digests_in(headers: Headers, field: str) -> list[Digest]:
    """Return the digests that Repr-Digest or Content-Digest holds, of those we know."""
    return [
        Digest(_FIELDS[name], value)
        for name, coded in _ITEM.findall(headers.get(field, ""))
        if name in _FIELDS and (value := _hex_of(coded))
    ]


class Hashes:
    """Computes several digests of one run of bytes."""

    def __init__(self, algorithms: Iterable[str]) -> None:
        self._hashes: dict[str, Any] = {
            name: hashlib.new(name, usedforsecurity=False) for name in dict.fromkeys(algorithms)
        }

    @property
    def names(self) -> list[str]:
        """The algorithms."""
        return list(self._hashes)

    def __bool__(self) -> bool:
        """Return whether there is anything to compute."""
        return bool(self._hashes)

    def update(self, data: bytes) -> None:
        """Take some bytes."""
        for one in self._hashes.values():
            one.update(data)

    def value(self, algorithm: str) -> Digest:
        """Return a digest of what has been taken."""
        return Digest(algorithm, self._hashes[algorithm].hexdigest())


class Promise:
    """Digests that some bytes must come to, and what computes them.

    Attributes:
        taken: How many bytes have been taken.
    """

    def __init__(self, digests: Iterable[Digest] = ()) -> None:
        self._digests = tuple(digests)
        self.begin_anew()

    def update(self, batch: Sequence[bytes]) -> None:
        """Take some bytes."""
        for data in batch:
            self._hashes.update(data)
            self.taken += len(data)

    def begin_anew(self) -> None:
        """Forget what has been taken."""
        self._hashes = Hashes(digest.algorithm for digest in self._digests)
        self.taken = 0

    def go_on_from(self, earlier: Promise, offset: int) -> None:
        """Stand where another stands, if that is at an offset; where nothing is computed, there."""
        if not self._hashes:
            self.taken = offset
        elif earlier.taken == offset and self._hashes.names == earlier._hashes.names:
            self._hashes, self.taken = earlier._hashes, offset

    def value(self, algorithm: str) -> Digest:
        """Return a digest of what has been taken."""
        return self._hashes.value(algorithm)

    def check(self, where: str) -> None:
        """Compare what has been taken with what was promised.

        Raises:
            DigestError: It is something else.
        """
        for digest in self._digests:
            actual = self._hashes.value(digest.algorithm)
            if digest.hex is not None and digest != actual:
                raise DigestError(
                    f"{where}: the digest is {actual}, not {digest}", str(digest), str(actual)
                )


def digest_of_file(path: str, algorithm: str) -> Digest | None:
    """Return the digest of a file; None: there is no such file. Blocks."""
    hashes = Hashes([algorithm])
    try:
        with open(path, "rb", buffering=0) as file:
            while block := file.read(_BLOCK):
                hashes.update(block)
    except (FileNotFoundError, IsADirectoryError):
        return None
    return hashes.value(algorithm)


def _hex_of(coded: str) -> str | None:
    try:
        return base64.b64decode(coded, validate=True).hex()
    except (binascii.Error, ValueError):
        return None
