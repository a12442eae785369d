"""What the settings declare to use features: feature sets, models, dashboards. A part of the index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from featurecat.errors import Problem, RequestError
from featurecat.graph.selection.evaluate import NamedSet, Selector
from featurecat.graph.selection.grammar import Selection, Union, format_selection
from featurecat.project.selecting import tables_index
from featurecat.project.sets import SETTINGS_FILE, declared_selections
from featurecat.records import ConsumerRow, IndexErrorRow

if TYPE_CHECKING:
    from featurecat.project.enriching import Reading  # contract: typing only

__all__ = ["SET_KIND", "consumer_rows"]

#: The kind of a feature set among the consumers.
SET_KIND: Final = "feature set"
_HINT = "select by name, tag, owner, module, entity, status, pii, config or set"
#: What changes from run to run cannot say what is used.
_REFUSALS: Final = {
    kind: Problem("invalid-selection", "cannot say what is used: it changes with every run", hint=_HINT)
    for kind in ("result", "freshness", "sql")
} | {"state": Problem("invalid-selection", "cannot say what is used: it depends on --against", hint=_HINT)}


def consumer_rows(
    reading: Reading, tables: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Sequence[ConsumerRow | IndexErrorRow]:
    """What uses which feature, as ``[tool.featurecat.sets]`` and ``[tool.featurecat.consumers]`` say.

    Args:
        reading: The project as it was read.
        tables: The rows of its definitions.

    Returns:
        A row for each feature that a set or consumer takes. A selection that cannot be read, names what is not there
        or matches nothing makes a row of ``index_errors`` with file and line; what the rest of it takes is kept.
    """
    settings, root = reading.project.settings, reading.project.root
    if not settings.sets and not settings.consumers:
        return []
    sets = declared_selections(root, "sets")
    selector = Selector(tables_index(tables, sets=sets, refusals=_REFUSALS))
    found: dict[tuple[str, str, str], ConsumerRow] = {}
    errors: dict[tuple[str, int | None, str], IndexErrorRow] = {}
    for table, kinds, owners in (
        ("sets", dict.fromkeys(settings.sets, SET_KIND), settings.sets),
        ("consumers", {name: one.kind for name, one in settings.consumers.items()}, settings.consumers),
    ):
        declared = sets if table == "sets" else declared_selections(root, table)
        for name, kind in kinds.items():
            features, problems = _taken(declared[name], selector, f"[tool.featurecat.{table}.{name}]")
            owner: Any = owners[name]
            for feature in features:
                found.setdefault((name, kind, feature), ConsumerRow(name, kind, feature, owner.owner))
            errors |= {(one.code, one.line, one.message): _error_row(one) for one in problems}
    return [*found.values(), *errors.values()]


def _taken(named: NamedSet, selector: Selector, where: str) -> tuple[list[str], list[Problem]]:
    """What a selection takes, term by term, and what is wrong with it."""
    if named.selection is None:
        return [], list(named.problems)
    names: dict[str, None] = {}
    problems: list[Problem] = []
    for term in _terms(named.selection):
        try:
            names |= dict.fromkeys(selector.select(term, allow_empty=True).names)
        except RequestError as error:
            problems += (_placed(one, named, where) for one in error.problems)
    if not names and not problems:
        text = format_selection(named.selection)
        problems.append(
            _placed(Problem("unknown-consumer-feature", f"{text} matches nothing", hint="loosen it"), named, where)
        )
    return list(names), problems


def _terms(selection: Selection) -> Iterable[Selection]:
    return selection.terms if isinstance(selection, Union) else (selection,)


def _placed(problem: Problem, named: NamedSet, where: str) -> Problem:
    """A problem with the place of the selection, unless it has that of a set in it."""
    code = "unknown-consumer-feature" if problem.code == "unknown-feature" else problem.code
    if problem.file is not None:
        return replace(problem, code=code)
    return replace(problem, code=code, message=f"{where} {problem.message}", file=named.file, line=named.line)


def _error_row(problem: Problem) -> IndexErrorRow:
    return IndexErrorRow(None, problem.code, SETTINGS_FILE, problem.line, problem.message, problem.hint)
