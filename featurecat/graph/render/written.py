"""A drawing that can be written in any format, and looked at in a notebook."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from featurecat.errors import RequestError, StoreError, did_you_mean
from featurecat.graph.render.document import to_json
from featurecat.graph.render.dot import to_dot
from featurecat.graph.render.drawing import Drawing
from featurecat.graph.render.graphviz import ENGINES, as_source, run_graphviz
from featurecat.graph.render.mermaid import to_mermaid
from featurecat.graph.render.page import scrolling, to_page
from featurecat.graph.render.png import to_png
from featurecat.graph.render.svg import to_svg

__all__ = ["FORMATS", "LAYOUTS", "Picture", "capped", "format_of", "is_picture_name"]

#: Suffix to format.
FORMATS: Final = {
    ".svg": "svg",
    ".png": "png",
    ".html": "html",
    ".htm": "html",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".json": "json",
}
#: Formats that Graphviz alone can write.
_GRAPHVIZ_FORMATS: Final = ("pdf", "ps", "eps", "jpg", "jpeg", "gif", "webp")
#: Who finds the places: ``own`` is featurecat itself, the others are programs of Graphviz.
LAYOUTS: Final = ("own", *ENGINES)
#: More nodes than these are not shown in a notebook.
_MOST_SHOWN: Final = 2_000


@dataclass(frozen=True, slots=True, repr=False)
class Picture:
    """A drawing as text: :attr:`svg`, :attr:`html`, :attr:`mermaid`, :attr:`dot` and :attr:`json`; in dots: :meth:`png`.

    Attributes:
        drawing: What is drawn.
        hide_inputs: Leave inputs out.
        deduplicate_inputs: Draw one box for consumers with equal inputs.
        show_legend: Explain the kinds of nodes.
        clusters: Draw a frame around the nodes of one module.
        layout: Who finds the places: ``own``, or a program of Graphviz such as ``dot``.
        graphviz_kwargs: ``graph_attr``, ``node_attr`` and ``edge_attr`` for Graphviz.

    Example:
        >>> from featurecat.graph.render.drawing import DrawnNode
        >>> picture = Picture(Drawing((DrawnNode("avg_spend"),)))
        >>> picture, picture.svg.partition(" ")[0]
        (Picture(1 node, 0 edges), '<svg')
    """

    drawing: Drawing
    hide_inputs: bool = False
    deduplicate_inputs: bool = False
    show_legend: bool = True
    clusters: bool = False
    layout: str = "own"
    graphviz_kwargs: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.layout not in LAYOUTS:
            hint = did_you_mean(self.layout, LAYOUTS) or f"one of {', '.join(LAYOUTS)}"
            raise RequestError(f"there is no layout {self.layout!r}", hint=hint)

    @property
    def dot(self) -> str:
        """Graphviz source."""
        return to_dot(
            self.drawing,
            hide_inputs=self.hide_inputs,
            deduplicate_inputs=self.deduplicate_inputs,
            show_legend=self.show_legend,
            group_modules=self.clusters,
            attributes=self.graphviz_kwargs,
        )

    @property
    def mermaid(self) -> str:
        """Mermaid flowchart source."""
        return to_mermaid(self.drawing, hide_inputs=self.hide_inputs, group_modules=self.clusters)

    @property
    def json(self) -> str:
        """Nodes and edges as JSON."""
        return to_json(self.drawing.without("input") if self.hide_inputs else self.drawing)

    @property
    def svg(self) -> str:
        """The picture itself, coloured for the surroundings of whoever looks at it."""
        if self.layout != "own":
            text = run_graphviz(self.dot, "svg", engine=self.layout).decode()
            return text[text.index("<svg") :]
        return self._svg("auto")

    @property
    def html(self) -> str:
        """A page of its own: the picture and a table of the nodes."""
        untitled = replace(self, drawing=replace(self.drawing, title=None))  # the page has a heading of its own
        return to_page(self.drawing, untitled.svg, hide_inputs=self.hide_inputs)

    def png(self) -> bytes:
        """The picture in dots.

        Raises:
            UnsupportedError: When what draws it is not installed.
        """
        if self.layout != "own":
            return run_graphviz(self.dot, "png", engine=self.layout)
        return to_png(self._svg("light"))

    def _svg(self, theme: str) -> str:
        return to_svg(
            self.drawing,
            hide_inputs=self.hide_inputs,
            deduplicate_inputs=self.deduplicate_inputs,
            show_legend=self.show_legend,
            group_modules=self.clusters,
            theme=theme,
        )

    def graphviz(self) -> Any:
        """The same as a ``graphviz.Source``, for programs that go on with that package.

        Raises:
            UnsupportedError: When the package is not installed.
        """
        return as_source(self.dot, "dot" if self.layout == "own" else self.layout)

    def written(self, form: str) -> str | bytes:
        """The picture in a format: ``svg``, ``png``, ``html``, ``mermaid``, ``dot``, ``json``, or one of Graphviz.

        Raises:
            RequestError: When there is no such format.
            UnsupportedError: When what draws it is not installed.
        """
        if form == "png":
            return self.png()
        if form in _GRAPHVIZ_FORMATS:
            return run_graphviz(self.dot, form, engine="dot" if self.layout == "own" else self.layout)
        if form not in FORMATS.values():
            raise _no_format(form)
        text: str = getattr(self, form)
        return text

    def save(self, path: str | Path, form: str | None = None, *, keep_dot: bool = False) -> Path:
        """Write the picture.

        Args:
            path: The file. Its suffix chooses the format: ``.svg``, ``.png``, ``.html``, ``.mmd``, ``.dot`` or
                ``.gv``, ``.json``; with Graphviz ``.pdf`` and others, too.
            form: The format, where the suffix does not say it.
            keep_dot: Write the Graphviz source beside it, as ``.dot``.

        Returns:
            The path.

        Raises:
            RequestError: When there is no such format.
            UnsupportedError: When what draws it is not installed.
            StoreError: When the file cannot be written.
        """
        path = Path(path)
        written = self.written(form or format_of(path))
        content = written if isinstance(written, bytes) else (written.rstrip("\n") + "\n").encode(errors="replace")
        try:
            _write_whole(path, content)
            if keep_dot:
                _write_whole(path.with_suffix(".dot"), self.dot.encode())
        except OSError as error:
            reason = error.strerror or error
            raise StoreError(f"the picture {path} cannot be written: {reason}", code="output-unwritable") from error
        return path

    def __str__(self) -> str:
        return self.dot

    def __repr__(self) -> str:
        nodes, edges = len(self.drawing.nodes), len(self.drawing.drawn_edges())
        return f"Picture({nodes} node{'' if nodes == 1 else 's'}, {edges} edge{'' if edges == 1 else 's'})"

    def _repr_html_(self) -> str:
        return scrolling(replace(self, drawing=capped(self.drawing, _MOST_SHOWN)).svg)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": self.mermaid, "text/html": self._repr_html_()}


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file, or leave what was there: a device or a pipe is written to, a link followed."""
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        target.write_bytes(content)
        return
    beside = target.with_name(f".{uuid.uuid4().hex}.part")
    try:
        beside.write_bytes(content)
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o7777)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def format_of(path: Path) -> str:
    """The format that a file's suffix names.

    Raises:
        RequestError: When it names none.

    Example:
        >>> format_of(Path("dag.MMD"))
        'mermaid'
    """
    suffix = path.suffix.lower()
    if suffix.removeprefix(".") in _GRAPHVIZ_FORMATS:
        return suffix.removeprefix(".")
    if suffix not in FORMATS:
        raise _no_format(suffix or "a file without suffix")
    return FORMATS[suffix]


