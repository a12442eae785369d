"""Layouts by Graphviz, for those who ask for them."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any, Final

from featurecat.errors import RequestError, StoreError, UnsupportedError, did_you_mean

__all__ = ["ENGINES", "as_source", "run_graphviz"]

#: The layout programs of Graphviz.
ENGINES: Final = ("dot", "neato", "fdp", "sfdp", "circo", "twopi", "osage", "patchwork")


def run_graphviz(dot: str, form: str, *, engine: str = "dot") -> bytes:
    """Lay DOT text out and draw it.

    Args:
        dot: The text.
        form: A format of Graphviz, such as ``svg``, ``png`` or ``pdf``.
        engine: Which of its programs to use.

    Returns:
        The picture's bytes.

    Raises:
        RequestError: When there is no such program.
        UnsupportedError: When Graphviz is not installed.
        StoreError: When Graphviz cannot draw it.
    """
    if engine not in ENGINES:
        hint = did_you_mean(engine, ENGINES) or f"one of {', '.join(ENGINES)}"
        raise RequestError(f"Graphviz has no layout {engine!r}", hint=hint)
    program = shutil.which(engine)
    if program is None:
        raise UnsupportedError(
            f"this needs Graphviz, and its program {engine!r} is not on the path",
            hint="install Graphviz (apt install graphviz, brew install graphviz), or leave the layout to featurecat: .svg",
        )
    done = subprocess.run([program, f"-T{form}"], input=dot.encode(), capture_output=True, check=False)
    if done.returncode or not done.stdout:
        said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise StoreError(f"Graphviz cannot draw this as {form}: {said}", code="output-unwritable")
    return done.stdout


def as_source(dot: str, engine: str = "dot") -> Any:
    """The text as a ``graphviz.Source``, for programs that go on with that package.

    Raises:
        UnsupportedError: When the Python package ``graphviz`` is not installed.
    """
    try:
        import graphviz
    except ImportError as error:
        raise UnsupportedError(
            "this needs the Python package graphviz, which is not installed", hint="pip install 'featurecat[viz]'"
        ) from error
    return graphviz.Source(dot, engine=engine)
