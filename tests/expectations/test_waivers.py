"""Waivers in the code: which comments are some, what they say, and how long they hold."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.expectations.waivers import Waiver, parse_waivers, source_block

DAY = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("comment", "kinds", "reason", "owner"),
    [
        (
            "# featurecat: allow[range] until=2026-12-31 reason=known sensor fault",
            ("range",),
            "known sensor fault",
            None,
        ),
        ("#featurecat:allow[range,not_null]  until=2026-12-31 reason=x", ("range", "not_null"), "x", None),
        ("# featurecat: allow[*] until=2026-12-31 reason=x", ("*",), "x", None),
        ("# featurecat: allow[docstring] owner=growth until=2026-12-31 reason=x", ("docstring",), "x", "growth"),
        ("# featurecat: allow[range] reason='as agreed' until=2026-12-31", ("range",), "as agreed", None),
        ('# featurecat: allow[range] until="2026-12-31" owner="team a" reason="x = y"', ("range",), "x = y", "team a"),
        ("# featurecat: allow[range] until=2026-12-31 reason='tis so", ("range",), "'tis so", None),
        ("# featurecat: allow[range] until=2026-12-31 reason=a=b # c", ("range",), "a=b # c", None),
        (
            "# Featurecat: Allow[range, range] until=2026-12-31 reason=größer als null ",
            ("range",),
            "größer als null",
            None,
        ),
        ("# featurecat: allow[unique-keys, my.kind] until=2026-12-31 reason=x", ("unique-keys", "my.kind"), "x", None),
    ],
)
def test_what_a_waiver_says(comment: str, kinds: tuple[str, ...], reason: str, owner: str | None) -> None:
    waivers, problems = parse_waivers(comment, 7, file="f.py")
    assert problems == []
    assert waivers == [Waiver(kinds, DAY, reason, owner, "f.py", 7)]


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("# featurecat: allow[range] reason=x", "the waiver has no until="),
        ("# featurecat: allow[range] until=2026-12-31", "the waiver has no reason="),
        ("# featurecat: allow[range] until=2026-12-31 reason=", "the waiver has no reason="),
        ("# featurecat: allow[range]", "the waiver has no until= and has no reason="),
        (
            "# featurecat: allow[range] until=2026-13-31 reason=x",
            "the waiver is good until='2026-13-31', which is no date",
        ),
        ("# featurecat: allow[range] until=tomorrow reason=x", "the waiver is good until='tomorrow', which is no date"),
        ("# featurecat: allow[range] until=20261231 reason=x", "the waiver is good until='20261231', which is no date"),
        ("# featurecat: allow[range] untill=2026-12-31 reason=x", "unknown key 'untill' (did you mean 'until'?)"),
        ("# featurecat: allow[range] until=2026-12-31 until=2027-12-31 reason=x", "says until= twice"),
        ("# featurecat: allow[range] 2026-12-31 reason=x", "has '2026-12-31', which is no key=value"),
        ("# featurecat: allow[] until=2026-12-31 reason=x", "allows an empty name"),
        ("# featurecat: allow[a b] until=2026-12-31 reason=x", "allows 'a b', which is no kind of expectation"),
        ("# featurecat: allow until=2026-12-31 reason=x", "does not say what it allows: allow[range]"),
        ("# featurecat: allow[range until=2026-12-31 reason=x", "lacks the bracket after what it allows"),
        ("# featurecat: alow[range] until=2026-12-31 reason=x", "begins with 'alow', not with 'allow'"),
    ],
)
def test_a_waiver_that_cannot_be_read(comment: str, message: str) -> None:
    waivers, problems = parse_waivers(f"x = 1\n{comment}\n", 7, file="f.py", feature="x")
    (problem,) = problems
    assert waivers == []
    assert message in problem.message
    assert (problem.code, problem.place, problem.feature) == ("invalid-waiver", "f.py:8", "x")
    assert (problem.hint or "").startswith("# featurecat: allow[")


def test_a_reason_takes_the_rest_of_the_line_and_says_so() -> None:
    _, (problem,) = parse_waivers("# featurecat: allow[range] reason=x until=2026-12-31")
    assert problem.message == "the waiver has no until="
    assert "reason= runs to the end of the line" in (problem.hint or "")


@pytest.mark.parametrize(
    "source",
    [
        's = "# featurecat: allow[range] until=2026-12-31 reason=x"\n',
        'def f():\n    """# featurecat: allow[range] until=2026-12-31 reason=x"""\n',
        "def f(x=f'''\n# featurecat: allow[range] until=2026-12-31 reason=x\n'''): ...\n",
        "# as featurecat: allow[range] says\n",
        "# featurecat: nothing to see\n",
        "# featurecats: allow[range]\n",
        "",
    ],
)
def test_what_is_no_waiver(source: str) -> None:
    assert parse_waivers(source) == ([], [])