def is_picture_name(path: Path) -> bool:
    """Whether a file's suffix names a format of pictures.

    Example:
        >>> is_picture_name(Path("dag.svg")), is_picture_name(Path("features.py"))
        (True, False)
    """
    suffix = path.suffix.lower()
    return suffix in FORMATS or suffix.removeprefix(".") in _GRAPHVIZ_FORMATS


def _no_format(named: str) -> RequestError:
    names = [suffix for suffix in FORMATS if suffix not in (".htm", ".mermaid", ".gv")]
    hint = did_you_mean(named, names) or f"one of {', '.join(names)}; with Graphviz .pdf, too"
    return RequestError(f"a picture cannot be written as {named}", hint=hint)


def capped(drawing: Drawing, most: int) -> Drawing:
    """The first nodes of a drawing that is too large to look at, with a note that says so.

    Example:
        >>> from featurecat.graph.render.drawing import DrawnNode
        >>> capped(Drawing((DrawnNode("a"), DrawnNode("b"))), 1).note
        'the first 1 of 2 nodes; save it to see them all'
    """
    if len(drawing.nodes) <= most:
        return drawing
    note = f"the first {most:,} of {len(drawing.nodes):,} nodes; save it to see them all"
    return replace(drawing, nodes=drawing.nodes[:most], note=note)
