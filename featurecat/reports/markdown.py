"""A gate's answer as Markdown: a comment on a pull request, or the summary of a step."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence

from featurecat.errors import Problem
from featurecat.records import GateReport, GateResult
from featurecat.reports.counting import AT_FAULT, counts_line, ordered_problems, ranked, verdict
from featurecat.reports.plain import printable, shown
from featurecat.reports.wording import (
    named_values,
    place,
    problem_text,
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
_ROWS = 20

_MEANINGFUL = re.compile(r"[\\`*_~\[\]|<>&@#$]")
#: Mentions, references and formulas begin with these; alone in an element they begin nothing.
_CALLING = frozenset("@#$")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "|": "&#124;"}
_IN_CODE = re.compile(r"[\\`*_~\[\]|$@#:]")


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

    def add_list(self, before: str, items: Iterable[str], after: str, *, noun: str) -> None:
        """Add items between two texts; from the first that does not fit on, items are counted only."""
        every = list(items)
        if not every or not self.add(before + after):
            self._say_cut(len(every), noun)
            return
        self._texts[-1] = before
        fitting = 0
        while fitting < len(every) and self.add(every[fitting]):
            fitting += 1
        self._texts.append(after)
        self._say_cut(len(every) - fitting, noun)

    def _say_cut(self, count: int, noun: str) -> None:
        if count:
            # from the reserve, which is larger than all such lines together
            self._texts.append(f"… and {count:,} more {noun}.\n\n")

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
        <code>demo</code>
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
    faults = [result for result in ranked(report.results) if result.outcome in AT_FAULT]
    page.add(f"### featurecat {report.tool}: {verdict(report)}\n\n{_identity(report)}\n\n")
    problems = [_problem_item(problem) for problem in ordered_problems(report.problems)]
    page.add_list("", problems, "\n", noun="problems")
    heading = "| | feature | what was found | owner | defined at |\n|---|---|---|---|---|\n"
    page.add_list(heading, (_row(result) for result in faults), "\n", noun="results")
    folds = (_rows_at_fault(result) for result in faults if result.check.sample or result.query)
    page.add_list("", folds, "", noun="results with rows at fault")
    excused = [result for result in ranked(report.results) if result.outcome in ("waived", "known")]
    _add_fold(page, "Waived and known", excused, noun="waived or known results")
    if thorough:
        skipped = [result for result in ranked(report.results) if result.outcome == "skipped"]
        _add_fold(page, "Skipped", skipped, noun="skipped results")
        unchecked = [f"- {_code(name)}\n" for name in sorted(report.unchecked)]
        page.add_list(_fold_opening("Without expectations"), unchecked, _FOLD_END, noun="features without expectations")
    page.add_list("", (f"- {_prose(note)}\n" for note in report.notes), "\n", noun="notes")
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


_FOLD_END = "\n</details>\n\n"


def _fold_opening(title: str) -> str:
    return f"<details><summary>{title}</summary>\n\n"


def _add_fold(page: _Page, title: str, results: Sequence[GateResult], *, noun: str) -> None:
    items = (f"- {result.outcome}: {_code(subject(result))} {_prose(with_note(result))}\n" for result in results)
    page.add_list(_fold_opening(title), items, _FOLD_END, noun=noun)


def _rows_at_fault(result: GateResult) -> str:
    check = result.check
    counted = "" if check.failing_rows is None else f", {check.failing_rows:,} rows at fault"
    lines = [_fold_opening(f"{_code(subject(result))}{counted}")]
    if check.observed or check.threshold:
        told = [("observed", check.observed), ("allowed", check.threshold)]
        lines.append("; ".join(f"{name} {_code(named_values(values))}" for name, values in told if values) + "\n\n")
    columns = sample_columns(check.sample)
    if columns:
        lines.append(_table_row(_code(column) for column in columns))
        lines.append(_table_row("---" for _ in columns))
        for row in check.sample[:_ROWS]:
            named = {str(name): value for name, value in row.items()}
            lines.append(
                _table_row(_code(shown(named[name]), most=_VALUE) if name in named else "" for name in columns)
            )
        if len(check.sample) > _ROWS:
            lines.append(f"\n… and {len(check.sample) - _ROWS:,} more in the sample.\n")
    if result.query:
        lines.append(f"\nAll rows: {_code(result.query, most=2_000)}\n")
    return "".join([*lines, _FOLD_END])


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
    """A text in code type on one line; in elements neither Markdown nor mentions are read, but references are."""
    line = _clipped(printable(text), most).replace("\n", "\\n").replace("\t", "\\t")
    escaped = html.escape(line, quote=False)
    return f"<code>{_IN_CODE.sub(lambda found: f'&#{ord(found[0])};', escaped)}</code>"


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
