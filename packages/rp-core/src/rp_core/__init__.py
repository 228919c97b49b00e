"""The machinery of the rp packages.

    amap, thread_map       map a function over items: bounded, lazy, in order
    cached, DiskStore      remember results: in memory, on disk
    Fallback               one operation, several backends: the first that works
    threaded, blocking     derive the async face of a blocking function, and the reverse
    atomic_write           a file that is whole or not there
    read_source            the bytes of a path, a file, a URL

`rp_core.sync` has the map for plain code. Importing this package imports nothing else.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rp_core import sync as sync
    from rp_core._av import av_errors as av_errors
    from rp_core._av import av_fraction as av_fraction
    from rp_core._av import av_time_base as av_time_base
    from rp_core._av import open_av as open_av
    from rp_core._backend import Backend as Backend
    from rp_core._batch import Batch as Batch
    from rp_core._batch import gathered as gathered
    from rp_core._batch import split_options as split_options
    from rp_core._batch import streamed as streamed
    from rp_core._cache import cached as cached
    from rp_core._cached import Cached as Cached
    from rp_core._cancel import check_wanted as check_wanted
    from rp_core._cancel import effect as effect
    from rp_core._cancel import when_abandoned as when_abandoned
    from rp_core._chain import is_environment_error as is_environment_error
    from rp_core._checks import check_int as check_int
    from rp_core._containers import is_cut_off as is_cut_off
    from rp_core._disk_files import StoredFile as StoredFile
    from rp_core._disk_store import DiskStore as DiskStore
    from rp_core._encodings import bom_encoding as bom_encoding
    from rp_core._encodings import text_encoding as text_encoding
    from rp_core._errors import Attempt as Attempt
    from rp_core._errors import LimitExceededError as LimitExceededError
    from rp_core._errors import MissingDependencyError as MissingDependencyError
    from rp_core._errors import NoBackendError as NoBackendError
    from rp_core._errors import OperationError as OperationError
    from rp_core._errors import RpError as RpError
    from rp_core._errors import UnsupportedError as UnsupportedError
    from rp_core._faces import blocking as blocking
    from rp_core._faces import blocking_iter as blocking_iter
    from rp_core._faces import threaded as threaded
    from rp_core._faces import threaded_iter as threaded_iter
    from rp_core._fallback import AsyncFallback as AsyncFallback
    from rp_core._fallback import Fallback as Fallback
    from rp_core._ffmpeg import Ffmpeg as Ffmpeg
    from rp_core._ffmpeg import ffmpeg_input as ffmpeg_input
    from rp_core._ffmpeg import find_ffmpeg as find_ffmpeg
    from rp_core._files import atomic_write as atomic_write
    from rp_core._files import sync_folder as sync_folder
    from rp_core._install import Install as Install
    from rp_core._install import allow_install as allow_install
    from rp_core._install import base as base
    from rp_core._install import extra as extra
    from rp_core._install import system as system
    from rp_core._keys import array_key as array_key
    from rp_core._keys import file_key as file_key
    from rp_core._lazy import lazy_exports as lazy_exports
    from rp_core._lazy import lazy_import as lazy_import
    from rp_core._lazy import require as require
    from rp_core._map import amap as amap
    from rp_core._map import thread_map as thread_map
    from rp_core._paths import readable_path as readable_path
    from rp_core._paths import writable_path as writable_path
    from rp_core._platform import cache_dir as cache_dir
    from rp_core._platform import in_notebook as in_notebook
    from rp_core._platform import is_linux as is_linux
    from rp_core._platform import is_macos as is_macos
    from rp_core._platform import is_windows as is_windows
    from rp_core._program import Program as Program
    from rp_core._progress import Progress as Progress
    from rp_core._progress import Reporter as Reporter
    from rp_core._progress import reporting as reporting
    from rp_core._resumed import resumed as resumed
    from rp_core._sources import Source as Source
    from rp_core._sources import is_async_file as is_async_file
    from rp_core._sources import is_url as is_url
    from rp_core._sources import read_source as read_source
    from rp_core._sources import register_source as register_source
    from rp_core._sources import resolve_pair as resolve_pair
    from rp_core._sources import resolve_source as resolve_source
    from rp_core._stream import Results as Results
    from rp_core._stream import Stream as Stream
    from rp_core._table import CacheInfo as CacheInfo
    from rp_core._threads import cpu_limit as cpu_limit
    from rp_core._threads import set_cpu_limit as set_cpu_limit
    from rp_core._window import Failure as Failure
    from rp_core._window import OnError as OnError

    __version__: str
else:
    from rp_core._lazy import lazy_exports

    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "rp_core.sync": "",
            "rp_core._av": "av_errors av_fraction av_time_base open_av",
            "rp_core._backend": "Backend",
            "rp_core._batch": "Batch gathered split_options streamed",
            "rp_core._cache": "cached",
            "rp_core._cached": "Cached",
            "rp_core._cancel": "check_wanted effect when_abandoned",
            "rp_core._chain": "is_environment_error",
            "rp_core._checks": "check_int",
            "rp_core._containers": "is_cut_off",
            "rp_core._disk_files": "StoredFile",
            "rp_core._disk_store": "DiskStore",
            "rp_core._encodings": "bom_encoding text_encoding",
            "rp_core._errors": (
                "Attempt LimitExceededError MissingDependencyError NoBackendError "
                "OperationError RpError UnsupportedError"
            ),
            "rp_core._faces": "blocking blocking_iter threaded threaded_iter",
            "rp_core._fallback": "AsyncFallback Fallback",
            "rp_core._ffmpeg": "Ffmpeg ffmpeg_input find_ffmpeg",
            "rp_core._files": "atomic_write sync_folder",
            "rp_core._install": "Install allow_install base extra system",
            "rp_core._keys": "array_key file_key",
            "rp_core._lazy": "lazy_exports lazy_import require",
            "rp_core._map": "amap thread_map",
            "rp_core._paths": "readable_path writable_path",
            "rp_core._platform": "cache_dir in_notebook is_linux is_macos is_windows",
            "rp_core._program": "Program",
            "rp_core._progress": "Progress Reporter reporting",
            "rp_core._resumed": "resumed",
            "rp_core._sources": (
                "Source is_async_file is_url read_source register_source "
                "resolve_pair resolve_source"
            ),
            "rp_core._stream": "Results Stream",
            "rp_core._table": "CacheInfo",
            "rp_core._threads": "cpu_limit set_cpu_limit",
            "rp_core._window": "Failure OnError",
        },
    )
