"""Backends and extras agree, and the packages keep to their layers and sizes."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from importlib.metadata import metadata, requires
from pathlib import Path
from pkgutil import iter_modules

import pytest

from rp_core._fallback import Chain, chains

ROOT = Path(__file__).parents[2]
SOURCES = sorted(ROOT.glob("packages/*/src/**/*.py"))
for domain in ("rp_audio", "rp_image", "rp_net", "rp_text", "rp_video"):
    for module in iter_modules(import_module(domain).__path__, f"{domain}."):
        import_module(module.name)
DOMAINS = ("rp_audio.", "rp_image.", "rp_net.", "rp_text.", "rp_video.")
CHAINS = [chain for name, chain in chains.items() if name.startswith(DOMAINS)]
DISTRIBUTIONS = {
    "OpenEXR": "openexr",
    "PIL": "pillow",
    "aiohttp": "aiohttp",
    "autopep8": "autopep8",
    "av": "av",
    "backports.zstd": "backports-zstd",
    "black": "black",
    "brotli": "brotli",
    "copykitten": "copykitten",
    "cv2": "opencv-python",
    "edge_tts": "edge-tts",
    "httpcore": "httpx",
    "httpcore2": "httpx2",
    "imagecodecs": "imagecodecs",
    "imageio": "imageio",
    "miniaudio": "miniaudio",
    "numba": "numba",
    "orjson": "orjson",
    "pillow_heif": "pillow-heif",
    "pillow_jxl": "pillow-jxl-plugin",
    "pyjpgclipboard": "pyjpgclipboard",
    "rawpy": "rawpy",
    "ruff": "ruff",
    "scipy": "scipy",
    "selectolax": "selectolax",
    "simpleaudio": "simpleaudio",
    "simplejpeg": "simplejpeg",
    "sounddevice": "sounddevice",
    "soundfile": "soundfile",
    "soxr": "soxr",
    "tifffile": "tifffile",
    "tree_sitter": "tree-sitter",
}
# A module of its own, rp_image.torch; and what a backend is asked for beside.
NO_BACKENDS = {"http2", "torch"}
# What an extra is for, where a backend is called by the library that does it.
BACKENDS_OF = {
    "av": {"pyav", "pyav_stream"},
    "html": {"selectolax"},
    "resample": {"soxr", "soxr_stream"},
}
# What comes with a system needs no line.
OF_A_SYSTEM = {"winsound"}


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain.operation)
def test_every_backend_names_what_pyproject_declares(chain: Chain[..., object]) -> None:
    package = chain.operation.partition(".")[0].replace("_", "-")
    extras = set(metadata(package).get_all("Provides-Extra") or ())
    needs = [requirement.partition(";") for requirement in requires(package) or ()]
    base = {_name(line) for line, _, marker in needs if "extra" not in marker}
    of_extra = {(_name(line), marker.strip()) for line, _, marker in needs if "extra" in marker}
    for backend in chain.backends:
        if backend.install.kind == "system" or backend.name in OF_A_SYSTEM:
            continue
        assert backend.install.kind in {"base", "extra"}
        if backend.install.kind == "extra":
            extra = backend.install.name
            assert backend.name in BACKENDS_OF.get(extra, {extra})
            assert extra in extras
            if backend.needs is None:  # a program, which the extra brings
                continue
            wanted = DISTRIBUTIONS[backend.needs or ""]
            assert any(n == wanted and f"extra == '{extra}'" in marker for n, marker in of_extra)
        elif backend.needs:
            assert DISTRIBUTIONS[backend.needs] in base


@pytest.mark.parametrize("package", ["rp-audio", "rp-image", "rp-net", "rp-text", "rp-video"])
def test_every_extra_is_a_backend(package: str) -> None:
    names = {backend.name for chain in CHAINS for backend in chain.backends}

    for extra in metadata(package).get_all("Provides-Extra") or ():
        assert extra in NO_BACKENDS or BACKENDS_OF.get(extra, {extra}) <= names


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    return found[0].lower() if found else ""


@pytest.mark.skipif(not SOURCES, reason="the sources are not here: a wheel is tested alone")
@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.as_posix().partition("/src/")[2])
def test_a_module_is_short_and_so_are_its_functions(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 260
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
            assert length <= 40, node.name
            assert len(node.args.args) + len(node.args.posonlyargs) <= 6, node.name


@pytest.mark.skipif(not SOURCES, reason="the sources are not here: a wheel is tested alone")
def test_a_domain_imports_no_private_module_of_rp_core() -> None:
    private = re.compile(r"^\s*(from|import) rp_core\._", re.MULTILINE)

    for path in SOURCES:
        if "rp_core" not in path.parts:
            assert not private.search(path.read_text("utf-8")), path


def test_every_backend_of_rp_net_is_tested_here() -> None:
    from rp_net._transport import open_transport

    assert {backend.name: backend.state for backend in open_transport.backends} == dict.fromkeys(
        ("aiohttp", "httpx2", "httpx", "stdlib"), "installed"
    )
