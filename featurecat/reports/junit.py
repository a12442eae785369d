"""A gate's answer as JUnit XML, which nearly every CI server shows as test results."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from featurecat.errors import Problem
from featurecat.records import GateReport, GateResult
from featurecat.reports.counting import ordered, ordered_problems
from featurecat.reports.plain import legible
from featurecat.reports.wording import detail_lines, problem_text, sentence, subject, with_note

__all__ = ["render"]

#: What XML 1.0 cannot hold, not even as a character reference.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: The kind of element that stands in a test case for an outcome; what passed has none.
_ELEMENTS: Mapping[str, str] = {
    "failed": "failure",
    "unevaluated": "error",
    "skipped": "skipped",
    "waived": "skipped",
    "known": "skipped",
}
_DEFINED_NOWHERE = "features"


@dataclass(frozen=True, slots=True)
class _Case:
    """A test case: ``element`` is failure, error, skipped, system-out or empty."""

    name: str
    classname: str
    seconds: float | None = None
    element: str = ""
    message: str = ""
    type: str = ""
    text: str = ""


def render(report: GateReport) -> str:
    """The report as JUnit XML: a suite for each module file, a test case for each result.

    What failed is a ``failure``, what could not be evaluated an ``error``; what was skipped, waived or allowed by
    the baseline is ``skipped`` with the reason. Warnings are test cases that passed and say so in their output.
    Problems that belong to no expectation make a suite of their own, of errors.

    Args:
        report: What a gate found.

    Returns:
        A document that ends with a line end.
    """
    suites = [(name, _cases(results)) for name, results in _by_file(ordered(report.results)).items()]
    if report.problems:
        suites.append(("problems", [_problem_case(problem) for problem in ordered_problems(report.problems)]))
    every = [case for _, cases in suites for case in cases]
    attributes = {"name": f"featurecat {report.tool}", "tests": len(every), **_faults(every)}
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites{_attributes({**attributes, **_time(report.seconds)})}>",
    ]
    for name, cases in suites:
        lines += _suite(name, cases, report)
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _by_file(results: Iterable[GateResult]) -> dict[str, list[GateResult]]:
    found: dict[str, list[GateResult]] = {}
    for result in results:
        found.setdefault(result.file or _DEFINED_NOWHERE, []).append(result)
    return dict(sorted(found.items()))


def _cases(results: Sequence[GateResult]) -> list[_Case]:
    # two checks of one kind on one feature are told apart by what they are, not by where they stand
    repeated = Counter(subject(result) for result in results)
    return [_case(result, distinct=repeated[subject(result)] == 1) for result in results]


def _case(result: GateResult, *, distinct: bool) -> _Case:
    name = subject(result) if distinct else f"{subject(result)} ({result.check.check_id})"
    element = _ELEMENTS.get(result.outcome, "")
    message = with_note(result)
    if element == "skipped" and result.outcome != "skipped":
        message = f"{result.outcome}: {message}"
    text = "\n".join([sentence(result), *detail_lines(result)]) if element in ("failure", "error") else ""
    if not element and result.outcome != "passed":
        element, text = "system-out", "\n".join([f"{result.outcome}: {sentence(result)}", *detail_lines(result)])
    elif not element and result.check.cached_from is not None:
        element, text = "system-out", f"cached from run {result.check.cached_from}"
    classname = re.sub(r"\.py$", "", result.file or _DEFINED_NOWHERE).replace("/", ".")
    return _Case(name, classname, result.check.seconds, element, message, result.check.kind, text)


def _problem_case(problem: Problem) -> _Case:
    where = f"{problem.place}: " if problem.place else ""
    name = f"{where}{problem.message}"
    return _Case(name, "problems", None, "error", problem.message, problem.code, problem_text(problem))


def _suite(name: str, cases: Sequence[_Case], report: GateReport) -> list[str]:
    timed = [case.seconds for case in cases if case.seconds is not None]
    skipped = sum(1 for case in cases if case.element == "skipped")
    started = {} if report.started_at is None else {"timestamp": report.started_at}
    attributes = {"name": name, "tests": len(cases), **_faults(cases), "skipped": skipped}
    known = {"project": report.project, "run_id": report.run_id, "git_commit": report.git_commit}
    lines = [f"  <testsuite{_attributes({**attributes, **_time(sum(timed) if timed else None), **started})}>"]
    lines += [
        "    <properties>",
        *(f"      <property{_attributes({'name': key, 'value': text})}/>" for key, text in known.items() if text),
        "    </properties>",
    ]
    for case in cases:
        lines += _test_case(case)
    return [*lines, "  </testsuite>"]


def _test_case(case: _Case) -> list[str]:
    opening = f"    <testcase{_attributes({'name': case.name, 'classname': case.classname, **_time(case.seconds)})}"
    if not case.element:
        return [f"{opening}/>"]
    if case.element == "system-out":
        content = f"<system-out>{_text(case.text)}</system-out>"
    else:
        attributes = _attributes({"message": case.message, "type": case.type})
        inside = f">{_text(case.text)}</{case.element}>" if case.text else "/>"
        content = f"<{case.element}{attributes}{inside}"
    return [f"{opening}>", f"      {content}", "    </testcase>"]


def _faults(cases: Sequence[_Case]) -> dict[str, int]:
    found = Counter(case.element for case in cases)
    return {"failures": found["failure"], "errors": found["error"]}


def _time(seconds: float | None) -> dict[str, str]:
    return {} if seconds is None else {"time": f"{seconds:.3f}"}


def _attributes(values: Mapping[str, object]) -> str:
    return "".join(f' {name}="{_attribute(str(value))}"' for name, value in values.items())


def _attribute(text: str) -> str:
    # a parser makes blanks of line ends and tabs in attributes, but for references
    return escape(_legal(text), {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _text(text: str) -> str:
    return escape(_legal(text), {"\r": "&#13;"})


def _legal(text: str) -> str:
    return _ILLEGAL.sub(lambda found: found[0].encode("unicode_escape").decode(), legible(text))
