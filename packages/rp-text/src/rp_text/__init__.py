"""Text, asynchronously; `rp_text.sync` has the same names for plain code.

Every function here is a coroutine function (`read_lines`, `read_line_batches` and `iter_json_lines`
are async generator functions; `languages` and `styles` are plain); every one in `rp_text.sync` is
plain.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rp_text import sync as sync
    from rp_text._encoding import Encoding as Encoding
    from rp_text._errors import DecodeError as DecodeError
    from rp_text._errors import EncodeError as EncodeError
    from rp_text._errors import FormatError as FormatError
    from rp_text._errors import HighlightError as HighlightError
    from rp_text._errors import JSONError as JSONError
    from rp_text._errors import TextError as TextError
    from rp_text._faces import detect_encoding as detect_encoding
    from rp_text._faces import dump_json as dump_json
    from rp_text._faces import format_code as format_code
    from rp_text._faces import format_file as format_file
    from rp_text._faces import format_many as format_many
    from rp_text._faces import highlight as highlight
    from rp_text._faces import highlight_file as highlight_file
    from rp_text._faces import highlight_many as highlight_many
    from rp_text._faces import iter_json_lines as iter_json_lines
    from rp_text._faces import load_json as load_json
    from rp_text._faces import read_line_batches as read_line_batches
    from rp_text._faces import read_lines as read_lines
    from rp_text._faces import read_text as read_text
    from rp_text._faces import strip_html as strip_html
    from rp_text._faces import write_json_lines as write_json_lines
    from rp_text._faces import write_lines as write_lines
    from rp_text._faces import write_text as write_text
    from rp_text._format_code import FormatBackend as FormatBackend
    from rp_text._format_code import Formatted as Formatted
    from rp_text._highlight import HighlightBackend as HighlightBackend
    from rp_text._language import languages as languages
    from rp_text._load_json import JSONBackend as JSONBackend
    from rp_text._palette import To as To
    from rp_text._palette import styles as styles
    from rp_text._pieces import Source as Source
    from rp_text._write_text import Newline as Newline

    __version__: str
else:
    from rp_core import lazy_exports

    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "rp_text.sync": "",
            "rp_text._encoding": "Encoding",
            "rp_text._errors": (
                "DecodeError EncodeError FormatError HighlightError JSONError TextError"
            ),
            "rp_text._faces": (
                "detect_encoding dump_json format_code format_file format_many highlight "
                "highlight_file highlight_many iter_json_lines load_json read_line_batches "
                "read_lines read_text strip_html write_json_lines write_lines write_text"
            ),
            "rp_text._format_code": "FormatBackend Formatted",
            "rp_text._highlight": "HighlightBackend",
            "rp_text._language": "languages",
            "rp_text._load_json": "JSONBackend",
            "rp_text._palette": "To styles",
            "rp_text._pieces": "Source",
            "rp_text._write_text": "Newline",
        },
    )
