"""The examples of every README are tests."""

from __future__ import annotations

import asyncio
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

from sybil import Example, Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import CodeBlockParser

_evaluate = PythonEvaluator()


def run(example: Example) -> None:
    """Run an example, and the coroutine function `main` where it defines one."""
    _evaluate(example)
    main = example.namespace.pop("main", None)
    if iscoroutinefunction(main):
        asyncio.run(main())


def give_photographs(namespace: dict[str, Any]) -> None:
    """Put a folder with a few photographs into the namespace of the examples."""
    from tempfile import mkdtemp

    import numpy as np

    import rp_image.sync

    folder = Path(mkdtemp(prefix="rp-readme-"))
    namespace["folder"] = folder
    namespace["photographs"] = [folder / f"photograph-{number}.jpg" for number in range(3)]
    for number, path in enumerate(namespace["photographs"]):
        rp_image.sync.save(np.full((300, 400, 3), number * 80, np.uint8), path)


def take_photographs(namespace: dict[str, Any]) -> None:
    """Remove the folder."""
    from shutil import rmtree

    rmtree(namespace["folder"])


pytest_collect_file = Sybil(
    parsers=[CodeBlockParser("python", run)],
    patterns=["README.md"],
    setup=give_photographs,
    teardown=take_photographs,
).pytest()
