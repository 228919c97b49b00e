"""Maps for plain code: threads, and no event loop."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rp_core._sync_batch import gathered as gathered
    from rp_core._sync_batch import streamed as streamed
    from rp_core._sync_map import thread_map as thread_map
    from rp_core._sync_stream import Stream as Stream
else:
    from rp_core._lazy import lazy_exports

    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "rp_core._sync_batch": "gathered streamed",
            "rp_core._sync_map": "thread_map",
            "rp_core._sync_stream": "Stream",
        },
    )
