"""Documentation in sections, and what fingerprints cover: rows beside those of the definitions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from featurecat.definition.fingerprint import CodePart
from featurecat.definition.node import Node
from featurecat.project.docstrings import DocEntry, doc_entries, has_sections
from featurecat.project.rows import feature_key
from featurecat.records import CodePartRow, CoverageRow, DefinitionRow, DocSectionRow

if TYPE_CHECKING:
    from featurecat.project.enriching import Reading, Tables  # contract: typing only

__all__ = ["coverage_rows", "document_rows"]


def document_rows(reading: Reading, tables: Tables) -> Sequence[DefinitionRow]:
    """The sections of the documentation of public features; none where it is one paragraph, which the features have.

    Args:
        reading: The project as it was read.
        tables: The rows so far.

    Returns:
        Rows of ``doc_sections``.
    """
    rows: list[DefinitionRow] = []
    known: dict[str, list[DocEntry]] = {}
    for feature in tables.get("features", ()):
        doc = feature["doc"]
        if not doc or not feature["public"] or ("\n\n" not in doc and not has_sections(doc)):
            continue
        if doc not in known:  # a function may make many features
            known[doc] = doc_entries(doc)
        rows += [
            DocSectionRow(feature["feature"], ordinal, entry.section, entry.name, entry.type, entry.text)
            for ordinal, entry in enumerate(known[doc])
        ]
    return rows


def coverage_rows(reading: Reading, tables: Tables) -> Sequence[DefinitionRow]:
    """What the fingerprints of public features cover, each piece of code once.

    Args:
        reading: The project as it was read.
        tables: The rows so far.

    Returns:
        Rows of ``code_parts`` and ``fingerprint_covers``.
    """
    public = {row["feature"] for row in tables.get("features", ()) if row["public"]}
    coverage = _Coverage(reading)
    rows: list[DefinitionRow] = []
    for graph in reading.graphs:
        for name, nodes in graph.definitions.variants.items():
            key = feature_key(graph.name, name)
            for node in nodes if key in public else ():
                if places := coverage.of(node):
                    rows.append(CoverageRow(key, node.variant, places))
    return [*coverage.parts.values(), *rows]


class _Coverage:
    """The pieces of code that definitions are made of."""

    def __init__(self, reading: Reading) -> None:
        self.parts: dict[str, CodePartRow] = {}
        self._project = reading.project
        self._fingerprints = reading.fingerprints
        self._known: dict[int, tuple[str, ...]] = {}

    def of(self, node: Node) -> tuple[str, ...]:
        """Where the pieces of a definition lie; none where one of its functions cannot be read."""
        if node.defined is None:
            return ()
        places = [self._places(defined.function) for defined in (node.defined, *node.via)]
        return tuple(dict.fromkeys(place for some in places for place in some)) if all(places) else ()

    def _places(self, function: Callable[..., Any]) -> tuple[str, ...]:
        if id(function) not in self._known:
            self._known[id(function)] = tuple(map(self._place, self._fingerprints.parts_of(function)))
        return self._known[id(function)]

    def _place(self, part: CodePart) -> str:
        # absolute paths differ from checkout to checkout
        if part.place in self.parts:
            return part.place
        file = self._project.shown(part.file) if part.file else None
        if part.kind == "file":
            place = f"file:{file}"
            self.parts[place] = CodePartRow(place, file or part.part, part.kind, file, None)
            return place
        self.parts[part.place] = CodePartRow(part.place, part.part, part.kind, file, part.line)
        return part.place
