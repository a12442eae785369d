"""Docstrings of every style taken apart, broken ones included; nothing of them is lost."""

from __future__ import annotations

import inspect
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.project.docstrings import doc_entries, has_sections

Entry = tuple[str, str | None, str | None, str | None]

CASES: dict[str, tuple[str, list[Entry]]] = {
    "one paragraph": ("Spend per week,\nover all shops.", [("summary", None, None, "Spend per week, over all shops.")]),
    "google": (
        """
        Spend per week.

        A longer text
        over two lines.

        Args:
            spend (pd.Series): Spend in EUR,
                continued: with a colon.
            window (int, optional): Weeks. Defaults to 3.
            *args: Rest.
            dates (dict[str, list[int]]): By name.

        Returns:
            pd.Series: The mean.

        Raises:
            ValueError: If window < 1.

        Example:
            >>> f(1)
            2

        Note:
            Beware.
        """,
        [
            ("summary", None, None, "Spend per week."),
            ("text", None, None, "A longer text\nover two lines."),
            ("args", "spend", "pd.Series", "Spend in EUR,\ncontinued: with a colon."),
            ("args", "window", "int, optional", "Weeks. Defaults to 3."),
            ("args", "*args", None, "Rest."),
            ("args", "dates", "dict[str, list[int]]", "By name."),
            ("returns", None, "pd.Series", "The mean."),
            ("raises", "ValueError", None, "If window < 1."),
            ("examples", None, None, ">>> f(1)\n2"),
            ("notes", None, None, "Beware."),
        ],
    ),
    "google result without a type": (
        "X.\n\nReturns:\n    The mean of spend: in EUR.",
        [("summary", None, None, "X."), ("returns", None, None, "The mean of spend: in EUR.")],
    ),
    "google heading of one's own": (
        "X.\n\nBusiness meaning:\n    It is money.\n\nArgs:\n    x: y\n\n    z: two\n        lines",
        [
            ("summary", None, None, "X."),
            ("Business meaning", None, None, "It is money."),
            ("args", "x", None, "y"),
            ("args", "z", None, "two\nlines"),
        ],
    ),
    "google see also and references": (
        "X.\n\nSee Also:\n    other: does more\n    third\n\nReferences:\n    [1] Knuth.",
        [
            ("summary", None, None, "X."),
            ("see also", "other", None, "does more"),
            ("see also", "third", None, None),
            ("references", None, None, "[1] Knuth."),
        ],
    ),
    "google line that goes on without being indented": (
        "X.\n\nArgs:\n    x: one\n    and more",
        [("summary", None, None, "X."), ("args", "x", None, "one\nand more")],
    ),
    "numpy": (
        """
        Spend per week.

        Parameters
        ----------
        spend : pd.Series
            Spend.

            Second paragraph.
        x, y : float
            Coordinates.
        window : {1, 2, 3}, optional
            Weeks, by default 3
        *args
            rest

        Returns
        -------
        mean : float
            The mean.
        int

        Raises
        ------
        ValueError
            If bad.

        See Also
        --------
        other : does more

        References
        ----------
        .. [1] Knuth

        Examples
        --------
        >>> f(1)
        2

        Custom Heading
        --------------
        Own text.
        """,
        [
            ("summary", None, None, "Spend per week."),
            ("args", "spend", "pd.Series", "Spend.\n\nSecond paragraph."),
            ("args", "x", "float", "Coordinates."),
            ("args", "y", "float", "Coordinates."),
            ("args", "window", "{1, 2, 3}, optional", "Weeks, by default 3"),
            ("args", "*args", None, "rest"),
            ("returns", "mean", "float", "The mean."),
            ("returns", None, "int", None),
            ("raises", "ValueError", None, "If bad."),
            ("see also", "other", None, "does more"),
            ("references", None, None, ".. [1] Knuth"),
            ("examples", None, None, ">>> f(1)\n2"),
            ("Custom Heading", None, None, "Own text."),
        ],
    ),
    "restructured text": (
        """
        Spend per week.

        :param spend: Spend in EUR
            continued
        :type spend: pd.Series
        :param int window: Weeks
        :returns: The mean
        :rtype: pd.Series
        :raises ValueError: If bad
        :var c: d
        :foo bar baz: qux

        .. note:: Careful
        .. deprecated:: 1.0
           Use another.
        """,
        [
            ("summary", None, None, "Spend per week."),
            ("args", "spend", "pd.Series", "Spend in EUR\ncontinued"),
            ("args", "window", "int", "Weeks"),
            ("returns", None, "pd.Series", "The mean"),
            ("raises", "ValueError", None, "If bad"),
            ("attributes", "c", None, "d"),
            ("foo", "baz", "bar", "qux"),
            ("notes", None, None, "Careful"),
            ("deprecated", None, None, "1.0\nUse another."),
        ],
    ),
    "a type that nothing else is said of": (
        "X.\n\n:rtype: float",
        [("summary", None, None, "X."), ("returns", None, "float", None)],
    ),
    "role of a text": (
        "X.\n\n:math:`x` is small.",
        [("summary", None, None, "X."), ("text", None, None, ":math:`x` is small.")],
    ),
    "words that look like headings": (
        "X.\n\nNote: this is one line.\nReturns nothing: really.",
        [("summary", None, None, "X."), ("text", None, None, "Note: this is one line.\nReturns nothing: really.")],
    ),
    "list after a colon": (
        "X.\n\nSteps:\n1. a\n2. b",
        [("summary", None, None, "X."), ("text", None, None, "Steps:\n1. a\n2. b")],
    ),
    "broken google": (
        "X\n\nArgs:\nno indentation: here\n    spend pd.Series) broken\nReturns",
        [
            ("summary", None, None, "X"),
            ("text", None, None, "Args:\nno indentation: here\n    spend pd.Series) broken\nReturns"),
        ],
    ),
    "bracket never closed": (
        "X.\n\nArgs:\n    x (list[int: y",
        [("summary", None, None, "X."), ("args", None, None, "x (list[int: y")],
    ),
    "broken numpy": (
        "X\n\nParameters\n----------\nReturns\n-----",
        [("summary", None, None, "X"), ("text", None, None, "Parameters\n----------\nReturns\n-----")],
    ),
    "all styles at once": (
        "X.\n\nArgs:\n    a: b\n\nParameters\n----------\nc : int\n    d\n\n:param e: f",
        [("summary", None, None, "X."), ("args", "a", None, "b"), ("args", "c", "int", "d"), ("args", "e", None, "f")],
    ),
    "no summary": (":param x: y", [("args", "x", None, "y")]),
}


