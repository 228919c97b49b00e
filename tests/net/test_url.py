"""URLs: read once, in one way, and sent in their normal form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rp_net
from rp_net._url import add_params, join_url, parse_url

PATHS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="?#\r\n\t\0"), max_size=20
)


@given(PATHS, PATHS)
def test_the_normal_form_is_its_own(path: str, query: str) -> None:
    url = parse_url(f"http://host/{path}?{query}")
    again = parse_url(str(url))
    assert again == url
    assert url.target.isascii()
    assert not set(url.target) & set(' \t\r\n#"<>')
    assert url.target.startswith("/")
    assert not {"..", "."} & set(url.path.lower().replace("%2e", ".").split("/"))


@given(st.text(max_size=30))
def test_any_text_is_a_url_or_a_mistake(text: str) -> None:
    for prefix in ("", "http://", "https://a@"):
        try:
            url = parse_url(prefix + text)
        except ValueError:
            continue
        assert url.scheme in ("http", "https")
        assert url.host.isascii()
        assert not set(url.authority) & set(" \r\n\t/\\@?#")
        assert parse_url(str(url)).origin == url.origin


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=4))
def test_parameters_come_back(pairs: list[tuple[str, str]]) -> None:
    from urllib.parse import parse_qsl

    pairs = [(a, b) for a, b in pairs if (a + b).isprintable()]
    url = add_params(parse_url("http://a/?x=1"), pairs)
    query = url.target.partition("?")[2]
    assert parse_qsl(query, keep_blank_values=True) == [("x", "1"), *pairs]


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("HTTP://Host", "http://host/"), ("http://a:80/", "http://a/"),
        ("https://a:443", "https://a/"), ("http://a:443/", "http://a:443/"),
        ("http://a/b/../c/./d", "http://a/c/d"), ("http://a/../..", "http://a/"),
        ("http://a/%2e%2E/b", "http://a/b"), ("http://a/b c", "http://a/b%20c"),
        ("http://a/%", "http://a/%25"), ("http://a/%7e~", "http://a/%7e~"),
        ("http://a?b", "http://a/?b"), ("http://a?", "http://a/?"), ("http://a/#f", "http://a/"),
        ("http://b\u00fccher.example", "http://xn--bcher-kva.example/"), ("http://[::1]:81", "http://[::1]:81/"),
        ("http://u:p@a/", "http://a/"), (" http://a/ ", "http://a/"), ("http://a/\u00e9?\u00e9", "http://a/%C3%A9?%C3%A9"),
    ],
)  # fmt: skip
def test_normal_forms(text: str, normal: str) -> None:
    assert str(parse_url(text)) == normal


@pytest.mark.parametrize(
    ("reference", "result"),
    [("b", "http://h/a/b"), ("/b", "http://h/b"), ("//o/b", "http://o/b"), ("?b", "http://h/a/x?b"),
     ("https://o", "https://o/"), ("../../..", "http://h/"), ("", "http://h/a/x?q")],
)  # fmt: skip
def test_references(reference: str, result: str) -> None:
    assert str(join_url(parse_url("http://h/a/x?q#f"), reference)) == result


def test_parameters_of_every_kind() -> None:
    params = {"a": 1, "b": None, "c": [1, "x"], "d": True, "e": 1.5, "f": "\u00e9 &"}
    url = add_params(parse_url("http://a/"), params)  # type: ignore[arg-type]
    assert url.target == "/?a=1&c=1&c=x&d=true&e=1.5&f=%C3%A9+%26"


async def test_a_base_url() -> None:
    seen: list[str] = []

    def answer(request: rp_net.Request) -> rp_net.Response:
        seen.append(str(request.url))
        return rp_net.Response(200)

    async with rp_net.Client(
        base_url="http://h/v1/", params={"key": "k"}, transport=answer
    ) as client:
        for url in ("users", "/root", "http://else/", "?a=b", "go?to=http://x/", "?u=http://x/"):
            await client.get(url)
        await client.fetch_many(["one", "two"])
    assert seen == [
        "http://h/v1/users?key=k", "http://h/root?key=k", "http://else/?key=k",
        "http://h/v1/?a=b&key=k", "http://h/v1/go?to=http://x/&key=k",
        "http://h/v1/?u=http://x/&key=k", "http://h/v1/one?key=k", "http://h/v1/two?key=k",
    ]  # fmt: skip
