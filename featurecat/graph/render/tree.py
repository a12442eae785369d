"""A graph around one node as a text tree for the terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from featurecat.graph.render.drawing import printable

__all__ = ["DEEPEST_TREE", "tree"]

#: Levels below the root that are drawn at most: the text of a deeper tree grows with the square of its depth.
DEEPEST_TREE: Final = 200


@dataclass(frozen=True, slots=True)
class _Signs:
    between: str
    last: str
    beside: str
    ellipsis: str
    below: str = "    "


_UNICODE: Final = _Signs("├── ", "└── ", "│   ", "…")
_ASCII: Final = _Signs("|-- ", "`-- ", "|   ", "...")


@dataclass(slots=True)
class _Branch:
    """A node whose neighbours are being drawn."""

    name: str
    indent: str
    left: list[str]


@dataclass(slots=True)
class _Drawn:
    """What was drawn in full so far: the level it was drawn at, and whether nothing below was cut off."""

    levels: dict[str, int] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)

    def holds(self, name: str, level: int) -> bool:
        """Whether drawing ``name`` again would show nothing new."""
        return name in self.levels and (name not in self.cut or self.levels[name] <= level)


def tree(
    root: str,
    neighbours: Callable[[str], Sequence[str]],
    *,
    label: Callable[[str], str] | None = None,
    depth: int | None = None,
    ascii_only: bool = False,
) -> str:
    """Draw what is reached from a node as a tree.

    A node met again is not drawn in full again, but marked ``…(above)``. Where the depth ends, the number of
    neighbours that are not drawn is told.

    Args:
        root: The node at the top.
        neighbours: The next nodes after a node: its parents for a tree upwards, its children for one downwards.
        label: What to show for a node; its name by default.
        depth: Levels below the root; at most, and by default, :data:`DEEPEST_TREE`.
        ascii_only: Draw the lines with ASCII signs.

    Returns:
        The lines, without a line break at the end.

    Example:
        >>> print(tree("d", {"d": ["b", "c"], "b": ["a"], "c": ["b"], "a": []}.__getitem__))
        d
        ├── b
        │   └── a
        └── c
            └── b …(above)
    """
    signs = _ASCII if ascii_only else _UNICODE
    deepest = DEEPEST_TREE if depth is None else min(depth, DEEPEST_TREE)
    shown = label or str
    drawn = _Drawn()
    lines: list[str] = []
    path: list[_Branch] = []

    def draw(name: str, lead: str, indent: str) -> None:
        following = list(dict.fromkeys(neighbours(name)))
        level = len(path)
        note = ""
        if following and drawn.holds(name, level):
            note = f" {signs.ellipsis}(above)"
        elif following and level >= deepest:
            note = f" {signs.ellipsis}({len(following):,} more)"
            drawn.cut.update(branch.name for branch in path)
        elif following:
            drawn.levels[name] = level
            path.append(_Branch(name, indent, following[::-1]))
        lines.append(f"{lead}{printable(shown(name))}{note}")

    draw(root, "", "")
    while path:
        branch = path[-1]
        if not branch.left:
            path.pop()
            continue
        name = branch.left.pop()
        if branch.left:
            draw(name, branch.indent + signs.between, branch.indent + signs.beside)
        else:
            draw(name, branch.indent + signs.last, branch.indent + signs.below)
    return "\n".join(lines)
