"""What the gate says of consumers that are given a taint they are not cleared for."""

from __future__ import annotations

from collections.abc import Iterable

from featurecat.catalog.gating import gate_rows
from featurecat.expectations.spec import check_id
from featurecat.project.check.subjects import Definitions
from featurecat.project.discover import Project
from featurecat.project.lint.registry import severities
from featurecat.project.lint.rules.taints import UNCLEARED
from featurecat.records import CheckRecord

__all__ = ["clearance_records"]


def clearance_records(project: Project, definitions: Definitions, selected: Iterable[str]) -> list[CheckRecord]:
    """A record for each selected feature that reaches a consumer without clearance.

    It is as severe as the rule ``uncleared-consumer`` of ``featurecat lint``; where that is off, there are none.

    Args:
        project: Its settings say how severe it is, and who is cleared.
        definitions: What the catalog says of the features.
        selected: Catalog keys of the features that are checked.
    """
    severity = severities(project.settings.lint.rules)[UNCLEARED.name]
    if severity == "off" or not project.settings.consumers:
        return []
    given: dict[str, list[tuple[str, str]]] = {}
    for row in gate_rows(project.store.catalog, "uncleared")["uncleared"]:
        given.setdefault(row["feature"], []).append((f"the {row['kind']} {row['consumer']}", row["taint"]))
    variants: dict[str, str] = {}
    for variant in definitions.variants:
        variants.setdefault(variant["feature"], variant["variant"])
    return [
        CheckRecord(
            check_id=check_id(feature, UNCLEARED.name, {}),
            feature=feature,
            variant=variants.get(feature, ""),
            kind=UNCLEARED.name,
            severity=severity,
            status="fail" if severity == "error" else "warn",
            observed={"consumers": [list(pair) for pair in given[feature]]},
            message="; ".join(f"{consumer} is not cleared for {taint}" for consumer, taint in given[feature]),
        )
        for feature in selected
        if feature in given
    ]
