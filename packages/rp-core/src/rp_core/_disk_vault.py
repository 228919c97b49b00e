"""The entries of a `DiskStore`: written, read and removed so that the ledger stays right."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from rp_core._cancel import effect
from rp_core._disk_entry import TooLargeError, open_entry
from rp_core._disk_folder import temporary_in
from rp_core._disk_ledger import Ledger
from rp_core._disk_read import DamagedError
from rp_core._disk_shelves import Shelves
from rp_core._keys import file_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rp_core._disk_entry import Entry


class Vault:
    """What a store does with its folder, whatever its values are."""

    def __init__(self, folder: str, max_bytes: int) -> None:
        self.folder = folder
        self.max_bytes = max_bytes
        self.shelves = Shelves(folder)
        self.ledger = Ledger(os.path.join(folder, ".lock"), self.shelves.count)
        self._swept = False

    def commit(
        self,
        key: bytes,
        write: Callable[[Any], None],
        same: dict[str, Any] | None = None,
        *,
        body: tuple[str, str, int] | None = None,
    ) -> bool:
        """Write an entry aside and put it in place, with its body; drop what is too much then."""
        temporary, name = temporary_in(self.folder), file_name(key)
        try:
            with open(temporary, "xb") as file:
                write(file)
            size = os.stat(temporary).st_size + (body[2] if body else 0)
            with self.ledger.changing() as account:
                if not self._swept:
                    account.total = self.shelves.count()
                    self._swept = True
                old_size, old_body = self.shelves.weigh(name)
                if same:
                    if old_body != same["body"]:
                        return False  # the file was replaced meanwhile
                    size += same["body_size"]
                if size > self.max_bytes:
                    account.total -= self.shelves.remove(name)
                    return False
                with effect():
                    if body:
                        os.replace(body[0], os.path.join(self.folder, body[1]))
                    os.replace(temporary, self.shelves.path(name))
                account.total += size - old_size
                if old_body and not same:
                    self.shelves.remove_body(old_body)
                self.shelves.make_room(account, self.max_bytes, but=name)
        except TooLargeError:
            with self.ledger.changing() as account:
                account.total -= self.shelves.remove(name)
            return False
        else:
            return True
        finally:
            with suppress(FileNotFoundError):
                os.unlink(temporary)

    @contextmanager
    def opened(self, key: bytes) -> Iterator[Entry | None]:
        """Open an entry for reading; a damaged one is removed, and ends the block."""
        entry, path = None, self.shelves.path(file_name(key))
        try:
            entry = open_entry(path)
        except (FileNotFoundError, DamagedError) as error:
            if isinstance(error, DamagedError):
                self._remove_damaged(file_name(key), None)
            yield None
            return
        try:
            entry.file.touch()
            yield entry if entry.header["key"] == key.hex() else None
        except DamagedError:
            self._remove_damaged(file_name(key), entry.file.status)
        finally:
            entry.file.close()

    def _remove_damaged(self, name: str, seen: os.stat_result | None) -> None:
        """Remove an entry, unless a good one has taken its place since it was seen."""
        with suppress(OSError), self.ledger.changing() as account:
            path = self.shelves.path(name)
            if os.path.samestat(os.lstat(path), seen) if seen else not self.shelves.header(name):
                account.total -= self.shelves.remove(name)
