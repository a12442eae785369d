"""Which nodes hold personal data, as a run has to know it: what the catalog says of them, before there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from featurecat.definition.collect import Definitions
from featurecat.definition.fingerprint import Fingerprints
from featurecat.definition.metadata import PII
from featurecat.definition.node import Node, Role
from featurecat.graph.graph import Graph
from featurecat.project.column_reads import column_reads_of
from featurecat.project.discover import Project
from featurecat.project.rows import GraphDefinitions
from featurecat.project.taints import spread_taints

__all__ = ["personal_nodes"]

_NO_DEFINITIONS = Definitions()


def personal_nodes(
    project: Project, graph: Graph, fingerprints: Fingerprints, *, definitions: Definitions = _NO_DEFINITIONS
) -> frozenset[str]:
    """The nodes with personal data: sources with such columns, what says so of itself, and what is made of those.

    Only a declassification ends it. A validator is among them when what it judges is.

    Args:
        project: Says which columns of its sources are personal.
        graph: The graph.
        fingerprints: Reads source texts.
        definitions: All variants of the graph's names: what any of them makes personal is, whichever of them runs.
    """
    variants = dict(definitions.variants)
    for name, node in graph.nodes.items():
        if node.defined is not None:
            others = [one for one in variants.get(name, ()) if one.variant != node.variant]
            variants[name] = [node, *others]
    if not _may_hold_any(project, variants):
        return frozenset()
    known = GraphDefinitions("default", Definitions(variants, definitions.modules), graph)
    reads = [row.as_dict() for row in column_reads_of([known], fingerprints)]
    found = spread_taints(project, [known], reads).bearing(PII)
    judging = [
        name
        for name, node in graph.nodes.items()
        if node.role is Role.VALIDATOR and not found.isdisjoint(graph.parents(name))
    ]
    return frozenset(judging).union(found.intersection(graph.nodes))


def _may_hold_any(project: Project, variants: Mapping[str, Sequence[Node]]) -> bool:
    """Whether anything is declared personal; most projects need not be looked at any further."""
    if any(source.pii or source.taints.get(PII) for source in project.settings.sources.values()):
        return True
    return any(PII in node.metadata.tainted for nodes in variants.values() for node in nodes)
