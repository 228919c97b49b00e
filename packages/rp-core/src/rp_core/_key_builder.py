"""Compiles, for one function, what makes the key of a call."""

from __future__ import annotations

from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, Final

from rp_core._keys import ATOMS, freeze

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    KeyOf = Callable[..., Hashable]

_STARS: Final[dict[object, str]] = {Parameter.VAR_POSITIONAL: "*", Parameter.VAR_KEYWORD: "**"}


def key_builder(fn: Callable[..., Any], *, bound: bool = False) -> KeyOf:
    """Return a function with the parameters of `fn` that returns the key of a call.

    It binds arguments and defaults as the call itself does, errors included, so that every
    spelling of a call has one key.

    Args:
        fn: The function.
        bound: Whether the first parameter is left out: the instance, which the caller adds.
    """
    try:
        parameters = list(signature(fn, follow_wrapped=False).parameters.values())
    except ValueError:  # a builtin that does not tell
        parameters = [
            Parameter("args", Parameter.VAR_POSITIONAL),
            Parameter("kwargs", Parameter.VAR_KEYWORD),
        ]
    if bound and parameters and parameters[0].kind is not Parameter.VAR_POSITIONAL:
        del parameters[0]
    defaults = {p.name: p.default for p in parameters if p.default is not Parameter.empty}
    # Under names that no parameter has, unlike `type`.
    scope = {
        "_rp_defaults": defaults,
        "_rp_atoms": ATOMS,
        "_rp_freeze": _freeze_argument,
        "_rp_type": type,
        "_rp_tuple": tuple,
        "_rp_set": frozenset,
    }
    source = _source(parameters)
    exec(compile(source, f"<key of {fn!r}>", "exec"), scope)  # noqa: S102
    builder: Any = scope["_rp_key"]
    builder.__name__ = builder.__qualname__ = getattr(fn, "__name__", "call")
    return builder  # type: ignore[no-any-return]


def _source(parameters: list[Parameter]) -> str:
    plain = [p.name for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    several = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), "")
    named = next((p.name for p in parameters if p.kind is p.VAR_KEYWORD), "")
    slow = [f"_rp_freeze({name!r}, {name})" for name in plain]
    if several:
        slow.append(f"_rp_tuple(_rp_freeze({several!r}, value) for value in {several})")
    if named:
        pairs = f"(name, _rp_freeze(name, value)) for name, value in {named}.items()"
        slow.append(f"_rp_set({pairs})")
    lines = [f"def _rp_key({_declaration(parameters)}):"]
    if plain:
        unless = [f"_rp_type({name}) in _rp_atoms" for name in plain] + [
            f"not {name}" for name in (several, named) if name
        ]
        fast = "".join(f"_rp_type({name}), {name}, " for name in plain)
        lines.append(f"    if {' and '.join(unless)}: return ({fast})")
    lines.append(f"    return ({''.join(f'{part}, ' for part in slow)})")
    return "\n".join(lines)


def _declaration(parameters: list[Parameter]) -> str:
    parts: list[str] = []
    before: Parameter | None = None
    for parameter in parameters:
        if before and before.kind is before.POSITIONAL_ONLY is not parameter.kind:
            parts.append("/")
        starred = before and before.kind in (before.VAR_POSITIONAL, before.KEYWORD_ONLY)
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            parts.append("*")
        star = _STARS.get(parameter.kind, "")
        default = "" if parameter.default is parameter.empty else _default(parameter.name)
        parts.append(f"{star}{parameter.name}{default}")
        before = parameter
    if before and before.kind is before.POSITIONAL_ONLY:
        parts.append("/")
    return ", ".join(parts)


def _default(name: str) -> str:
    return f"=_rp_defaults[{name!r}]"


def _freeze_argument(name: str, value: Any) -> Hashable:
    try:
        return freeze(value)
    except TypeError as error:
        raise TypeError(f"argument {name!r} cannot be part of a key: {error}; pass key=") from error
