"""Every row of the reference is covered by cases, in the way the ledger says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import pytest

from tests.conformance.case import ABSENT, BOTH, Case, Raises
from tests.conformance.cases import CASES, PENDING
from tests.conformance.ledger import ROWS
from tests.conformance.test_conformance import VARIANTS, recorded

COVERING: dict[str, list[Case]] = defaultdict(list)
for _case in CASES.values():
    for _row in _case.rows:
        COVERING[_row].append(_case)

#: What at least one case of a row must show, by how featurecat stands to Hamilton on it.
SHOWN: dict[str, Callable[[Case], bool]] = {
    "same": lambda case: bool(case.agreeing),
    "mended": lambda case: case.ours is not None,
    "compat": lambda case: case.compat,
    "later": lambda case: any(
        isinstance(one, Raises) and one.code == "unsupported" for one in (case.ours, case.in_compat)
    ),
}


def test_no_case_is_of_an_unknown_row() -> None:
    assert set(COVERING) <= set(ROWS)


@pytest.mark.parametrize("row", ROWS)
def test_the_row_is_shown(row: str) -> None:
    assert any(map(SHOWN[ROWS[row].standing], COVERING[row])), f"{row} is to be {ROWS[row].standing}"


@pytest.mark.parametrize("row", [row for row in ROWS if ROWS[row].standing == "same"])
def test_a_row_that_is_the_same_has_no_case_of_its_own_answer_on_pandas(row: str) -> None:
    assert all("pandas" in case.agreeing or case.ours == ABSENT for case in COVERING[row])


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "px." in case.source])
def test_a_case_of_frames_is_asked_with_both_libraries(name: str) -> None:
    assert CASES[name].frames == BOTH


def test_what_is_recorded_is_what_is_asked() -> None:
    assert set(recorded()) == {one.name for one in VARIANTS if one.told}


def test_what_is_pending_is_asked() -> None:
    names = {one.name for one in VARIANTS if one.case.ours != ABSENT} | {f"compat: {one.name}" for one in VARIANTS}
    assert set(PENDING) <= names
