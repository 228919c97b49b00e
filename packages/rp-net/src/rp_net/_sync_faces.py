"""The sync face: one line for each operation."""

from __future__ import annotations

import functools
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

from rp_core import blocking
from rp_net import _operations
from rp_net._sync_stream import opened

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Unpack

    from rp_net._options import RequestOptions
    from rp_net._sync_stream import StreamedResponse

request: Final = blocking(_operations.request, module="rp_net.sync")
get: Final = blocking(_operations.get, module="rp_net.sync")
head: Final = blocking(_operations.head, module="rp_net.sync")
post: Final = blocking(_operations.post, module="rp_net.sync")
put: Final = blocking(_operations.put, module="rp_net.sync")
patch: Final = blocking(_operations.patch, module="rp_net.sync")
delete: Final = blocking(_operations.delete, module="rp_net.sync")
get_bytes: Final = blocking(_operations.get_bytes, module="rp_net.sync")
get_text: Final = blocking(_operations.get_text, module="rp_net.sync")
get_json: Final = blocking(_operations.get_json, module="rp_net.sync")
fetch_many: Final = blocking(_operations.fetch_many, module="rp_net.sync")
download: Final = blocking(_operations.download, module="rp_net.sync")
download_many: Final = blocking(_operations.download_many, module="rp_net.sync")
cached_path: Final = blocking(_operations.cached_path, module="rp_net.sync")


@contextmanager
def stream(
    url: str, *, method: str = "GET", **options: Unpack[RequestOptions]
) -> Generator[StreamedResponse, None, None]:
    with opened(partial(_operations.stream, url, method=method, **options)) as response:
        yield response


functools.update_wrapper(stream, _operations.stream)
stream.__module__ = "rp_net.sync"
