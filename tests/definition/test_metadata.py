"""Typed metadata from @feature and @tag together."""

from __future__ import annotations

import pytest

from featurecat.definition.metadata import NO_METADATA, Metadata, is_pii, merge


@pytest.mark.parametrize("word", ["False", "false", "NO", "no", "0", "None", " none ", ""])
def test_words_that_mean_not_personal(word: str) -> None:
    assert not is_pii(word)
    assert merge(NO_METADATA, {"pii": (word,)})[0].pii is False


@pytest.mark.parametrize("word", ["True", "yes", "1", "email", "names"])
def test_words_that_mean_personal(word: str) -> None:
    assert is_pii(word)
    assert merge(NO_METADATA, {"pii": ("False", word)})[0].pii is True


def test_tags_feed_what_is_not_declared() -> None:
    tags = {
        "owner": ("ops", "data"),
        "unit": ("min",),
        "status": ("active",),
        "entity": ("carrier", "flight"),
        "x": ("y",),
    }
    merged, conflicts = merge(Metadata(dtype="double"), tags)
    assert conflicts == []
    assert merged == Metadata(
        owner=("ops", "data"), unit="min", status="active", entity=("carrier", "flight"), dtype="double"
    )


@pytest.mark.parametrize(
    ("declared", "tags", "conflict"),
    [
        (Metadata(owner=("ops",)), {"owner": ("data",)}, "@feature(owner='ops') and @tag(owner='data') disagree"),
        (Metadata(pii=True), {"pii": ("False",)}, "@feature(pii=True) and @tag(pii=False) disagree"),
        (Metadata(pii=False), {"pii": ("email",)}, "@feature(pii=False) and @tag(pii=True) disagree"),
        (Metadata(unit="min"), {"unit": ("s",)}, "@feature(unit='min') and @tag(unit='s') disagree"),
        (
            Metadata(status="active"),
            {"status": ("deprecated",)},
            "@feature(status='active') and @tag(status='deprecated') disagree",
        ),
        (
            Metadata(entity=("a", "b")),
            {"entity": ("b", "a")},
            "@feature(entity=('a', 'b')) and @tag(entity=('b', 'a')) disagree",
        ),
    ],
)
def test_disagreement_is_told_and_the_declared_stays(
    declared: Metadata, tags: dict[str, tuple[str, ...]], conflict: str
) -> None:
    merged, conflicts = merge(declared, tags)
    assert conflicts == [conflict]
    assert merged == declared


def test_saying_the_same_twice_is_no_conflict() -> None:
    declared = Metadata(owner=("ops",), pii=False)
    assert merge(declared, {"owner": ("ops",), "pii": ("no",)}) == (declared, [])


def test_what_stands_above_wins_field_by_field() -> None:
    above, below = Metadata(owner=("a",), pii=False), Metadata(owner=("b",), pii=True, unit="min")
    assert above.over(below) == Metadata(owner=("a",), pii=False, unit="min")
