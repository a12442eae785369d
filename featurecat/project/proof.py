"""Which features bear taints, and the proof of it: the way from where each was declared. No user code is imported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from featurecat.catalog.catalog import Catalog
from featurecat.clock import Clock
from featurecat.errors import RequestError, did_you_mean
from featurecat.graph.lineage import upstream
from featurecat.project.answering import Answered, answered
from featurecat.project.discover import Project

__all__ = ["Proof", "Stop", "explain_taints", "spot_text", "tainted_features"]

Row = Mapping[str, Any]
_STEP = ("feature", "column", "via", "via_column", "variant", "file", "line")


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a taint ends, or would.

    Attributes:
        feature: The feature that declassifies it.
        taken: What it takes that bears the taint, such as ``people.mail``.
        method: What takes the taint away.
        reason: Why that is enough.
        approved_by: Who answers for it.
        file: File of the feature, relative to the project.
        line: Its line.
    """

    feature: str
    taken: str
    method: str
    reason: str | None
    approved_by: str | None
    file: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class Proof:
    """Why a feature bears a taint, or why it does not although it is made of something that does.

    Attributes:
        feature: The feature.
        taint: The taint.
        origin: ``declared``, ``inherited``, or None when it does not bear it.
        path: Steps from where the taint was declared, the feature last: ``feature``, ``column``, ``file``, ``line``.
        stops: Declassifications on other ways to it.
        open: Features on the path that could declassify it, the feature itself last.
    """

    feature: str
    taint: str
    origin: str | None
    path: tuple[Row, ...]
    stops: tuple[Stop, ...]
    open: tuple[str, ...]


def tainted_features(project: Project, clock: Clock, taint: str | None = None) -> Answered[list[dict[str, Any]]]:
    """Public features, frames and sources that bear a taint.

    Args:
        project: The project.
        clock: Tells the time.
        taint: The taint; None is any.

    Returns:
        Rows with ``feature``, ``taint``, ``origin``, ``via``, ``columns`` (those that bear it; empty is all), ``owner``,
        ``consumers`` (each with ``consumer``, ``kind``, ``owner`` and ``cleared``) and ``cleared`` (whether all of them
        are; None without any).

    Raises:
        RequestError: When no feature bears or takes away such a taint.
        CatalogError: When there is no catalog.
    """
    return answered(project, clock, lambda catalog: _tainted(catalog, taint))


def explain_taints(project: Project, clock: Clock, name: str, *, taint: str | None = None) -> Answered[list[Proof]]:
    """Why a feature bears the taints it bears, and where others ended on their way to it.

    Args:
        project: The project.
        clock: Tells the time.
        name: Catalog key or short name.
        taint: The taint; None is every one that it bears, or would without declassifications.

    Raises:
        RequestError: When there is no such feature or taint.
        CatalogError: When there is no catalog.
    """
    return answered(project, clock, lambda catalog: _proofs(catalog, name, taint))


# --- the list -----------------------------------------------------------------------------------


def _tainted(catalog: Catalog, taint: str | None) -> list[dict[str, Any]]:
    borne = catalog.table("taints")
    _check_taint(taint, [*borne, *catalog.table("declassifications")])
    nodes = catalog.features()
    shown = {row["feature"] for row in nodes if row["public"] or row["role"] == "source"}
    raw = {row["feature"] for row in nodes if row["role"] == "raw"}
    via = {(row["feature"], row["taint"]): row["via"] for row in borne}
    owners = _owners(catalog)
    columns = _columns(catalog)
    consumers = _consumers(catalog)
    rows = []
    for row in sorted(borne, key=lambda one: (one["feature"], one["taint"])):
        if row["feature"] not in shown or taint not in (None, row["taint"]):
            continue
        pair = (row["feature"], row["taint"])
        given = consumers.get(pair, [])
        rows.append(
            {
                **row,
                "via": _beyond(row["via"], row["taint"], raw, via),
                "columns": columns.get(pair, []),
                "owner": owners.get(row["feature"]),
                "consumers": given,
                "cleared": all(one["cleared"] for one in given) if given else None,
            }
        )
    return rows


def _owners(catalog: Catalog) -> dict[str, str]:
    found: dict[str, dict[str, None]] = {}
    for row in catalog.table("owners"):
        found.setdefault(row["feature"], {})[row["owner"]] = None
    return {feature: ", ".join(owners) for feature, owners in found.items()}


def _columns(catalog: Catalog) -> dict[tuple[str, str], list[str]]:
    """The columns that bear a taint, by feature and taint; none where all of it does."""
    found: dict[tuple[str, str], list[str | None]] = {}
    for row in catalog.table("taint_steps"):
        if not row["stopped"]:
            found.setdefault((row["feature"], row["taint"]), []).append(row["column"])
    return {
        pair: [] if None in columns else sorted(str(column) for column in columns) for pair, columns in found.items()
    }


def _beyond(parent: str | None, taint: str, raw: set[str], via: Mapping[tuple[str, str], str | None]) -> str | None:
    """A parent, or what lies behind it where it is only a raw value."""
    while parent in raw:
        parent = via.get((parent, taint))
    return parent