@pytest.mark.parametrize(("doc", "expected"), CASES.values(), ids=CASES)
def test_docstrings(doc: str, expected: list[Entry]) -> None:
    cleaned = inspect.cleandoc(doc)
    assert [tuple(entry) for entry in doc_entries(cleaned)] == expected
    if {entry[0] for entry in expected} - {"summary", "text"}:
        assert has_sections(cleaned)


LINES = st.sampled_from(
    ["", "Args:", "  x (int): word", "    deeper: word", "Returns", "-------", "=====", ":param a b: c", ":rtype: int",
     ":returns:", ".. note:: hey", "   more", "plain words.", "Own heading:", "x : int", "*args", "x (", ": :", ":", "..", "- item"]
)  # fmt: skip


@given(st.lists(LINES | st.text(max_size=12), max_size=14))
def test_no_word_is_lost_and_nothing_is_refused(lines: list[str]) -> None:
    doc = "\n".join(lines)
    entries = doc_entries(doc)
    told = " ".join(part for entry in entries for part in entry if part).lower()
    headings = {"args", "returns", "note", "notes", "param", "rtype", "deprecated"}
    lost = {word for word in re.findall(r"\w+", doc.expandtabs().lower()) if word not in told} - headings
    assert not {word for word in lost if word.strip("_-=")}
    assert all(entry.text is None or entry.text == entry.text.rstrip() for entry in entries)


@given(st.lists(LINES, max_size=10))
def test_what_is_told_to_have_no_sections_has_none(lines: list[str]) -> None:
    doc = inspect.cleandoc("\n".join(lines))
    if not has_sections(doc):
        assert {entry.section for entry in doc_entries(doc)} <= {"summary", "text"}
