"""A cache on disk that processes share: bounded by bytes, without pickle."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from rp_core._disk_entry import (
    age_of,
    checked_metadata,
    encode_value,
    read_value,
    write_entry,
)
from rp_core._disk_files import StoredFile, StoreWriter, open_body
from rp_core._disk_folder import private_folder, temporary_in
from rp_core._disk_read import DamagedError
from rp_core._disk_vault import Vault
from rp_core._keys import file_name, key_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator


class DiskStore:
    """Values on disk by key, for all processes of this user.

    A value is bytes, JSON that reads back exactly, an array, or a streamed file with metadata. An
    entry that is damaged, or put there by somebody else, is a miss, and is removed. A reader sees
    the old value or the new one, also when a writer is killed. The least recently used go first.

    Args:
        name: Name of the store, one path component; its folder is `cache_dir(name)`.
        max_bytes: Most bytes of all its files together; a larger value is not kept.
        folder: Where to keep it instead; made on demand, for this user alone (0700).

    Attributes:
        folder, max_bytes: As given, the folder as an absolute path.

    Raises:
        TypeError: `max_bytes` is no int.
        ValueError: `max_bytes` is negative, or `name` no path component.
        PermissionError: The folder belongs to another user, or others may write to it.
        OSError: The folder cannot be made.
    """

    __module__ = "rp_core"

    def __init__(
        self, name: str, max_bytes: int, *, folder: str | os.PathLike[str] | None = None
    ) -> None:
        if not isinstance(max_bytes, int) or isinstance(max_bytes, bool):
            raise TypeError(f"DiskStore: max_bytes must be an int, not {max_bytes!r}")
        if max_bytes < 0:
            raise ValueError(f"DiskStore: max_bytes must not be negative, it is {max_bytes}")
        self.max_bytes = max_bytes
        self.folder = private_folder(name, folder)
        self._vault = Vault(self.folder, max_bytes)

    def get(self, key: object, default: Any = None, *, max_age: float | None = None) -> Any:
        """Return a value, or the default where there is none.

        Args:
            key: What `set` was given: str, bytes, or a tuple of plain data.
            default: What stands for a miss.
            max_age: Seconds; an older value is a miss.

        Raises:
            OSError: The entry is there and cannot be read.
        """
        return self._find(key, default, max_age)[0]

    def _find(self, key: object, default: Any, max_age: float | None) -> tuple[Any, float]:
        """Return a value, or the default, and its age in seconds."""
        with self._vault.opened(key_bytes(key)) as found:
            if found is None or found.header["kind"] == "file":
                return default, 0.0
            age = age_of(found)
            if max_age is not None and age >= max_age:
                return default, 0.0
            return read_value(found), age
        return default, 0.0  # it was damaged

    def set(self, key: object, value: Any) -> bool:
        """Keep a value in place of an older one; return whether it, or its key, is not too large.

        Raises:
            TypeError: The value is neither bytes, an array nor exact as JSON, or the key no key.
            OSError: It cannot be written; what was there stays.
        """
        name = key_bytes(key)
        kind, parts = encode_value(value)
        if sum(map(len, parts)) > self.max_bytes:
            self.discard(key)
            return False
        return self._vault.commit(name, lambda file: write_entry(file, name, kind, parts))

    def discard(self, key: object) -> None:
        """Remove an entry, if there is one."""
        with self._vault.ledger.changing() as account:
            account.total -= self._vault.shelves.remove(file_name(key_bytes(key)))

    def discard_prefix(self, prefix: bytes) -> None:
        """Remove the entries whose keys are bytes that begin with these."""
        wanted = key_bytes(prefix).hex()
        with self._vault.ledger.changing() as account:
            for name in self._vault.shelves.names():
                header = self._vault.shelves.header(name)
                if header and header["key"].startswith(wanted):
                    account.total -= self._vault.shelves.remove(name)

    def clear(self) -> None:
        """Remove every entry."""
        with self._vault.ledger.changing() as account:
            for name in self._vault.shelves.names():
                self._vault.shelves.remove(name)
            account.total = self._vault.shelves.count()

    def __contains__(self, key: object) -> bool:
        """Return whether there is an entry, which may yet turn out to be damaged."""
        return self._vault.shelves.has(file_name(key_bytes(key)))

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self._vault.shelves.names())

    @property
    def nbytes(self) -> int:
        """How many bytes its files take."""
        return self._vault.shelves.count(sweep=False)

    @contextmanager
    def open_writer(
        self, key: object, metadata: dict[str, Any] | None = None
    ) -> Iterator[StoreWriter]:
        """Stream a file in: it takes its place, whole, at the end of the block.

        Yields:
            Something with `write(data)`.

        Raises:
            TypeError: The metadata are no dict, or not exact as JSON.
            OSError: It cannot be written; what was there stays, as when the block raises.
        """
        name = key_bytes(key)
        metadata = checked_metadata(metadata)
        temporary = temporary_in(self.folder)
        try:
            with open(temporary, "xb") as file:
                writer = StoreWriter(file, self.max_bytes)
                yield writer
            body = f"{file_name(name)}-{secrets.token_hex(8)}.body"
            about = {"body": body, "metadata": metadata, **writer.about}
            self._vault.commit(
                name,
                lambda entry: write_entry(entry, name, "file", [], **about),
                body=(temporary, body, writer.size),
            )
        finally:
            with suppress(FileNotFoundError):
                os.unlink(temporary)

    @contextmanager
    def open_reader(self, key: object) -> Iterator[StoredFile | None]:
        """Stream a file out; its contents are checked before it is handed out.

        Yields:
            The file, with its size and metadata; None where there is none.

        Raises:
            OSError: It is there and cannot be read.
        """
        stored: StoredFile | None = None
        for _ in range(3):  # its body may be replaced between two looks
            with self._vault.opened(key_bytes(key)) as found:
                if found is None or found.header["kind"] != "file":
                    break
                stored = open_body(self.folder, found.header)
            if stored:
                break
        try:
            yield stored
        finally:
            if stored:
                stored.file.close()

    def update_metadata(self, key: object, metadata: dict[str, Any]) -> bool:
        """Replace the metadata of a streamed file, not its contents.

        Returns:
            Whether it is there now: False where there is none, or it was replaced meanwhile, or is
            too large with these metadata and has been removed.

        Raises:
            TypeError: The metadata are no dict, or not exact as JSON.
            OSError: It cannot be written; what was there stays.
        """
        name = key_bytes(key)
        metadata = checked_metadata(metadata)
        with self._vault.opened(name) as found:
            if found is None or found.header["kind"] != "file":
                return False
            about = {part: found.header.get(part) for part in ("body", "body_size", "body_digest")}
            if not isinstance(about["body_size"], int):
                raise DamagedError("no body")
            about["metadata"] = metadata
            return self._vault.commit(
                name, lambda file: write_entry(file, name, "file", [], **about), about
            )
        return False
