"""Limits on rows at fault: reading, writing, and whether they are exceeded."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.errors import ModifierError
from featurecat.expectations.limits import EXAMPLES, Limit, parse_limit


@pytest.mark.parametrize(
    ("text", "canonical", "limit"),
    [
        ("> 10", "> 10", Limit(Decimal(10))),
        (">10", "> 10", Limit(Decimal(10))),
        ("  >=  10 ", ">= 10", Limit(Decimal(10), reached=True)),
        ("> 0", "> 0", Limit(Decimal(0))),
        ("> 007", "> 7", Limit(Decimal(7))),
        ("> 1_000", "> 1000", Limit(Decimal(1000))),
        ("> 10.0", "> 10", Limit(Decimal(10))),
        ("> 1%", "> 1%", Limit(Decimal(1), share=True)),
        (">1.50 %", "> 1.5%", Limit(Decimal("1.5"), share=True)),
        (">= 100%", ">= 100%", Limit(Decimal(100), share=True, reached=True)),
        ("> +10", "> +10", Limit(Decimal(10), change=True)),
        ("> + 10", "> +10", Limit(Decimal(10), change=True)),
        ("> +0", "> +0", Limit(Decimal(0), change=True)),
        ("> +0.5%", "> +0.5%", Limit(Decimal("0.5"), share=True, change=True)),
    ],
)
def test_a_limit_is_read_and_written(text: str, canonical: str, limit: Limit) -> None:
    assert parse_limit(text) == limit
    assert str(limit) == canonical and str(parse_limit(canonical)) == canonical


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("10", "is no limit", EXAMPLES),
        ("1%", "is no limit", EXAMPLES),
        ("< 10", "is no limit", EXAMPLES),
        ("> -1", "is no limit", EXAMPLES),
        ("> 1e3", "is no limit", EXAMPLES),
        ("> 1,000", "is no limit", EXAMPLES),
        ("> ١", "is no limit", EXAMPLES),
        ("", "is no limit", EXAMPLES),
        (10, "is no limit", EXAMPLES),
        (0.01, "is no limit", EXAMPLES),
        (None, "is no limit", EXAMPLES),
        ("> 0.5", "counts parts of a row", '"> 0.5%"'),
        ("> +1.5", "counts parts of a row", '"> +1.5%"'),
        (">= 0", "even when no row is at fault", '"> 0"'),
        (">= +0%", "even when no row is at fault", '"> +0%"'),
        ("> 100%", "can never be exceeded", ">= 100%"),
        ("> +150%", "can never be exceeded", ">= 100%"),
    ],
    ids=str,
)
def test_what_is_no_limit(text: object, message: str, hint: str) -> None:
    with pytest.raises(ModifierError) as caught:
        parse_limit(text, name="warn_if")  # type: ignore[arg-type]
    (problem,) = caught.value.problems
    assert problem.message.startswith(f"warn_if={text!r} ") and message in problem.message
    assert hint in (problem.hint or "")


@pytest.mark.parametrize(
    ("text", "failing", "rows", "before", "exceeded"),
    [
        ("> 10", 10, 100, None, False),
        ("> 10", 11, 100, None, True),
        (">= 10", 10, 100, None, True),
        ("> 0", 0, 0, None, False),
        ("> 1%", 1, 100, None, False),
        ("> 1%", 2, 199, None, True),
        ("> 0.1%", 1, 1000, None, False),  # 0.1 has no exact float
        ("> 1%", 0, 0, None, False),
        (">= 100%", 5, 5, None, True),
        ("> +10", 20, 100, (10, 50), False),
        ("> +10", 21, 100, (10, 50), True),
        ("> +10", 21, 100, None, None),
        ("> +1%", 2, 100, (1, 100), False),
        ("> +1%", 3, 100, (1, 100), True),
        ("> +1%", 1, 10, (1, 10), False),
        ("> +1%", 1, 10, (0, 0), True),
        ("> +0", 5, 10, (6, 10), False),
        ("> +1%", 0, 0, None, None),
    ],
)
def test_whether_it_is_exceeded(
    text: str, failing: int, rows: int, before: tuple[int, int] | None, exceeded: bool | None
) -> None:
    assert parse_limit(text).exceeded(failing, rows, before) is exceeded


COUNTS = st.integers(0, 10**20).flatmap(lambda rows: st.tuples(st.integers(0, rows), st.just(rows)))


@given(
    amount=st.integers(0, 10**6),
    decimals=st.integers(0, 6),
    share=st.booleans(),
    change=st.booleans(),
    reached=st.booleans(),
    now=COUNTS,
    before=st.none() | COUNTS,
)
def test_against_the_definition_in_whole_numbers(
    amount: int,
    decimals: int,
    share: bool,
    change: bool,
    reached: bool,
    now: tuple[int, int],
    before: tuple[int, int] | None,
) -> None:
    limit = Limit(Decimal(amount).scaleb(-decimals), share, change, reached)

    def figure(failing: int, rows: int) -> Fraction:
        return Fraction(failing) if not share else Fraction(100 * failing, rows) if rows else Fraction(0)

    found = limit.exceeded(*now, before)
    if change and before is None:
        assert found is None
        return
    shown = figure(*now) - (figure(*before) if change and before else 0)
    bound = Fraction(amount, 10**decimals)
    assert found is (shown >= bound if reached else shown > bound)


@given(st.text(alphabet="> =+%0123456789._", max_size=12))
def test_what_is_accepted_is_stable(text: str) -> None:
    try:
        limit = parse_limit(text)
    except ModifierError:
        return
    assert parse_limit(str(limit)) == limit
    assert str(parse_limit(str(limit))) == str(limit)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("> 1", "more than 1 row"),
        (">= 2", "at least 2 rows"),
        ("> 1%", "more than 1% of the rows"),
        ("> +1%", "more than 1 percentage point on top of the last published run"),
        ("> +0.5%", "more than 0.5 percentage points on top of the last published run"),
        ("> +10", "more than 10 rows on top of the last published run"),
    ],
)
def test_in_words(text: str, words: str) -> None:
    assert parse_limit(text).words == words
