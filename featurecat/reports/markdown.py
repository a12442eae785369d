"""A gate's answer as Markdown: a comment on a pull request, or the summary of a step."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from featurecat.errors import Problem
from featurecat.records import GateReport, GateResult
from featurecat.reports.counting import AT_FAULT, counts_line, ordered_problems, ranked, verdict
from featurecat.reports.plain import printable, shown
from featurecat.reports.wording import (
    named_values,
    place,
    problem_text,
    rows_at_fault,
    sample_columns,
    subject,
    with_note,
)

__all__ = ["MOST_BYTES", "MOST_CHARACTERS", "render", "render_summary"]

#: GitHub takes comments of 65,536 characters.
MOST_CHARACTERS = 65_000
#: GitHub takes 1 MiB of summary from a step.
MOST_BYTES = 1_000_000

#: Room that is kept for the lines that say what was cut, and for the last line.
_RESERVE = 1_000
#: Longest text of a cell.
_CELL = 300
#: Longest value of a row at fault.
_VALUE = 80
_QUERY = 2_000
_ROWS = 20

_HEADING = "| | feature | what was found | owner | defined at |\n|---|---|---|---|---|\n"
_FOLD_END = "\n</details>\n\n"

#: An underscore inside a word means nothing.
_MEANINGFUL = re.compile(r"[\\`*~\[\]|<>&@#$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
#: Mentions, references and formulas begin with these; alone in an element they begin nothing.
_CALLING = frozenset("@#$")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "|": "&#124;"}
_IN_ELEMENT = re.compile(r"[\\`*_~\[\]|$@#]|:(?=//)")

Item = TypeVar("Item")


class _Page:
    """Text that grows up to a limit: what does not fit any more is counted instead.

    Args:
        limit: Most that the text may measure, the reserve for the last lines included.
        measure: How long a text is.
    """

    def __init__(self, limit: int, measure: Callable[[str], int]) -> None:
        self._left = limit - _RESERVE
        self._measure = measure
        self._texts: list[str] = []

    def add(self, text: str) -> bool:
        """Add a text if there is room for it."""
        length = self._measure(text)
        if length > self._left:
            return False
        self._left -= length
        self._texts.append(text)
        return True

    def add_list(
        self, heading: str, items: Sequence[Item], written: Callable[[Item], str], *, ending: str = "", noun: str
    ) -> None:
        """Add items between two texts; from the first that does not fit on they are counted only.

        Args:
            heading: What stands before them.
            items: What to list; without any, nothing is added.
            written: Makes an item's text; not called for those that are counted.
            ending: What stands behind them.
            noun: What they are, in the line that counts the rest.
        """
        fitting = 0
        if items and self.add(heading + ending):
            self._texts[-1] = heading
            while fitting < len(items) and self.add(written(items[fitting])):
                fitting += 1
            self._texts.append(ending)
        if fitting < len(items):
            # from the reserve, which is larger than all such lines together
            self._texts.append(f"… and {len(items) - fitting:,} more {noun}.\n\n")

    def text(self, last: str) -> str:
        """The whole text with its last line."""
        return "".join(self._texts) + last + "\n"


def render(report: GateReport) -> str:
    """The report as a comment on a pull request: verdict, failures, rows at fault to unfold, and the last line.

    Args:
        report: What a gate found.

    Returns:
        At most 65,000 characters of GitHub's Markdown; what does not fit is counted.

    Example:
        >>> print(render(GateReport("lint", "demo", (), 0)))
        ### featurecat lint: passed
        <BLANKLINE>
        `demo`
        <BLANKLINE>
        0 failed, 0 skipped, 0 unevaluated; 0 features linted
        <BLANKLINE>
    """
    return _render(report, _Page(MOST_CHARACTERS, len))


def render_summary(report: GateReport) -> str:
    """The report as the summary of a step in GitHub Actions, what was skipped and what is unchecked by name.

    Args:
        report: What a gate found.

    Returns:
        At most 1,000,000 bytes of GitHub's Markdown; what does not fit is counted.
    """
    page = _Page(MOST_BYTES, lambda text: len(text.encode("utf-8")))
    return _render(report, page, thorough=True)


def _render(report: GateReport, page: _Page, *, thorough: bool = False) -> str:
    every = ranked(report.results)
    faults = [result for result in every if result.outcome in AT_FAULT]
    page.add(f"### featurecat {report.tool}: {verdict(report)}\n\n{_identity(report)}\n\n")
    page.add_list("", ordered_problems(report.problems), _problem_item, ending="\n", noun="problems")
    page.add_list(_HEADING, faults, _row, ending="\n", noun="results")
    folds = [result for result in faults if result.check.sample or result.query]
    page.add_list("", folds, _rows_to_unfold, noun="results with rows at fault")
    excused = [result for result in every if result.outcome in ("waived", "known")]
    _add_fold(page, "Waived and known", excused, _excuse, noun="waived or known results")
    if thorough:
        skipped = [result for result in every if result.outcome == "skipped"]
        _add_fold(page, "Skipped", skipped, _excuse, noun="skipped results")
        unchecked = sorted(report.unchecked)
        _add_fold(page, "Without expectations", unchecked, _name_item, noun="features without expectations")
    page.add_list("", report.notes, _note_item, ending="\n", noun="notes")
    return page.text(counts_line(report))


def _identity(report: GateReport) -> str:
    known = [_code(report.project)]
    if report.git_commit:
        known.append(f"commit {_code(report.git_commit[:12])}")
    if report.run_id:
        known.append(f"run {_code(report.run_id)}")
    return ", ".join(known)


def _problem_item(problem: Problem) -> str:
    where = f"{_code(problem.place)}: " if problem.place else ""
    return f"- **problem** {where}{_prose(problem_text(problem))}\n"


def _row(result: GateResult) -> str:
    not_judged = "not evaluated: " if result.outcome == "unevaluated" else ""
    owner = _code(result.owner) if result.owner else ""
    where = _code(place(result) or "") if result.file else ""
    cells = [f"**{result.outcome}**", _code(subject(result)), _prose(not_judged + with_note(result)), owner, where]
    return f"| {' | '.join(cells)} |\n"


def _fold_opening(title: str) -> str:
    return f"<details><summary>{title}</summary>\n\n"


def _add_fold(page: _Page, title: str, items: Sequence[Item], written: Callable[[Item], str], *, noun: str) -> None:
    page.add_list(_fold_opening(title), items, written, ending=_FOLD_END, noun=noun)


def _excuse(result: GateResult) -> str:
    return f"- {result.outcome}: {_code(subject(result))} {_prose(with_note(result))}\n"


def _name_item(name: str) -> str:
    return f"- {_code(name)}\n"


def _note_item(note: str) -> str:
    return f"- {_prose(note)}\n"


def _rows_to_unfold(result: GateResult) -> str:
    check = result.check
    counted = f", {rows_at_fault(result)} at fault" if check.failing_rows else ""
    lines = [_fold_opening(f"{_marked_up(subject(result))}{counted}")]
    told = [("observed", check.observed), ("allowed", check.threshold)]
    if measured := [f"{name} {_code(named_values(values))}" for name, values in told if values]:
        lines.append(f"{'; '.join(measured)}\n\n")
    lines += _sample_lines(check.sample)
    if result.query:
        lines.append(f"\nAll rows: {_code(result.query, most=_QUERY)}\n")
    return "".join([*lines, _FOLD_END])


def _sample_lines(sample: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    columns = sample_columns(sample)
    if not columns:
        return
    yield _table_row(_code(column) for column in columns)
    yield _table_row("---" for _ in columns)
    for row in sample[:_ROWS]:
        named = {str(name): value for name, value in row.items()}
        yield _table_row(_code(shown(named[name]), most=_VALUE) if name in named else "" for name in columns)
    if len(sample) > _ROWS:
        yield f"\n… and {len(sample) - _ROWS:,} more in the sample.\n"


def _table_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _prose(text: str, *, most: int = _CELL) -> str:
    """A text as it is, with nothing in it that Markdown or GitHub would act on."""
    escaped = _MEANINGFUL.sub(lambda found: _defused(found[0]), _clipped(printable(text).strip(), most))
    return re.sub(r"\s*\n\s*", "<br>", escaped).replace("\t", " ")


def _defused(character: str) -> str:
    if character in _CALLING:
        return f"<span>{character}</span>"
    return _ENTITIES.get(character, f"\\{character}")


def _code(text: str, *, most: int = _CELL) -> str:
    """A text in code type on one line; neither Markdown nor mentions are read in it."""
    line = _line(text, most)
    # between grave accents everything is literal, but for these
    return f"`{line}`" if line and line == line.strip() and not {"`", "|"} & set(line) else _marked_up(text, most=most)


def _marked_up(text: str, *, most: int = _CELL) -> str:
    """A text in code type as an HTML element, which holds any text and may stand inside of other elements."""
    escaped = html.escape(_line(text, most), quote=False)
    return f"<code>{_IN_ELEMENT.sub(lambda found: f'&#{ord(found[0])};', escaped)}</code>"


def _line(text: str, most: int) -> str:
    return _clipped(printable(text), most).replace("\n", "\\n").replace("\t", "\\t")


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
