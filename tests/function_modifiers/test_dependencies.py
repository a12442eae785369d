"""source, value and group."""

from __future__ import annotations

from typing import Any

import pytest

from featurecat import group, source, value
from featurecat.errors import ModifierError


def test_markers_of_markers_collapse() -> None:
    assert source(source("a")) == source("a")
    assert value(value(3)) == value(3)
    assert str(source("a")) == "a"
    assert str(group(x=source("a"), y=value(3))) == "a, 3"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: source(3), "source() takes the name of a node, not 3"),  # type: ignore[arg-type]
        (lambda: group(), "group() takes either positional or keyword members, and at least one"),
        (
            lambda: group(source("a"), b=source("b")),
            "group() takes either positional or keyword members, and at least one",
        ),
        (lambda: group("a"), "group() takes source() and value(), not 'a'"),  # type: ignore[arg-type]
        (lambda: group(a=group(source("a"))), "group() takes source() and value(), not"),  # type: ignore[arg-type]
    ],
)
def test_misuse(make: Any, message: str) -> None:
    with pytest.raises(ModifierError) as caught:
        make()
    assert caught.value.problems[0].message.startswith(message)
    assert caught.value.problems[0].hint
