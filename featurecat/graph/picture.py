"""A graph, or a part of it, as a drawing that can be written in any format."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from featurecat.definition.node import Dependency
from featurecat.definition.types import type_text
from featurecat.errors import RequestError, did_you_mean
from featurecat.graph.graph import Graph
from featurecat.graph.render.document import to_json
from featurecat.graph.render.dot import to_dot
from featurecat.graph.render.drawing import Drawing, DrawnEdge, DrawnNode, Mark
from featurecat.graph.render.mermaid import to_mermaid

__all__ = ["Picture", "draw"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as text: :attr:`dot`, :attr:`mermaid` and :attr:`json`.

    Attributes:
        drawing: What is drawn.
        hide_inputs: Leave inputs out.
        deduplicate_inputs: Draw one box for consumers with equal inputs (DOT only).
        show_legend: Explain the kinds of nodes (DOT only).
    """

    drawing: Drawing
    hide_inputs: bool = False
    deduplicate_inputs: bool = False
    show_legend: bool = True

    @property
    def dot(self) -> str:
        """Graphviz source."""
        return to_dot(
            self.drawing,
            hide_inputs=self.hide_inputs,
            deduplicate_inputs=self.deduplicate_inputs,
            show_legend=self.show_legend,
        )

    @property
    def mermaid(self) -> str:
        """Mermaid flowchart source."""
        return to_mermaid(self.drawing, hide_inputs=self.hide_inputs)

    @property
    def json(self) -> str:
        """Nodes and edges as JSON."""
        return to_json(self.drawing)

    def __str__(self) -> str:
        return self.dot

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": self.mermaid, "text/vnd.mermaid": self.mermaid}

    def save(self, path: str | Path) -> Path:
        """Write the picture; the suffix chooses the format: ``.dot``/``.gv``, ``.mmd``, ``.json``.

        Raises:
            RequestError: When the suffix is none of these.
        """
        path = Path(path)
        formats = {".dot": "dot", ".gv": "dot", ".mmd": "mermaid", ".mermaid": "mermaid", ".json": "json"}
        form = formats.get(path.suffix)
        if form is None:
            hint = did_you_mean(path.suffix, formats) or f"one of {', '.join(formats)}; dot -Tsvg makes SVG of .dot"
            raise RequestError(f"a picture cannot be written as {path.suffix or 'a file without suffix'}", hint=hint)
        path.write_text(getattr(self, form).rstrip("\n") + "\n", encoding="utf-8")
        return path


def draw(graph: Graph, names: Iterable[str], *, marks: dict[str, Mark] | None = None, title: str | None = None) -> Drawing:
    """The part of a graph that holds ``names``, in graph order.

    Args:
        graph: The graph.
        names: Which nodes to draw; edges between them are drawn with them.
        marks: Why some of them stand out.
        title: A caption.
    """
    chosen: Collection[str] = set(names)
    marks = marks or {}
    nodes = []
    edges = []
    for name, node in graph.nodes.items():
        if name not in chosen:
            continue
        group = None if node.defined is None else node.defined.module
        nodes.append(
            DrawnNode(
                name,
                str(node.role),
                type_text(node.type),
                public=node.public,
                group=group,
                doc=(node.documentation or "").strip().partition("\n")[0] or None,
                mark=marks.get(name),
            )
        )
        edges += [
            DrawnEdge(argument.name, name, argument.optional)
            for argument in node.arguments
            if type(argument) is Dependency and argument.name in chosen
        ]
    return Drawing(tuple(nodes), tuple(edges), title)
