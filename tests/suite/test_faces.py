"""The two faces of each domain have the same names, signatures and docstrings, in two colours."""

from __future__ import annotations

import ast
import inspect
import pickle
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

import rp_audio
import rp_audio.sync
import rp_core
import rp_core.sync
import rp_image
import rp_image.sync
import rp_net
import rp_net.sync
import rp_text
import rp_text.sync
import rp_video
import rp_video.sync

DOMAINS: list[tuple[ModuleType, ModuleType]] = [
    (rp_audio, rp_audio.sync),
    (rp_image, rp_image.sync),
    (rp_net, rp_net.sync),
    (rp_text, rp_text.sync),
    (rp_video, rp_video.sync),
]
STREAMS = {
    "rp_audio.stream",
    "rp_image.frames",
    "rp_image.resize_stream",
    "rp_image.stream",
    "rp_net.stream",
    "rp_text.iter_json_lines",
    "rp_text.read_line_batches",
    "rp_text.read_lines",
    "rp_video.stream",
}
PLAIN = {"filename_from", "is_public_url", "languages", "set_source_policy", "styles"}
TWINS = {"Client", "Playback", "StreamedResponse"}
MODULES = [
    rp_audio,
    rp_audio.sync,
    rp_core,
    rp_core.sync,
    rp_image,
    rp_image.sync,
    rp_net,
    rp_net.sync,
    rp_text,
    rp_text.sync,
    rp_video,
    rp_video.sync,
]
OPERATIONS = [
    pytest.param(getattr(aio, name), getattr(plain, name), id=f"{aio.__name__}.{name}")
    for aio, plain in DOMAINS
    for name in aio.__all__
    if isinstance(getattr(aio, name), FunctionType) and name not in PLAIN
]


@pytest.mark.parametrize(("aio", "plain"), DOMAINS)
def test_both_faces_have_the_same_names(aio: ModuleType, plain: ModuleType) -> None:
    assert set(aio.__all__) - {"sync"} == set(plain.__all__)
    for name in plain.__all__:
        if name in PLAIN or not isinstance(getattr(plain, name), FunctionType):
            assert (getattr(aio, name) is getattr(plain, name)) is (name not in TWINS)


@pytest.mark.parametrize(("aio", "plain"), OPERATIONS)
def test_an_operation_has_one_signature_in_two_colours(aio: Any, plain: Any) -> None:
    assert inspect.signature(aio) == inspect.signature(plain)
    assert inspect.getdoc(aio) == inspect.getdoc(plain)
    assert aio.__name__ == plain.__name__
    assert not inspect.iscoroutinefunction(plain)
    if f"{aio.__module__}.{aio.__name__}" not in STREAMS:
        assert inspect.iscoroutinefunction(aio)


@pytest.mark.parametrize(("aio", "plain"), OPERATIONS)
def test_faces_pickle_and_show_their_public_path(aio: Any, plain: Any) -> None:
    for face in (aio, plain):
        assert pickle.loads(pickle.dumps(face)) is face
    assert aio.__module__ == aio.__module__.partition(".")[0]


@pytest.mark.parametrize("name", ["load", "probe", "save", "resize", "resize_to_fit", "grid"])
def test_the_sync_face_of_a_blocking_operation_is_the_function_itself(name: str) -> None:
    homes = {"resize_to_fit": "rp_image._fit"}
    home = import_module(homes.get(name, f"rp_image._{name}"))

    assert getattr(rp_image.sync, name) is getattr(home, name)


@pytest.mark.parametrize(
    ("aio", "plain"),
    [
        (rp_core.Stream, rp_core.sync.Stream),
        (rp_net.Client, rp_net.sync.Client),
        (rp_net.StreamedResponse, rp_net.sync.StreamedResponse),
    ],
)
def test_stateful_twins_have_the_same_members(aio: type, plain: type) -> None:
    def members(kind: type) -> dict[str, list[str]]:
        return {
            name: list(inspect.signature(member).parameters) if callable(member) else []
            for name, member in vars(kind).items()
            if not name.startswith("_")
        }

    assert members(aio) == members(plain)
    assert "close" in members(aio)


def test_both_clients_take_the_same_options() -> None:
    assert inspect.signature(rp_net.Client) == inspect.signature(rp_net.sync.Client)


@pytest.mark.parametrize(
    "module",
    MODULES,
)
def test_what_type_checkers_see_is_what_is_exported(module: ModuleType) -> None:
    assert module.__file__
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    (branch,) = (node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in branch.body if isinstance(node, ast.ImportFrom)]
    seen = [alias for node in imports for alias in node.names]

    assert sorted(alias.asname or "" for alias in seen) == module.__all__
    assert all(alias.name == alias.asname for alias in seen)
    for name in module.__all__:
        assert getattr(module, name) is not None
    assert set(module.__all__) <= set(dir(module))


@pytest.mark.parametrize(
    "module",
    MODULES,
)
def test_every_public_name_has_a_docstring_and_annotations(module: ModuleType) -> None:
    for name in module.__all__:
        value = getattr(module, name)
        if not isinstance(value, (FunctionType, type)) or value.__module__ == "typing":
            continue
        assert inspect.getdoc(value), name
        if isinstance(value, FunctionType):
            signature = inspect.signature(value)
            bare = [p.name for p in signature.parameters.values() if p.annotation is p.empty]
            assert not bare, name
            assert signature.return_annotation is not signature.empty, name


@pytest.mark.parametrize("module", MODULES)
def test_unknown_names_are_attribute_errors(module: ModuleType) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        module.nope  # noqa: B018


def test_versions_come_from_the_metadata() -> None:
    from importlib.metadata import version

    assert rp_core.__version__ == version("rp-core")
    assert rp_image.__version__ == version("rp-image")
