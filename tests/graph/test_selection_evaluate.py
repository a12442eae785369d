"""Evaluating selections: order, reasons, hidden nodes, faults, and the laws of sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.errors import Problem, RequestError
from featurecat.graph.selection.evaluate import NamedSet, Selected, Selector, select, select_all, union_notice
from featurecat.graph.selection.grammar import Atom, Intersection, Not, Selection, Union, parse, parse_several


@dataclass(frozen=True)
class Features:
    """An index over plain dictionaries; ``feeds`` maps a name to the names that feed it."""

    public: Sequence[str]
    generated: Sequence[str] = ()
    attributes: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    feeds: Mapping[str, Sequence[str]] = field(default_factory=dict)
    named: Mapping[str, NamedSet] = field(default_factory=dict)
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def names(self) -> Sequence[str]:
        return self.public

    def hidden(self) -> Sequence[str]:
        return self.generated

    def values(self, name: str, attribute: str) -> Sequence[str]:
        return self.attributes.get((name, attribute), ())

    def parents(self, name: str) -> Sequence[str]:
        return self.feeds.get(name, ())

    def children(self, name: str) -> Sequence[str]:
        return [child for child, parents in self.feeds.items() if name in parents]

    def sets(self) -> Mapping[str, NamedSet]:
        return self.named

    def queried(self, statement: str) -> Sequence[str]:
        if statement not in self.answers:
            raise RequestError("no such query", code="invalid-sql")
        return self.answers[statement]

    def refusal(self, kind: str) -> Problem | None:
        if kind == "state" and not any(attribute == "state" for _, attribute in self.attributes):
            return Problem("invalid-option", "needs --against REF", hint="--against origin/main")
        return None


FLIGHTS = Features(
    public=("dep_delay", "dep_delay_7d", "is_late", "spend", "carrier_load", "us/wind", "us/gust", "uk/gust"),
    generated=("dep_delay_raw", "dep_delay_range_validator"),
    attributes={
        ("dep_delay", "tag"): ("delay", "team", "team=Data Science"),
        ("dep_delay", "owner"): ("ops",),
        ("dep_delay_7d", "tag"): ("delay", "window", "window=7d"),
        ("dep_delay_7d", "owner"): ("ops", "analytics"),
        ("dep_delay_7d", "module"): ("flights.delays",),
        ("is_late", "tag"): ("team", "team=ops=1"),
        ("is_late", "status"): ("deprecated",),
        ("is_late", "pii"): ("true",),
        ("spend", "pii"): ("false",),
        ("carrier_load", "entity"): ("carrier", "day"),
        ("carrier_load", "role"): ("frame",),
        ("spend", "role"): ("feature",),
        ("spend", "config"): ("region", "region=us"),
        ("dep_delay_raw", "freshness"): ("stale",),
        ("is_late", "freshness"): ("fresh",),
        ("is_late", "result"): ("fail", "pass"),
    },
    feeds={
        "dep_delay_range_validator": ("dep_delay_raw",),
        "dep_delay": ("dep_delay_raw", "dep_delay_range_validator"),
        "dep_delay_raw": ("spend",),
        "dep_delay_7d": ("dep_delay",),
        "is_late": ("dep_delay_7d",),
    },
    named={
        "late": NamedSet(parse("is_late, set:wind")),
        "wind": NamedSet(parse("us/*, dep_delay_raw")),
        "typo": NamedSet(parse("is_late, spned"), "pyproject.toml", 7),
        "ring": NamedSet(parse("set:gnir"), "pyproject.toml", 9),
        "gnir": NamedSet(parse("set:ring"), "pyproject.toml", 11),
        "broken": NamedSet(None, "pyproject.toml", 3, (Problem("invalid-selection", "broken", "pyproject.toml", 3),)),
    },
    answers={"two": ("spend", "dep_delay_raw", "us/wind"), "none": ()},
)


def chosen(text: str, **options: bool) -> Selected:
    return select(parse(text), FLIGHTS, **options)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("spend, dep_delay", "spend dep_delay"),
        ("dep*", "dep_delay dep_delay_7d"),
        ("Dep*, spend", "spend"),
        ("[ds]*d", "dep_delay_7d spend"),
        ("us/*", "us/wind us/gust"),
        ("*/gust", "us/gust uk/gust"),
        ("wind", "us/wind"),
        ("dep_delay_raw", "dep_delay_raw"),
        ("*raw, spend", "spend"),
        ("'dep_delay'", "dep_delay"),
        ("tag:delay", "dep_delay dep_delay_7d"),
        ("tag:team", "dep_delay is_late"),
        ("tag:t*m", "dep_delay is_late"),
        ("tag:team=*", "dep_delay is_late"),
        ("tag:team=o*", "is_late"),
        ("tag:team=ops=1", "is_late"),
        ("tag:*=7d", "dep_delay_7d"),
        ('tag:team="Data Science"', "dep_delay"),
        ("tag:team=Data?Science", "dep_delay"),
        ("tag:*7d, spend", "spend"),
        ("owner:ops", "dep_delay dep_delay_7d"),
        ("owner:a*", "dep_delay_7d"),
        ("module:flights.*", "dep_delay_7d"),
        ("entity:day", "carrier_load"),
        ("status:deprecated", "is_late"),
        ("pii:true", "is_late"),
        ("tag:delay & owner:analytics", "dep_delay_7d"),
        ("dep* & not tag:window", "dep_delay"),
        ("not (dep*, is_late, */*)", "spend carrier_load"),
        ("not dep_delay_raw & spend", "spend"),
        ("+dep_delay", "dep_delay spend"),
        ("1+dep_delay", "dep_delay spend"),
        ("2+dep_delay", "dep_delay spend"),
        ("0+dep_delay", "dep_delay"),
        ("spend+", "dep_delay dep_delay_7d is_late spend"),
        ("spend+2", "dep_delay dep_delay_7d spend"),
        ("spend+1", "dep_delay spend"),
        ("+dep_delay_raw+1", "dep_delay_raw dep_delay spend"),
        ("1+tag:window+1", "dep_delay dep_delay_7d is_late"),
        ("config:region", "spend"),
        ("config:reg*=u?", "spend"),
        ("result:fail", "is_late"),
        ("result:*", "is_late"),
        ("freshness:fresh", "is_late"),
        ("freshness:stale+", "dep_delay dep_delay_7d is_late"),
        ("freshness:*", "is_late"),
        ("1+freshness:stale", "spend"),
        ("set:wind", "us/wind us/gust dep_delay_raw"),
        ("set:late", "is_late us/wind us/gust dep_delay_raw"),
        ("set:w*, set:l*", "is_late us/wind us/gust dep_delay_raw"),
        ("set:late & us/*", "us/wind us/gust"),
        ("set:wind+1", "us/wind us/gust dep_delay_raw dep_delay"),
        ("not set:wind & */*", "uk/gust"),
        ("sql:two", "spend us/wind"),
        ("sql:two+1", "spend us/wind dep_delay"),
    ],
)
def test_what_a_selection_means(text: str, names: str) -> None:
    assert sorted(chosen(text).names) == sorted(names.split())


def test_order_is_that_of_the_terms_then_of_the_index() -> None:
    selected = chosen("spend, dep_delay_range_validator, tag:delay, dep*, is_late")
    assert selected.names == ("spend", "dep_delay_range_validator", "dep_delay", "dep_delay_7d", "is_late")
    assert selected.terms == (
        ("spend", 1),
        ("dep_delay_range_validator", 1),
        ("tag:delay", 2),
        ("dep*", 2),
        ("is_late", 1),
    )
    assert selected.reasons["dep_delay"] == ("tag:delay", "dep*")


def test_repeated_options_keep_their_order_and_a_repeated_term_is_one_reason() -> None:
    selected = select(parse_several(["is_late", "dep_delay, is_late"]), FLIGHTS)
    assert selected.names == ("is_late", "dep_delay")
    assert selected.reasons == {"is_late": ("is_late",), "dep_delay": ("dep_delay",)}


def test_exact_are_the_names_written_out() -> None:
    assert chosen("carrier_load & entity:*, dep*, +is_late, wind, not spend").exact == {"carrier_load", "us/wind"}
    assert chosen("carrier_load & pii:true, spend").exact == {"spend"}


def test_all_leaves_out_what_is_not_a_feature() -> None:
    selected = select_all(FLIGHTS)
    assert selected.names == tuple(name for name in FLIGHTS.public if name != "carrier_load")
    assert selected.terms == (("all", 7),)
    assert selected.exact == frozenset()
    with pytest.raises(RequestError, match="no public feature"):
        select_all(Features(()))
    assert select_all(Features(()), allow_empty=True).names == ()


def test_all_unknown_names_are_reported_together_with_suggestions() -> None:
    with pytest.raises(RequestError) as caught:
        chosen("dep_dely, spend, not nothing_like_it, wnd, DELAY, gust, result:failed+, AND")
    codes = [problem.code for problem in caught.value.problems]
    assert codes == [*["unknown-feature"] * 4, "ambiguous-name", "invalid-selection", "unknown-feature"]
    hints = [problem.hint or "" for problem in caught.value.problems]
    assert "did you mean 'dep_delay'" in hints[0]
    assert "featurecat list" in hints[1]
    assert "'wind'" in hints[2]
    assert hints[3] == "did you mean 'tag:delay'?"
    assert "us/gust, uk/gust" in caught.value.problems[4].message
    assert "lower case" in hints[6]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("result:failed", "there is no result 'failed'", "did you mean 'fail'"),
        ("freshness:old", "there is no freshness 'old'", "fresh, stale, unknown"),
        ("set:wnd", "there is no feature set 'wnd'", "did you mean 'wind'"),
        ("set:xyzzy", "there is no feature set 'xyzzy'", "sets are late, wind"),
        ("sql:nonsense", "no such query", ""),
    ],
)
def test_values_that_there_are_not_are_refused(text: str, message: str, hint: str) -> None:
    with pytest.raises(RequestError) as caught:
        chosen(f"spend, {text}")
    (problem,) = caught.value.problems
    assert problem.message == message
    assert hint in (problem.hint or "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("set:typo", [("unknown-feature", "set 'typo': there is no feature 'spned'", 7)]),
        ("set:broken, set:typo", [("invalid-selection", "broken", 3), ("unknown-feature", "set 'typo': there is no feature 'spned'", 7)]),
        ("set:ring", [("invalid-selection", "set 'ring': a set is made of itself: ring of gnir of ring", 9)]),
    ],
    ids=["a name that is not there", "one that cannot be read", "a circle"],
)  # fmt: skip
def test_faults_of_a_set_are_told_where_it_is_declared(text: str, told: list[tuple[str, str, int]]) -> None:
    with pytest.raises(RequestError) as caught:
        chosen(text)
    assert [(one.code, one.message, one.line) for one in caught.value.problems] == told
    assert {one.file for one in caught.value.problems} == {"pyproject.toml"}


def test_what_is_no_feature_is_walked_from_and_the_message_says_so() -> None:
    with pytest.raises(RequestError) as caught:
        chosen("freshness:stale")
    (problem,) = caught.value.problems
    assert problem.hint == (
        "it matches dep_delay_raw, which are no features; freshness:stale+ selects what is made of them"
    )


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        ("dep_delay+", {"dep_delay_7d": "dep_delay", "is_late": "dep_delay"}),
        ("tag:delay+", {"is_late": "dep_delay_7d"}),
        ("+is_late & tag:delay", {"dep_delay": "is_late", "dep_delay_7d": "is_late"}),
        ("dep_delay+, is_late", {"dep_delay_7d": "dep_delay"}),
        ("freshness:stale+1", {"dep_delay": "dep_delay_raw"}),
        ("tag:delay & owner:ops", {}),
    ],
)
def test_where_a_walk_began(text: str, origins: dict[str, str]) -> None:
    assert dict(chosen(text).origins) == origins


def test_a_selector_tells_the_faults_of_each_selection() -> None:
    selector = Selector(FLIGHTS)
    for _ in range(2):
        with pytest.raises(RequestError, match="there is no feature 'spned'"):
            selector.select(parse("spned, set:wind"))
    assert selector.select(parse("set:wind")).names == chosen("set:wind").names


COMPARED = Features(
    public=("spend", "margin", "share"),
    generated=("share_raw",),
    attributes={
        ("spend", "state"): ("modified", "breaking"),
        ("margin", "state"): ("unmodified",),
        ("share", "state"): ("new", "modified"),
    },
    feeds={"margin": ("spend",)},
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("state:modified", "spend share"),
        ("state:new", "share"),
        ("state:breaking", "spend"),
        ("state:breaking+ & not state:breaking", "margin"),
        ("state:unmodified", "margin"),
        ("state:modified+ & not state:new", "spend margin"),
        ("not state:modified", "margin"),
        ("state:*modified", "spend margin share"),
    ],
)
def test_states_are_selected_where_something_was_compared(text: str, names: str) -> None:
    assert set(select(parse(text), COMPARED).names) == set(names.split())


@pytest.mark.parametrize(
    ("index", "text", "code", "message", "hint"),
    [
        (FLIGHTS, "state:modified+", "invalid-option", "state:modified needs --against REF", "--against origin/main"),
        (FLIGHTS, "not state:*", "invalid-option", "needs --against REF", "--against origin/main"),
        (COMPARED, "state:modifed", "invalid-selection", "there is no state 'modifed'", "did you mean 'modified'"),
        (COMPARED, "state:xyzzy", "invalid-selection", "there is no state 'xyzzy'", "new, modified, unmodified, break"),
    ],
    ids=["nothing compared", "nothing compared by a glob", "misspelt", "unheard of"],
)
def test_states_that_cannot_be_told_are_refused(index: Features, text: str, code: str, message: str, hint: str) -> None:
    with pytest.raises(RequestError, match=message) as caught:
        select(parse(text), index)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert hint in (problem.hint or "")


def test_where_nothing_is_there_no_state_is_an_empty_selection() -> None:
    assert select(parse("state:modified"), Features(()), allow_empty=True).names == ()


def test_an_empty_selection_is_refused_with_a_suggestion_unless_allowed() -> None:
    with pytest.raises(RequestError) as caught:
        chosen("tag:dely & owner:ops")
    (problem,) = caught.value.problems
    assert problem.code == "empty-selection"
    assert problem.hint == "did you mean 'delay'?"
    assert problem.details == ("nothing matches tag:dely",)
    with pytest.raises(RequestError, match="nothing is selected by spend & is_late"):
        chosen("spend & is_late")
    assert chosen("x*", allow_empty=True).names == ()
    assert chosen("x*, spend").terms == (("x*", 0), ("spend", 1))


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        ("tag:delay, pii:true", "union of 2 terms: 3 features (use & for both)"),
        ("tag:window not owner:*", "union of 2 terms: 7 features (use & for both)"),
        ("spend, tag:window, tag:w*", "union of 3 terms: 2 features (use & for all of them)"),
        ("tag:window, tag:nothing", "union of 2 terms: 1 feature (use & for both)"),
        ("tag:delay | pii:true", None),
        ("tag:delay & owner:ops", None),
        ("spend, tag:delay", None),
        ("spend is_late", None),
        ("tag:delay", None),
    ],
)
def test_the_notice_about_a_union(text: str, notice: str | None) -> None:
    assert union_notice(chosen(text)) == notice


def test_no_notice_about_all() -> None:
    assert union_notice(select_all(FLIGHTS)) is None


def test_an_index_is_asked_for_each_attribute_once() -> None:
    asked: list[tuple[str, str]] = []

    class Counting(Features):
        def values(self, name: str, attribute: str) -> Sequence[str]:
            asked.append((name, attribute))
            return super().values(name, attribute)

    select(parse("tag:delay, tag:t*, tag:window & not tag:team"), Counting(FLIGHTS.public, (), FLIGHTS.attributes))
    assert len(asked) == len(set(asked)) == len(FLIGHTS.public)


# --- laws ----------------------------------------------------------------------------------------

_LETTERS = "abcdef"
_atoms = st.one_of(
    st.builds(Atom, st.just("name"), st.sampled_from(_LETTERS)),
    st.builds(Atom, st.just("name"), st.sampled_from(["[abc]", "*", "[!b]", "x*"]), st.just(True)),
    st.builds(Atom, st.just("owner"), st.sampled_from("xyz")),
    st.builds(
        Atom,
        st.just("name"),
        st.sampled_from(_LETTERS),
        st.just(False),
        st.sampled_from([None, "all", 1, 2]),
        st.sampled_from([None, "all", 1]),
    ),
)
_trees = st.recursive(
    _atoms,
    lambda parts: st.one_of(
        st.builds(Not, parts),
        st.builds(lambda *some: Intersection(some), parts, parts),
        st.builds(lambda *some: Union(some), parts, parts, parts),
    ),
    max_leaves=10,
)
_indexes = st.builds(
    lambda owners, feeds: Features(
        tuple(_LETTERS),
        (),
        {(name, "owner"): tuple(sorted(some)) for name, some in owners.items()},
        {name: tuple(sorted(parent for parent in some if parent < name)) for name, some in feeds.items()},
    ),
    st.dictionaries(st.sampled_from(_LETTERS), st.sets(st.sampled_from("xyz"))),
    st.dictionaries(st.sampled_from(_LETTERS), st.sets(st.sampled_from(_LETTERS))),
)


def meaning(tree: Selection, index: Features) -> set[str]:
    """The selected names by the plainest reading of the definition."""
    match tree:
        case Not(operand):
            return set(_LETTERS) - meaning(operand, index)
        case Intersection(factors):
            return set.intersection(*(meaning(factor, index) for factor in factors))
        case Union(terms):
            return set.union(*(meaning(term, index) for term in terms))
        case Atom("owner", owner):
            return {name for name in _LETTERS if owner in index.values(name, "owner")}
        case Atom(_, pattern, _, up, down):
            found = {name for name in _LETTERS if fnmatchcase(name, pattern)}
            above = stepped(found, {name: set(index.parents(name)) for name in _LETTERS}, up)
            return found | above | stepped(found, {name: set(index.children(name)) for name in _LETTERS}, down)


def stepped(found: set[str], neighbours: Mapping[str, set[str]], steps: int | str | None) -> set[str]:
    reached = set(found)
    for _ in range({None: 0, "all": len(_LETTERS)}.get(steps, steps)):
        reached |= {neighbour for name in reached for neighbour in neighbours[name]}
    return reached


@given(_trees, _indexes)
def test_selecting_is_set_algebra(tree: Selection, index: Features) -> None:
    selected = select(tree, index, allow_empty=True)
    assert set(selected.names) == meaning(tree, index)
    assert len(set(selected.names)) == len(selected.names)
    assert selected.exact <= set(selected.names) == set(selected.reasons)


@given(_trees, _trees, _trees, _indexes)
def test_union_and_intersection_are_those_of_sets(
    one: Selection, other: Selection, third: Selection, index: Features
) -> None:
    selector = Selector(index)

    def names(tree: Selection) -> set[str]:
        return set(selector.select(tree, allow_empty=True).names)

    assert names(Union((one, other))) == names(one) | names(other) == names(Union((other, one)))
    assert names(Intersection((one, other))) == names(one) & names(other) == names(Intersection((other, one)))
    assert names(Intersection((one, Union((other, third))))) == names(
        Union((Intersection((one, other)), Intersection((one, third))))
    )
    assert names(one) | names(Not(one)) == set(_LETTERS)
    assert names(one) & names(Not(one)) == set()


@given(_trees, _indexes)
def test_a_set_means_what_it_stands_for(tree: Selection, index: Features) -> None:
    named = Features(index.public, (), index.attributes, index.feeds, {"it": NamedSet(tree)}, {})
    assert set(select(Atom("set", "it"), named, allow_empty=True).names) == meaning(tree, index)


@given(_trees, _trees, _indexes)
def test_de_morgan(one: Selection, other: Selection, index: Features) -> None:
    def names(tree: Selection) -> set[str]:
        return set(select(tree, index, allow_empty=True).names)

    assert names(Not(Union((one, other)))) == names(Intersection((Not(one), Not(other))))
    assert names(Not(Intersection((one, other)))) == names(Union((Not(one), Not(other))))
    assert names(Not(Not(one))) == names(one)
