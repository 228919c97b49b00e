"""HTTP, in plain code: the names of `rp_net`, without `await`."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rp_net._cache import Cache as Cache
    from rp_net._cookies import Cookies as Cookies
    from rp_net._download import DownloadOptions as DownloadOptions
    from rp_net._download_many import ManyOptions as ManyOptions
    from rp_net._downloaded import Download as Download
    from rp_net._errors import BlockedAddressError as BlockedAddressError
    from rp_net._errors import BodyLimitError as BodyLimitError
    from rp_net._errors import ConnectError as ConnectError
    from rp_net._errors import DigestError as DigestError
    from rp_net._errors import DiskFullError as DiskFullError
    from rp_net._errors import DownloadError as DownloadError
    from rp_net._errors import HTTPStatusError as HTTPStatusError
    from rp_net._errors import IncompleteBodyError as IncompleteBodyError
    from rp_net._errors import NetError as NetError
    from rp_net._errors import NetTimeoutError as NetTimeoutError
    from rp_net._errors import ProtocolError as ProtocolError
    from rp_net._errors import RangeError as RangeError
    from rp_net._errors import ReadError as ReadError
    from rp_net._errors import RedirectError as RedirectError
    from rp_net._errors import TruncatedError as TruncatedError
    from rp_net._events import Event as Event
    from rp_net._fetch_many import BatchOptions as BatchOptions
    from rp_net._filename import filename_from as filename_from
    from rp_net._headers import Headers as Headers
    from rp_net._options import RequestOptions as RequestOptions
    from rp_net._options import SendOptions as SendOptions
    from rp_net._policy import PublicOnly as PublicOnly
    from rp_net._policy import is_public_url as is_public_url
    from rp_net._response import Response as Response
    from rp_net._retry import Retry as Retry
    from rp_net._source import set_source_policy as set_source_policy
    from rp_net._sync_client import Client as Client
    from rp_net._sync_faces import cached_path as cached_path
    from rp_net._sync_faces import delete as delete
    from rp_net._sync_faces import download as download
    from rp_net._sync_faces import download_many as download_many
    from rp_net._sync_faces import fetch_many as fetch_many
    from rp_net._sync_faces import get as get
    from rp_net._sync_faces import get_bytes as get_bytes
    from rp_net._sync_faces import get_json as get_json
    from rp_net._sync_faces import get_text as get_text
    from rp_net._sync_faces import head as head
    from rp_net._sync_faces import patch as patch
    from rp_net._sync_faces import post as post
    from rp_net._sync_faces import put as put
    from rp_net._sync_faces import request as request
    from rp_net._sync_faces import stream as stream
    from rp_net._sync_stream import StreamedResponse as StreamedResponse
    from rp_net._tls import Tls as Tls
    from rp_net._types import Request as Request
    from rp_net._types import Timeout as Timeout
else:
    from rp_core import lazy_exports

    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "rp_net._cache": "Cache",
            "rp_net._sync_client": "Client",
            "rp_net._cookies": "Cookies",
            "rp_net._download": "DownloadOptions",
            "rp_net._downloaded": "Download",
            "rp_net._download_many": "ManyOptions",
            "rp_net._errors": (
                "BlockedAddressError BodyLimitError ConnectError DigestError DiskFullError "
                "DownloadError HTTPStatusError IncompleteBodyError NetError NetTimeoutError "
                "ProtocolError RangeError ReadError RedirectError TruncatedError"
            ),
            "rp_net._events": "Event",
            "rp_net._fetch_many": "BatchOptions",
            "rp_net._filename": "filename_from",
            "rp_net._headers": "Headers",
            "rp_net._sync_faces": (
                "cached_path delete download download_many fetch_many get get_bytes get_json "
                "get_text head patch post put request stream"
            ),
            "rp_net._options": "RequestOptions SendOptions",
            "rp_net._policy": "PublicOnly is_public_url",
            "rp_net._response": "Response",
            "rp_net._retry": "Retry",
            "rp_net._source": "set_source_policy",
            "rp_net._sync_stream": "StreamedResponse",
            "rp_net._tls": "Tls",
            "rp_net._types": "Request Timeout",
        },
    )
