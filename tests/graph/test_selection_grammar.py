"""The selection grammar: what text means, what it refuses, and that writing and reading are inverse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.errors import RequestError
from featurecat.graph.selection.grammar import (
    ALL,
    KINDS,
    Atom,
    Intersection,
    Not,
    Selection,
    Union,
    format_selection,
    parse,
    parse_several,
)

A, B, C = (Atom("name", name) for name in "abc")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("spend", Atom("name", "spend")),
        ("us/ns.spend-raw_1", Atom("name", "us/ns.spend-raw_1")),
        ("größe", Atom("name", "größe")),
        ("*_7d", Atom("name", "*_7d", glob=True)),
        ("[!a]x?", Atom("name", "[!a]x?", glob=True)),
        ("'*_7d'", Atom("name", "*_7d")),
        ('"and"', Atom("name", "and")),
        ("And", Atom("name", "And")),
        ("+a", Atom("name", "a", up=ALL)),
        ("a+", Atom("name", "a", down=ALL)),
        ("2+a+13", Atom("name", "a", up=2, down=13)),
        ("0+a", Atom("name", "a", up=0)),
        ("1+2+3", Atom("name", "2", up=1, down=3)),
        ("2+", Atom("name", "2", down=ALL)),
        ('+"a+1"+', Atom("name", "a+1", up=ALL, down=ALL)),
        ("tag:delay", Atom("tag", "delay")),
        ("+tag:team=risk+2", Atom("tag", "team=risk", up=ALL, down=2)),
        ("tag:team=r*", Atom("tag", "team=r*", glob=True)),
        ('tag:team="Data, Science*"', Atom("tag", "team=Data, Science*")),
        ('tag:"team=Data Science"+', Atom("tag", "team=Data Science", down=ALL)),
        ("owner:a+b@c.org", Atom("owner", "a+b@c.org")),
        ("owner:a:b", Atom("owner", "a:b")),
        ("pii:false", Atom("pii", "false")),
        ("sql:\"select name from features where n = '1'\"", Atom("sql", "select name from features where n = '1'")),
        (r"'it\'s \d \\'", Atom("name", "it's \\d \\")),
        ("a, b", Union((A, B))),
        ("a b", Union((A, B))),
        ("  a\n,\tb ", Union((A, B))),
        ("a | b", Union((A, B), implicit=False)),
        ("a or b|c", Union((A, B, C), implicit=False)),
        ("a or b, c", Union((A, B, C))),
        ("a & b", Intersection((A, B))),
        ("a and b&c", Intersection((A, B, C))),
        ("a, b & c", Union((A, Intersection((B, C))))),
        ("(a, b) & c", Intersection((Union((A, B)), C))),
        ("((a))", A),
        ("not a", Not(A)),
        ("not not a", Not(Not(A))),
        ("not(a b)", Not(Union((A, B)))),
        ("a not b", Union((A, Not(B)))),
        ("a & not b", Intersection((A, Not(B)))),
        ("not a & b", Intersection((Not(A), B))),
        ("notable, android", Union((Atom("name", "notable"), Atom("name", "android")))),
    ],
)
def test_meaning_of_text(text: str, expected: Selection) -> None:
    assert parse(text) == expected
    assert parse(format_selection(expected)) == expected


@pytest.mark.parametrize(
    ("text", "caret", "reason"),
    [
        ("a &", 3, "expected a name or an attribute after '&'"),
        ("a & & b", 4, "after '&'"),
        ("a,,b", 2, "after ','"),
        ("a, b,", 5, "after ','"),
        ("| a", 0, "expected a name"),
        ("a and or b", 6, "after 'and'"),
        ("not", 3, "after 'not'"),
        ("(a", 0, "never closed"),
        ("a)", 1, "without its '('"),
        ("()", 1, "after '('"),
        ("(a)b", 3, "expected a space"),
        ("a(b)", 1, "expected a space"),
        ("+(a b)", 0, "right after '+'"),
        ("(a b)+", 5, "expected a space"),
        ("+", 0, "right after '+'"),
        ("+ a", 0, "right after '+'"),
        ("a+b", 1, "'+' cannot stand in a name"),
        ("1234567890+a", 0, "so many steps"),
        ("a 'b", 2, "never closed"),
        ('a"b', 1, "never closed"),
        ("'a'b", 3, "after the closing quote"),
        ("a'b'", 1, "quoted from its beginning"),
        ("tag:k*='b'", 7, "quoted from its beginning"),
        ("''", 0, "between the quotes"),
        ("tag:''", 4, "between the quotes"),
        ("tag:", 4, "right after 'tag:'"),
        ("sql: select", 4, "right after 'sql:'"),
        ("tags:x", 0, "no attribute 'tags'"),
        ("owner:c++", 7, "cannot end with '+'"),
        ("pii:maybe", 4, "expected true or false"),
        ("a @b", 2, "'@' cannot stand in a name"),
        ("tag=x", 3, "'=' cannot stand in a name"),
        ("!a", 0, "does not negate"),
    ],
)
def test_refused_text_is_shown_with_a_caret(text: str, caret: int, reason: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse(text)
    (problem,) = caught.value.problems
    assert problem.code == "invalid-selection"
    assert reason in problem.message
    assert problem.details == (text, " " * caret + "^")


@pytest.mark.parametrize("text", ["", "  \n "])
def test_empty_text_is_refused(text: str) -> None:
    with pytest.raises(RequestError, match="the selection is empty"):
        parse(text)


def test_a_wrong_attribute_gets_a_suggestion() -> None:
    with pytest.raises(RequestError, match="did you mean 'owner'"):
        parse("ownr:x")


def test_a_long_text_is_shown_around_the_place() -> None:
    text = f"{'x ' * 500}@{' y' * 500}"
    with pytest.raises(RequestError) as caught:
        parse(text)
    shown, caret = caught.value.problems[0].details
    assert len(shown) <= 72
    assert shown[caret.index("^")] == "@"


@pytest.mark.parametrize("text", ["(" * 5_000 + "a" + ")" * 5_000, "not " * 5_000 + "a"])
def test_deep_nesting_is_refused_and_does_not_recurse_away(text: str) -> None:
    with pytest.raises(RequestError, match="nested deeper"):
        parse(text)


def test_many_groups_side_by_side_are_not_deep() -> None:
    assert len(parse(" ".join(["(not a)"] * 500)).terms) == 500


def test_several_texts_are_one_union_in_their_order() -> None:
    assert parse_several(["a | b", "b & c"]) == Union((A, B, Intersection((B, C))))
    assert parse_several(["a | b"]) == Union((A, B), implicit=False)


def test_the_faults_of_several_texts_come_together() -> None:
    with pytest.raises(RequestError) as caught:
        parse_several(["a &", "b", "c)"])
    assert len(caught.value.problems) == 2
    with pytest.raises(RequestError, match="no selection was given"):
        parse_several([])


# --- laws ----------------------------------------------------------------------------------------

_steps = st.one_of(st.none(), st.just(ALL), st.integers(0, 999_999_999))
_literal = st.text(min_size=1)
_wild = st.from_regex(r"[a-z_./-]{0,4}[*?][a-z0-9*?_]{0,4}", fullmatch=True)
_names = st.builds(Atom, st.just("name"), _literal, st.just(False), _steps, _steps)
_globs = st.builds(Atom, st.just("name"), _wild, st.just(True), _steps, _steps)
_attributes = st.builds(
    Atom, st.sampled_from([kind for kind in KINDS if kind != "pii"]), _literal, st.just(False), _steps, _steps
)
_attribute_globs = st.builds(
    Atom, st.sampled_from([kind for kind in KINDS if kind != "pii"]), _wild, st.just(True), _steps, _steps
)
_flags = st.builds(Atom, st.just("pii"), st.sampled_from(["true", "false"]), st.just(False), _steps, _steps)


def _several(parts: st.SearchStrategy[Selection]) -> st.SearchStrategy[tuple[Selection, ...]]:
    return st.lists(parts, min_size=2, max_size=4).map(tuple)


selections = st.recursive(
    st.one_of(_names, _globs, _attributes, _attribute_globs, _flags),
    lambda parts: st.one_of(
        st.builds(Not, parts),
        st.builds(Intersection, _several(parts)),
        st.builds(Union, _several(parts), st.booleans()),
    ),
    max_leaves=12,
)


@given(selections)
def test_reading_what_was_written_gives_the_same_tree(selection: Selection) -> None:
    assert parse(format_selection(selection)) == selection


@given(st.text(alphabet="ab +&|,()!'\"*?[]:=19\\\n@not", max_size=40))
def test_any_text_is_read_or_refused_with_its_own_code(text: str) -> None:
    try:
        selection = parse(text)
    except RequestError as error:
        assert error.code == "invalid-selection"
    else:
        assert parse(format_selection(selection)) == selection
