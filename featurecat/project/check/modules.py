"""What a check takes of the modules themselves, where the catalog does not do; loads what importing them takes."""

from __future__ import annotations

from dataclasses import dataclass

from featurecat.clock import Clock
from featurecat.definition.deferred import catalogued
from featurecat.definition.node import Node
from featurecat.errors import DefinitionError, Problem
from featurecat.project.discover import Project
from featurecat.project.index import ReadProject, read_project, store_definitions
from featurecat.project.rows import feature_key

__all__ = ["Modules"]


@dataclass(slots=True)
class Modules:
    """The modules of a project, read when they are first needed."""

    project: Project
    _read: ReadProject | None = None

    def index(self, clock: Clock) -> list[Problem]:
        """Read them into the catalog.

        Returns:
            Warnings.

        Raises:
            DefinitionError: When something is wrong with them.
        """
        indexed = store_definitions(self._project_read(), clock)
        if indexed.problems:
            raise DefinitionError(list(indexed.problems))
        return list(indexed.warnings)

    def nodes(self) -> dict[tuple[str, str], Node]:
        """The nodes that they define, by catalog key and variant."""
        found: dict[tuple[str, str], Node] = {}
        for graph, definitions in self._project_read().definitions.items():
            shown = catalogued(definitions, self.project.settings.configs.values())
            for name, variants in shown.variants.items():
                found |= {(feature_key(graph, name), node.variant): node for node in variants}
        return found

    def _project_read(self) -> ReadProject:
        if self._read is None:
            self._read = read_project(self.project)
        return self._read
