"""The lineage of one feature or column, written for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from featurecat.catalog.tracing import Traced
from featurecat.errors import RequestError, did_you_mean
from featurecat.graph.lineage import downstream, upstream
from featurecat.graph.render.document import to_document
from featurecat.graph.render.dot import to_dot
from featurecat.graph.render.drawing import Drawing, DrawnEdge, DrawnNode
from featurecat.graph.render.mermaid import to_mermaid
from featurecat.graph.render.tree import tree

__all__ = ["Lineage"]


@dataclass(frozen=True, slots=True)
class Lineage:
    """What feeds a feature and what it feeds, generated nodes folded away.

    Attributes:
        name: The feature or column.
        nodes: Rows of the nodes shown, by what they are called; consumers are called by kind and name.
        parents: Name to the names that feed it.
        children: Name to the names it feeds.
        up: Steps upstream; None is all the way.
        down: Steps downstream.
    """

    name: str
    nodes: Mapping[str, Mapping[str, Any]]
    parents: Mapping[str, list[str]]
    children: Mapping[str, list[str]]
    up: int | None
    down: int | None

    @classmethod
    def of(cls, traced: Traced, *, up: int | None, down: int | None) -> Lineage:
        """The lineage of what the catalog traced."""
        children: dict[str, list[str]] = {}
        for child, above in traced.parents.items():
            for parent in above:
                children.setdefault(parent, []).append(child)
        return cls(traced.spot.text, traced.nodes, traced.parents, children, up, down)

    def as_tree(self) -> str:
        """Two trees for the terminal: upstream, then downstream where asked."""
        parts = []
        if self.up != 0:
            parts.append(tree(self.name, lambda name: self.parents.get(name, []), label=self._label, depth=self.up))
        if self.down != 0:
            below = tree(self.name, lambda name: self.children.get(name, []), label=self._label, depth=self.down)
            if not self.children.get(self.name):
                parts.append("feeds nothing" if parts else f"{self._label(self.name)} feeds nothing")
            else:
                parts.append(f"feeds:\n{below}" if parts else below)
        return "\n".join(parts)

    def _label(self, name: str) -> str:
        row = self.nodes.get(name, {})
        role = row.get("role")
        extra = role if role in ("input", "source", "config", "column") else row.get("dtype") or row.get("type")
        return f"{name} ({extra})" if extra else name

    @property
    def drawing(self) -> Drawing:
        """The same as a drawing."""
        shown = {
            **upstream([self.name], self.parents, self.up),
            **downstream([self.name], self.children, self.down),
        }
        nodes = [
            DrawnNode(
                name,
                self.nodes.get(name, {}).get("role", "input"),
                self.nodes.get(name, {}).get("dtype") or self.nodes.get(name, {}).get("type"),
                doc=self.nodes.get(name, {}).get("summary"),
                mark="output" if name == self.name else None,
            )
            for name in sorted(shown, key=lambda name: (name != self.name, name))
        ]
        edges = [
            DrawnEdge(parent, child)
            for child in sorted(shown)
            for parent in self.parents.get(child, [])
            if parent in shown
        ]
        return Drawing(tuple(nodes), tuple(edges), self.name)

    def written(self, form: str) -> str:
        """The lineage as ``tree``, ``dot`` or ``mermaid``.

        Raises:
            RequestError: When there is no such format.
        """
        if form == "tree":
            return self.as_tree()
        if form == "dot":
            return to_dot(self.drawing)
        if form == "mermaid":
            return to_mermaid(self.drawing)
        formats = ("tree", "json", "dot", "mermaid")
        raise RequestError(
            f"unknown format {form!r}", hint=did_you_mean(form, formats) or f"one of {', '.join(formats)}"
        )

    def document(self) -> dict[str, Any]:
        """Nodes and edges as JSON-ready data."""
        return to_document(self.drawing)
