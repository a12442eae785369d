"""A gate's answer as annotations of GitHub Actions: lines that the runner reads out of a step's output."""

from __future__ import annotations

from collections.abc import Mapping

from featurecat.errors import Problem
from featurecat.records import GateReport, GateResult
from featurecat.reports.counting import AT_FAULT, counts_line, ordered_problems, ranked
from featurecat.reports.plain import printable
from featurecat.reports.wording import detail_lines, problem_text, sentence, subject

__all__ = ["render"]

_COMMANDS: Mapping[str, str] = {"failed": "error", "unevaluated": "error", "warned": "warning", "noted": "notice"}
#: An annotation is a hint beside the code; all rows are in the other reports.
_ROWS = 3


def render(report: GateReport) -> str:
    r"""The report as workflow commands, ``::error file=…,line=…,title=…::…``, and the last line as plain text.

    GitHub shows the first ten annotations of each kind in a step, so the gravest come first. Results that passed,
    were skipped, waived or known make none; the last line counts them.

    Args:
        report: What a gate found.

    Returns:
        Lines that must stand at the beginning of lines of the output, the last one with a line end.

    Example:
        >>> render(GateReport("lint", "demo", (), 0, notes=("one\ntwo",))).splitlines()[0]
        '::notice title=featurecat lint::one%0Atwo'
    """
    lines = [_problem_line(problem, report) for problem in ordered_problems(report.problems)]
    lines += [_line(result) for result in ranked(report.results) if result.outcome in AT_FAULT]
    lines += [_command("notice", {"title": f"featurecat {report.tool}"}, note) for note in report.notes]
    return "\n".join([*lines, counts_line(report)]) + "\n"


def _line(result: GateResult) -> str:
    not_judged = "not evaluated: " if result.outcome == "unevaluated" else ""
    text = "\n".join([f"{not_judged}{sentence(result)}", *detail_lines(result, most_rows=_ROWS, placed=False)])
    return _command(_COMMANDS[result.outcome], {**_place(result), "title": subject(result)}, text)


def _problem_line(problem: Problem, report: GateReport) -> str:
    title = f"featurecat {report.tool}: {problem.code}"
    return _command("error", {**_place(problem), "title": title}, problem_text(problem))


def _place(entry: GateResult | Problem) -> dict[str, str]:
    if entry.file is None:
        return {}
    return {"file": entry.file} if entry.line is None else {"file": entry.file, "line": str(entry.line)}


def _command(name: str, properties: Mapping[str, str], text: str) -> str:
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name}{f' {given}' if given else ''}::{_data(text)}"


def _data(text: str) -> str:
    return printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