def _consumers(catalog: Catalog) -> dict[tuple[str, str], list[dict[str, Any]]]:
    owners = {(row["consumer"], row["kind"]): row["owner"] for row in catalog.table("consumers")}
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in catalog.table("consumer_taints"):
        name, kind = row["consumer"], row["kind"]
        given = {"consumer": name, "kind": kind, "owner": owners.get((name, kind)), "cleared": row["cleared"]}
        found.setdefault((row["feature"], row["taint"]), []).append(given)
    return found


def _check_taint(taint: str | None, rows: Iterable[Row]) -> None:
    known = sorted({row["taint"] for row in rows})
    if taint is None or taint in known:
        return
    if not known:
        raise RequestError(
            f"nothing bears the taint {taint!r}: none is declared",
            code="invalid-option",
            hint="declare it: taints = {" + f'{taint} = ["column"]' + "} of a source, or @feature(taints=…)",
        )
    hint = did_you_mean(taint, known) or f"there are {', '.join(known)}"
    raise RequestError(f"nothing bears the taint {taint!r}", code="invalid-option", hint=hint)


# --- the proof ----------------------------------------------------------------------------------


def _proofs(catalog: Catalog, name: str, taint: str | None) -> list[Proof]:
    key = catalog.resolve_name(name)
    declassified = catalog.table("declassifications")
    borne = {row["taint"]: row for row in catalog.table("taints") if row["feature"] == key}
    _check_taint(taint, [*declassified, *catalog.table("taints")] if taint is not None else ())
    above = _above(catalog, key)
    steps = [row for row in catalog.table("taint_steps") if row["feature"] in above]
    nodes = {row["feature"]: row for row in catalog.features()}
    by_taint: dict[str, tuple[list[Row], list[Row]]] = {}
    for row in steps:
        by_taint.setdefault(row["taint"], ([], []))[row["stopped"]].append(row)
    asked = [taint] if taint is not None else sorted({*borne, *(one for one, (_, ended) in by_taint.items() if ended)})
    proofs = []
    for one in asked:
        known, ended = by_taint.get(one, ([], []))
        stops = _stops(ended, declassified, above)
        proofs.append(_proof(key, one, borne.get(one), steps=known, stops=stops, nodes=nodes))
    return proofs


def _above(catalog: Catalog, key: str) -> dict[str, int]:
    """What the values of a feature are made of, with the steps to it."""
    parents: dict[str, list[str]] = {}
    for parent, child, _, _, _, kind in catalog.edges():
        if kind == "data":
            parents.setdefault(child, []).append(parent)
    return upstream([key], parents)


def _proof(
    key: str,
    taint: str,
    borne: Row | None,
    *,
    steps: Iterable[Row],
    stops: tuple[Stop, ...],
    nodes: Mapping[str, Row],
) -> Proof:
    if borne is None:
        return Proof(key, taint, None, (), stops, ())
    path = _path(key, steps, nodes)
    ending = [row["feature"] for row in path if row["via"] is not None and nodes[row["feature"]]["public"]]
    return Proof(key, taint, borne["origin"], tuple(path), stops, tuple(dict.fromkeys(ending)))


def _path(key: str, steps: Iterable[Row], nodes: Mapping[str, Row]) -> list[dict[str, Any]]:
    """The shortest way to a feature, walked back step by step; raw values are folded into what they become."""
    known = {(row["feature"], row["column"]): row for row in steps}
    ends = [row for (feature, _), row in known.items() if feature == key]
    step: Row | None = min(ends, key=lambda row: (row["hops"], row["column"] is not None, row["column"] or ""))
    path: list[dict[str, Any]] = []
    while step is not None:
        named = {name: step[name] for name in _STEP}
        if path and step["feature"] != key and nodes[step["feature"]]["role"] == "raw":
            path[-1] |= {name: step[name] for name in ("via", "via_column", "line")}
        else:
            path.append(named)
        # every step is one hop nearer to the beginning
        step = known.get((step["via"], step["via_column"]))
    return path[::-1]


def _stops(ended: Iterable[Row], declassified: Iterable[Row], above: Mapping[str, int]) -> tuple[Stop, ...]:
    """Declassifications, the nearest first."""
    methods = {(row["feature"], row["taint"]): row for row in declassified}
    found = []
    for row in sorted(ended, key=lambda one: (above[one["feature"]], one["feature"])):
        said = methods.get((row["feature"], row["taint"]))
        if said is not None:
            taken = spot_text(row["via"], row["via_column"])
            found.append(
                Stop(
                    row["feature"],
                    taken,
                    said["method"],
                    said["reason"],
                    said["approved_by"],
                    said["file"],
                    said["line"],
                )
            )
    return tuple(found)


def spot_text(feature: str, column: str | None) -> str:
    """A feature, or a column of it, as people write it.

    Example:
        >>> spot_text("people", "mail"), spot_text("age", None)
        ('people.mail', 'age')
    """
    return feature if column is None else f"{feature}.{column}"