MODULE = """
import featurecat

# about nothing

# of the feature below
# featurecat: allow[range] until=2026-12-31 reason=above
@featurecat.check_output(
    range=(0, 1),  # featurecat: allow[range] until=2026-12-31 reason=beside
)
# featurecat: allow[range] until=2026-12-31 reason=between
def spend(
    orders: float,
) -> float:
    text = "# featurecat: allow[range] until=2026-12-31 reason=text"
    # featurecat: allow[range] until=2026-12-31 reason=inside
    return orders

# featurecat: allow[range] until=2026-12-31 reason=next
def signups() -> float:
    return 1.0
"""


def test_waivers_of_a_function_stand_from_the_comment_above_to_its_end() -> None:
    lines = MODULE.splitlines()
    first = lines.index("@featurecat.check_output(") + 1
    last = lines.index("    return orders") + 1
    waivers, problems = parse_waivers(*source_block(lines, first, last), file="f.py")
    assert problems == []
    assert [(one.reason, lines[(one.line or 0) - 1].rpartition("=")[2]) for one in waivers] == [
        (word, word) for word in ("above", "beside", "between", "inside")
    ]


def test_an_indented_function_and_one_that_is_cut_off() -> None:
    inner = "    # featurecat: allow[range] until=2026-12-31 reason=x\n    def f(self):\n        return 1\n  # less\n"
    assert len(parse_waivers(inner)[0]) == 1
    cut = "# featurecat: allow[range] until=2026-12-31 reason=x\ndef f(\n"
    assert len(parse_waivers(cut)[0]) == 1


@pytest.mark.parametrize(("today", "active"), [(date(2026, 12, 30), True), (DAY, True), (date(2027, 1, 1), False)])
def test_the_last_day_counts(today: date, active: bool) -> None:
    assert Waiver(("range",), DAY, "x").active(today) is active


@pytest.mark.parametrize(
    ("kinds", "kind", "covered"),
    [(("range",), "range", True), (("range",), "unique", False), (("*",), "unique", True), (("a", "b"), "b", True)],
)
def test_what_it_covers(kinds: tuple[str, ...], kind: str, covered: bool) -> None:
    assert Waiver(kinds, DAY, "x").covers(kind) is covered


@pytest.mark.parametrize(
    ("file", "line", "place"), [("f.py", 3, "f.py:3"), ("f.py", None, "f.py"), (None, None, "the waiver")]
)
def test_where_it_stands(file: str | None, line: int | None, place: str) -> None:
    assert Waiver(("range",), DAY, "x", None, file, line).place == place


@given(
    st.lists(st.sampled_from(["range", "not_null", "*", "my.kind"]), min_size=1, unique=True),
    st.dates(),
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")), min_size=1).filter(
        lambda text: text[0] not in "\"'"
    ),
)
def test_what_is_written_is_read(kinds: list[str], until: date, reason: str) -> None:
    waivers, problems = parse_waivers(f"x = 1  # featurecat: allow[{','.join(kinds)}] until={until} reason={reason}")
    assert problems == []
    assert [(one.kinds, one.until, one.reason) for one in waivers] == [(tuple(kinds), until, reason)]


@given(st.text())
def test_any_text_is_read_or_reported(rest: str) -> None:
    waivers, problems = parse_waivers(f"# featurecat: allow[range] {rest}")
    assert len(waivers) + len(problems) >= 1
