"""One tree of errors, which travel between processes and say where it was."""

from __future__ import annotations

import copy
import pickle

import pytest

import rp_core
import rp_net

RESPONSE = rp_net.Response(404, headers=[("X-A", "1")], content=b"why", url="http://a/")
SAMPLES = [
    rp_net.NetError("text"),
    rp_net.ConnectError("text"),
    rp_net.BlockedAddressError("text"),
    rp_net.ReadError("text"),
    rp_net.NetTimeoutError("text", "connect"),
    rp_net.ProtocolError("text"),
    rp_net.IncompleteBodyError("text"),
    rp_net.RedirectError("text"),
    rp_net.HTTPStatusError("text", RESPONSE),
    rp_net.BodyLimitError("text"),
    rp_net.DownloadError("text"),
    rp_net.DigestError("text", "sha256:a", "sha256:b"),
    rp_net.TruncatedError("text", 1, 2),
    rp_net.RangeError("text"),
    rp_net.DiskFullError("/tmp/file"),
]


def test_the_samples_are_the_whole_tree() -> None:
    named = {
        value
        for name in dir(rp_net)
        if name.endswith("Error") and isinstance(value := getattr(rp_net, name), type)
    }
    assert {type(sample) for sample in SAMPLES} == named


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_every_error_is_one_of_ours(error: rp_net.NetError) -> None:
    assert isinstance(error, rp_net.NetError)
    assert isinstance(error, rp_core.RpError)
    assert type(error).__module__ == "rp_net"
    assert str(error)


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_every_error_travels(error: rp_net.NetError) -> None:
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert {n: str(v) for n, v in vars(again).items()} == {
            n: str(v) for n, v in vars(error).items()
        }


def test_errors_are_also_what_python_calls_them() -> None:
    assert isinstance(rp_net.NetTimeoutError("x", "read"), TimeoutError)
    assert isinstance(rp_net.BodyLimitError("x"), rp_core.LimitExceededError)
    assert isinstance(rp_net.BodyLimitError("x"), ValueError)
    assert isinstance(rp_net.DiskFullError("x"), OSError)
    assert rp_net.DiskFullError("x").filename == "x"
    assert issubclass(rp_net.BlockedAddressError, rp_net.ConnectError)
    assert issubclass(rp_net.IncompleteBodyError, rp_net.ProtocolError)
    assert not issubclass(rp_net.HTTPStatusError, OSError)


def test_a_timeout_has_no_false_errno() -> None:
    assert rp_net.NetTimeoutError("text", "total").errno is None


def test_a_status_error_has_its_response() -> None:
    with pytest.raises(rp_net.HTTPStatusError) as caught:
        RESPONSE.raise_for_status()
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.status == 404
    assert again.response.content == b"why"
    assert again.response.headers["x-a"] == "1"
    assert rp_net.Response(399).raise_for_status().ok


@pytest.mark.parametrize(
    "url", ["", "a", "/a", "ftp://a", "http://", "http://a b", "http://a:x/", "http://a:99999/",
            "http://[::1", "http://\\", "http://a\\b/", "http:///a", "http://.:80\x00/"],
)  # fmt: skip
async def test_a_url_that_is_none_is_the_callers_mistake(url: str) -> None:
    with pytest.raises(ValueError):
        await rp_net.get(url)


async def test_a_mistake_shows_no_password() -> None:
    with pytest.raises(ValueError) as caught:
        await rp_net.get("http://user:secret@host:99999/")
    assert "secret" not in str(caught.value)


async def test_options_that_there_are_not() -> None:
    with pytest.raises(TypeError, match="unknown options: colour"):
        await rp_net.get("http://a/", colour=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="content"):
        await rp_net.get("http://a/", content=b"")  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="backend"):
        rp_net.Client(backend="curl")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="method"):
        await rp_net.request("GET /\r\n", "http://a/")
