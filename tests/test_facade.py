"""What ``from featurecat import …`` offers."""

from __future__ import annotations

import pytest

import featurecat
from featurecat import function_modifiers
from featurecat.execution import executors
from featurecat.plan import grouping


def test_the_facade_offers_every_decorator():
    assert set(function_modifiers.__all__) <= set(featurecat.__all__)


@pytest.mark.parametrize("name", featurecat.__all__)
def test_each_name_is_there(name):
    assert getattr(featurecat, name) is not None


@pytest.mark.parametrize("name", function_modifiers.__all__)
def test_decorators_are_the_same_wherever_they_are_imported_from(name):
    assert getattr(featurecat, name) is getattr(function_modifiers, name)


def test_executors_are_those_that_drivers_take():
    offered = featurecat.executors
    # a submitted task and the driver's choice of both are no business of users
    own = [name for name in executors.__all__ if name not in ("DynamicExecution", "SubmittedTask")]
    assert set(offered.__all__) == {*own, *grouping.__all__}
    assert all(getattr(offered, name) is getattr(executors, name) for name in own)
    assert all(getattr(offered, name) is getattr(grouping, name) for name in grouping.__all__)


def test_other_names_are_told():
    with pytest.raises(AttributeError, match="no attribute 'tags'"):
        featurecat.tags  # noqa: B018
