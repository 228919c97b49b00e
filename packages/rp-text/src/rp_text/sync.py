"""Text, in plain code: the names of `rp_text`, without `await`."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rp_text._detect_encoding import detect_encoding as detect_encoding
    from rp_text._dump_json import dump_json as dump_json
    from rp_text._encoding import Encoding as Encoding
    from rp_text._errors import DecodeError as DecodeError
    from rp_text._errors import EncodeError as EncodeError
    from rp_text._errors import FormatError as FormatError
    from rp_text._errors import HighlightError as HighlightError
    from rp_text._errors import JSONError as JSONError
    from rp_text._errors import TextError as TextError
    from rp_text._format_code import FormatBackend as FormatBackend
    from rp_text._format_code import Formatted as Formatted
    from rp_text._format_code import format_code as format_code
    from rp_text._format_file import format_file as format_file
    from rp_text._format_many import format_many as format_many
    from rp_text._highlight import HighlightBackend as HighlightBackend
    from rp_text._highlight import highlight as highlight
    from rp_text._highlight import highlight_file as highlight_file
    from rp_text._highlight_many import highlight_many as highlight_many
    from rp_text._json_lines import iter_json_lines as iter_json_lines
    from rp_text._json_lines import write_json_lines as write_json_lines
    from rp_text._language import languages as languages
    from rp_text._load_json import JSONBackend as JSONBackend
    from rp_text._load_json import load_json as load_json
    from rp_text._palette import To as To
    from rp_text._palette import styles as styles
    from rp_text._pieces import Source as Source
    from rp_text._read_lines import read_line_batches as read_line_batches
    from rp_text._read_lines import read_lines as read_lines
    from rp_text._read_text import read_text as read_text
    from rp_text._strip_html import strip_html as strip_html
    from rp_text._write_lines import write_lines as write_lines
    from rp_text._write_text import Newline as Newline
    from rp_text._write_text import write_text as write_text
else:
    from rp_core import lazy_exports

    __getattr__, __dir__, __all__ = lazy_exports(
        __name__,
        {
            "rp_text._detect_encoding": "detect_encoding",
            "rp_text._dump_json": "dump_json",
            "rp_text._encoding": "Encoding",
            "rp_text._errors": (
                "DecodeError EncodeError FormatError HighlightError JSONError TextError"
            ),
            "rp_text._format_code": "FormatBackend Formatted format_code",
            "rp_text._format_file": "format_file",
            "rp_text._format_many": "format_many",
            "rp_text._highlight": "HighlightBackend highlight highlight_file",
            "rp_text._highlight_many": "highlight_many",
            "rp_text._json_lines": "iter_json_lines write_json_lines",
            "rp_text._language": "languages",
            "rp_text._load_json": "JSONBackend load_json",
            "rp_text._palette": "To styles",
            "rp_text._pieces": "Source",
            "rp_text._read_lines": "read_line_batches read_lines",
            "rp_text._read_text": "read_text",
            "rp_text._strip_html": "strip_html",
            "rp_text._write_lines": "write_lines",
            "rp_text._write_text": "Newline write_text",
        },
    )
