"""What ``from featurecat import …`` offers."""

from __future__ import annotations

import pytest

import featurecat
from featurecat import function_modifiers


def test_the_facade_offers_every_decorator():
    assert set(function_modifiers.__all__) <= set(featurecat.__all__)


@pytest.mark.parametrize("name", featurecat.__all__)
def test_each_name_is_there(name):
    assert getattr(featurecat, name) is not None


@pytest.mark.parametrize("name", function_modifiers.__all__)
def test_decorators_are_the_same_wherever_they_are_imported_from(name):
    assert getattr(featurecat, name) is getattr(function_modifiers, name)


def test_other_names_are_told():
    with pytest.raises(AttributeError, match="no attribute 'tags'"):
        featurecat.tags  # noqa: B018
