"""What importing a package loads, and when the rest comes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


def loaded_by(statement: str) -> set[str]:
    """Return the modules that a statement adds to those of a bare interpreter."""
    code = f"import sys; old = set(sys.modules); {statement}; new = set(sys.modules) - old\n"
    code += "import json; print(json.dumps(sorted(new)))"
    command = [sys.executable, "-I", "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    "package", ["rp_audio", "rp_core", "rp_image", "rp_net", "rp_text", "rp_video"]
)
def test_importing_a_package_loads_nothing_but_rp_core_and_itself(package: str) -> None:
    assert loaded_by(f"import {package}") <= {"rp_core", "rp_core._lazy", package}


def test_the_sync_face_is_reached_by_importing_the_package() -> None:
    loaded = loaded_by("import rp_image; rp_image.sync")

    ours = {name for name in loaded if name.startswith("rp_")}
    assert ours == {"rp_core", "rp_core._lazy", "rp_image", "rp_image.sync"}
    assert {name.partition(".")[0] for name in loaded - ours} <= {"importlib", "warnings"}


def test_the_sync_face_loads_no_event_loop() -> None:
    loaded = loaded_by("import rp_image.sync; rp_image.sync.load; rp_image.sync.load_many")

    assert loaded.isdisjoint({"asyncio", "anyio", "trio", "cv2", "PIL", "simplejpeg"})


def test_looking_at_a_name_imports_no_backend() -> None:
    loaded = loaded_by("import rp_image; [getattr(rp_image, name) for name in rp_image.__all__]")

    assert loaded.isdisjoint({"cv2", "PIL", "simplejpeg", "trio"})


def test_looking_at_a_name_of_rp_net_imports_no_client() -> None:
    loaded = loaded_by("import rp_net; [getattr(rp_net, name) for name in rp_net.__all__]")

    clients = {"aiohttp", "httpcore", "httpcore2", "httpx", "httpx2", "aiofiles", "brotli", "trio"}
    assert loaded.isdisjoint(clients)


def test_a_jpeg_is_decoded_without_importing_the_other_backends() -> None:
    code = (
        "import io, numpy, simplejpeg, rp_image.sync as i;"
        "a = numpy.zeros((8, 8, 3), numpy.uint8); i.load(simplejpeg.encode_jpeg(a))"
    )

    assert loaded_by(code).isdisjoint({"cv2", "PIL"})


def test_looking_at_a_name_of_rp_video_imports_no_backend() -> None:
    code = "import rp_video, rp_video.sync as s;"
    code += "[getattr(m, name) for m in (rp_video, s) for name in m.__all__]"

    assert loaded_by(code).isdisjoint({"av", "cv2", "numpy", "PIL", "imageio_ffmpeg", "trio"})


def test_looking_at_a_name_of_rp_text_imports_no_backend() -> None:
    code = "import rp_text, rp_text.sync as s;"
    code += "[getattr(m, name) for m in (rp_text, s) for name in m.__all__]"

    others = {"pygments", "chardet", "black", "ruff", "autopep8", "orjson", "selectolax"}
    assert loaded_by(code).isdisjoint(others | {"tree_sitter", "anyio", "multiprocessing", "trio"})


def test_looking_at_a_name_of_rp_audio_imports_no_backend() -> None:
    code = "import rp_audio, rp_audio.sync as s;"
    code += "[getattr(m, name) for m in (rp_audio, s) for name in m.__all__]"

    backends = {"av", "edge_tts", "miniaudio", "numpy", "scipy", "sounddevice", "soundfile", "soxr"}
    assert loaded_by(code).isdisjoint({*backends, "trio"})
