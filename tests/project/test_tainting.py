"""How taints spread: against a brute-force fix point on random definitions, and by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.project.tainting import ANY, Bearer, Read, Spread, spread

NAMES = [f"f{number}" for number in range(7)]
TAINTS = ["pii", "licence_nc"]
COLUMNS = ["a", "b", "c"]
Fact = tuple[str, str | None, str]
Sources = Mapping[str, Mapping[str, Sequence[str]]]


def fix_point(bearers: Sequence[Bearer], sources: Sources) -> set[Fact]:
    """Every spot that bears a taint, by adding facts until none is new."""
    facts: set[Fact] = {(one.feature, None, taint) for one in bearers for taint in one.declared}
    for source, tainted in sources.items():
        facts |= {(source, None if name == ANY else name, taint) for taint, named in tainted.items() for name in named}
    while True:
        new = set(facts)
        for bearer in bearers:
            made = {read.output for reads in bearer.reads.values() for read in reads} - {None, ANY}
            for feature, column, taint in facts:
                if feature not in bearer.parents or taint in bearer.stopped:
                    continue
                for read in bearer.reads.get(feature, [Read(ANY)]):
                    if read == (ANY, ANY, None) and column in made:
                        continue
                    if column is None or read.column in (ANY, column):
                        own = column if read.column == ANY else None
                        new.add((bearer.feature, own if read.output == ANY else read.output, taint))
        if new == facts:
            return facts
        facts = new


def borne(found: Spread) -> set[Fact]:
    return {(step.feature, step.column, step.taint) for step in found.steps if not step.stopped}


@st.composite
def definitions(draw: st.DrawFn) -> tuple[list[Bearer], dict[str, dict[str, list[str]]]]:
    """Variants of features, circles among them, and two sources with tainted columns."""
    reads = st.builds(Read, st.sampled_from([*COLUMNS, ANY]), st.sampled_from([None, ANY, *COLUMNS]))
    bearers = []
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=9)):
        parents = draw(st.lists(st.sampled_from(["s0", "s1", *NAMES]), max_size=3, unique=True))
        known = draw(st.lists(st.sampled_from(parents), unique=True)) if parents else []
        bearers.append(
            Bearer(
                name,
                f"v{len(bearers)}",
                tuple(parents),
                {parent: draw(st.lists(reads, max_size=3)) for parent in known},
                draw(st.frozensets(st.sampled_from(TAINTS), max_size=1)) if draw(st.booleans()) else frozenset(),
                draw(st.frozensets(st.sampled_from(TAINTS))) if draw(st.booleans()) else frozenset(),
            )
        )
    tainted = st.dictionaries(st.sampled_from(TAINTS), st.lists(st.sampled_from([*COLUMNS, ANY]), max_size=2))
    return bearers, {source: draw(tainted) for source in ("s0", "s1")}


@given(definitions())
def test_taints_are_the_least_fix_point(drawn: tuple[list[Bearer], dict[str, dict[str, list[str]]]]) -> None:
    bearers, sources = drawn
    found = spread(bearers, sources)
    expected = fix_point(bearers, sources)
    assert borne(found) == expected
    assert found.nearest.keys() == {(feature, taint) for feature, _, taint in expected}
    assert spread(reversed(bearers), sources) == found


@given(definitions())
def test_every_step_but_the_first_follows_one_that_is_a_hop_nearer(
    drawn: tuple[list[Bearer], dict[str, dict[str, list[str]]]],
) -> None:
    found = spread(*drawn)
    known = {(step.feature, step.column, step.taint): step for step in found.steps if not step.stopped}
    for step in found.steps:
        if step.via is None:
            assert step.hops == 0 and not step.stopped
            continue
        before = known[step.via, step.via_column, step.taint]
        assert before.hops == step.hops - 1
    for (feature, taint), step in found.nearest.items():
        assert step.hops == min(one.hops for key, one in known.items() if (key[0], key[2]) == (feature, taint))


@given(definitions(), st.data())
def test_a_declaration_more_removes_no_taint(
    drawn: tuple[list[Bearer], dict[str, dict[str, list[str]]]], data: st.DataObject
) -> None:
    bearers, sources = drawn
    taint = data.draw(st.sampled_from(TAINTS))
    if bearers and data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(bearers) - 1))
        changed = replace(bearers[place], declared=bearers[place].declared | {taint})
        more, above = [*bearers[:place], changed, *bearers[place + 1 :]], sources
    else:
        column = data.draw(st.sampled_from([*COLUMNS, ANY]))
        more, above = bearers, {**sources, "s0": {**sources["s0"], taint: [*sources["s0"].get(taint, []), column]}}
    assert borne(spread(bearers, sources)) <= borne(spread(more, above))


@given(definitions(), st.data())
def test_a_declassification_less_removes_no_taint(
    drawn: tuple[list[Bearer], dict[str, dict[str, list[str]]]], data: st.DataObject
) -> None:
    bearers, sources = drawn
    less = [replace(one, stopped=data.draw(st.sampled_from([one.stopped, frozenset()]))) for one in bearers]
    assert borne(spread(bearers, sources)) <= borne(spread(less, sources))


@given(definitions())
def test_less_known_of_what_is_read_removes_no_taint(
    drawn: tuple[list[Bearer], dict[str, dict[str, list[str]]]],
) -> None:
    bearers, sources = drawn
    blind = [replace(one, reads={}) for one in bearers]
    assert spread(bearers, sources).nearest.keys() <= spread(blind, sources).nearest.keys()


@pytest.mark.parametrize(
    ("reads", "expected"),
    [
        pytest.param({}, {"frame", "kept", "made"}, id="unknown"),
        pytest.param({"people": [Read("born")]}, set(), id="another column"),
        pytest.param({"people": [Read(ANY, ANY)]}, {"frame", "kept"}, id="handed on"),
        pytest.param(
            {"people": [Read("mail", "made"), Read("born", "mail")]}, {"frame", "made"}, id="column by column"
        ),
        pytest.param(
            {"people": [Read(ANY, ANY), Read("mail", "made"), Read("born", "mail")]}, {"frame", "made"}, id="replaced"
        ),
        pytest.param({"people": [Read("mail")]}, {"frame", "kept", "made"}, id="counts for all"),
        pytest.param({"people": [Read(ANY, "made")]}, {"frame", "made"}, id="any, into one column"),
    ],
)
def test_through_a_frame_by_column(reads: dict[str, list[Read]], expected: set[str]) -> None:
    bearers = [
        Bearer("frame", "any", ("people",), reads),
        Bearer("kept", "any", ("frame",), {"frame": [Read("mail")]}),
        Bearer("made", "any", ("frame",), {"frame": [Read("made")]}),
    ]
    assert spread(bearers, {"people": {"pii": ["mail"]}}).bearing("pii") == {"people", *expected}


def test_a_declassification_is_of_its_own_variant() -> None:
    stops, flows = (
        Bearer("key", variant, ("mail",), stopped=frozenset(stopped))
        for variant, stopped in (("p", ["pii"]), ("q", []))
    )
    mail = Bearer("mail", "any", declared=frozenset(["pii"]))
    assert spread([mail, stops], {}).bearing("pii") == {"mail"}
    assert spread([mail, stops, flows], {}).bearing("pii") == {"mail", "key"}


def test_a_declaration_stands_beside_a_declassification() -> None:
    both = Bearer("key", "any", ("mail",), declared=frozenset(["pii"]), stopped=frozenset(["pii"]))
    assert spread([both], {}).nearest["key", "pii"].via is None
