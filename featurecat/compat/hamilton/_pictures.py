"""Pictures of Hamilton's drivers: featurecat's own, with what programs ask a ``graphviz.Digraph`` for."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from featurecat.driver.views import GraphViews

if TYPE_CHECKING:
    from featurecat.graph.picture import Picture

__all__ = ["LegacyViews"]

#: What the package ``graphviz`` does with a graph.
_GRAPHVIZ = frozenset({"directory", "encoding", "engine", "filename", "format", "pipe", "render", "unflatten", "view"})


class LegacyViews(GraphViews):
    """Views whose pictures are used as Graphviz's graphs, too."""

    def _picture(self, *given: Any, **named: Any) -> Picture:
        return _as_digraph(super()._picture(*given, **named))


def _as_digraph(picture: Picture) -> Picture:
    kind = type(picture)

    class Digraph(kind):  # type: ignore[valid-type,misc]  # drawing is imported when something is drawn
        """A picture with ``source``, ``pipe``, ``render`` and ``view`` of Graphviz's package."""

        __slots__ = ()

        @property
        def source(self) -> str:
            """Graphviz source."""
            return str(self.dot)

        def __getattr__(self, name: str) -> Any:
            if name in _GRAPHVIZ:
                return getattr(self.graphviz(), name)
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    return Digraph(**{one.name: getattr(picture, one.name) for one in fields(picture)})
