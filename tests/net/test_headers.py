"""Header fields: names without case, values that cannot break out."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rp_net

NAMES = st.text("abcXYZ-_1!", min_size=1, max_size=6)
VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"))
FIELDS = st.lists(st.tuples(NAMES, VALUES), max_size=8)


@given(FIELDS)
def test_every_field_is_kept_in_order(fields: list[tuple[str, str]]) -> None:
    headers = rp_net.Headers(fields)
    stripped = [(name, value.strip(" \t")) for name, value in fields]
    assert headers.multi_items() == stripped
    assert len(headers) == len({name.lower() for name, _ in fields})
    for name, _ in fields:
        same = [value for other, value in stripped if other.lower() == name.lower()]
        assert headers.get_list(name.upper()) == same
        assert headers[name.swapcase()] == ", ".join(same)
        assert name.upper() in headers


@given(FIELDS, FIELDS)
def test_merged_fields_take_the_place_of_others(
    one: list[tuple[str, str]], two: list[tuple[str, str]]
) -> None:
    merged = rp_net.Headers(one).merged(two)
    for name in rp_net.Headers(one):
        wins = rp_net.Headers(two) if name in rp_net.Headers(two) else rp_net.Headers(one)
        assert merged.get_list(name) == wins.get_list(name)
    assert rp_net.Headers(one).multi_items() == rp_net.Headers(list(one)).multi_items()


@given(FIELDS)
def test_headers_travel(fields: list[tuple[str, str]]) -> None:
    headers = rp_net.Headers(fields)
    assert pickle.loads(pickle.dumps(headers)) == headers
    assert rp_net.Headers(headers) == headers


@given(st.text(max_size=5), st.text(max_size=5))
def test_no_field_becomes_two(name: str, value: str) -> None:
    try:
        headers = rp_net.Headers({name: value})
    except ValueError:
        return
    ((name, value),) = headers.multi_items()
    line = f"{name}: {value}".encode()
    assert not set(line) & set(b"\r\n\0")
    assert name
    assert " " not in name
    assert ":" not in name


@pytest.mark.parametrize("name", ["", "a b", "a:", "a\n", "\u00e4", "a\0", "(a)", "a\r\nb"])
def test_a_name_is_a_token(name: str) -> None:
    with pytest.raises(ValueError):
        rp_net.Headers({name: "x"})


@pytest.mark.parametrize(
    "value", ["a\nb", "a\rb", "a\0b", "\x7f", "\ud800", "a\x1bb", "\n", "a\r\n"]
)
def test_a_value_has_no_line_break(value: str) -> None:
    with pytest.raises(ValueError):
        rp_net.Headers({"a": value})


def test_what_is_no_text_is_refused() -> None:
    for fields in ({"a": 1}, {b"a": "b"}, [("a", b"b")], {"a": None}):
        with pytest.raises(TypeError):
            rp_net.Headers(fields)  # type: ignore[arg-type]


def test_secrets_are_not_shown() -> None:
    fields = {"Authorization": "s3", "cookie": "s3", "Proxy-Authorization": "s3", "X": "shown"}
    assert "s3" not in repr(rp_net.Headers(fields))
    assert "shown" in repr(rp_net.Headers(fields))


def test_headers_do_not_change() -> None:
    headers = rp_net.Headers([("A", "1")])
    headers.multi_items().append(("B", "2"))
    headers.get_list("a").append("2")
    assert headers.multi_items() == [("A", "1")]
    assert headers.get("b") is None
    with pytest.raises(KeyError):
        headers["b"]
    with pytest.raises(TypeError):
        hash(headers)
