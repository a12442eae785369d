from __future__ import annotations

import pytest

from featurecat.driver import Builder
from featurecat.errors import DefinitionError, ModifierError, RequestError

HEAD = "from featurecat.function_modifiers import *\n"
FUNCTION = "\ndef total(a: int, b: int = 0) -> int:\n    return a + b\n"


@pytest.fixture
def build(make_module):
    return lambda source, config=None: (
        Builder().with_modules(make_module(HEAD + source)).with_config(config or {}).build()
    )


def test_the_config_chooses_the_decorator(build):
    choice = (
        "@resolve_from_config(decorate_with=lambda names: parameterize_sources(**{n: {'a': n + '_in'} for n in names}))"
    )
    driver = build(choice + FUNCTION, {"names": ["x", "y"]})
    assert driver.execute(["x", "y"], inputs={"x_in": 1, "y_in": 2}) == {"x": 1, "y": 2}
    assert "total" not in driver.graph.nodes


def test_it_joins_its_own_phase(build):
    source = "@tag(level='static')\n@resolve(when=ResolveAt.CONFIG_AVAILABLE, decorate_with=lambda level='none': tag(level=level))"
    assert build(source + FUNCTION).graph.nodes["total"].tags == {"level": ("none",)}
    assert build(source + FUNCTION, {"level": "low"}).graph.nodes["total"].tags == {"level": ("low",)}


def test_without_its_keys_the_feature_is_there_and_says_what_it_wants(build):
    source = "@resolve_from_config(decorate_with=lambda name: parameterize_sources(**{name: {'a': 'x'}}))"
    driver = build(source + FUNCTION)
    with pytest.raises(RequestError, match="name is given"):
        driver.execute(["total"])


def test_other_features_are_not_held_up(build):
    source = (
        "@resolve_from_config(decorate_with=lambda name: tag(name=name))"
        + FUNCTION
        + "\ndef other(a: int) -> int:\n    return a\n"
    )
    assert build(source).execute(["other"], inputs={"a": 1}) == {"other": 1}


@pytest.mark.parametrize(
    ("decorator", "message"),
    [
        ("@resolve(when='now', decorate_with=lambda: tag(a='b'))", "when='now' is not known"),
        ("@resolve_from_config(decorate_with=3)", "decorate_with is 3, and must be a function"),
        (
            "@resolve_from_config(decorate_with=tag(a='b'))",
            r"decorate_with is @tag\(…\), and must be a function that returns one",
        ),
        ("@resolve_from_config(decorate_with=lambda *keys: tag(a='b'))", "takes no \\*args"),
        ("@resolve_from_config(decorate_with=lambda k, /: tag(a='b'))", "positional-only"),
    ],
)
def test_misuse_is_refused_at_import(build, decorator, message):
    with pytest.raises(ModifierError, match=message) as caught:
        build(decorator + FUNCTION)
    assert caught.value.problems[0].line == 2


@pytest.mark.parametrize(
    ("decorator", "message"),
    [
        ("@resolve_from_config(decorate_with=lambda k: 3)", "decorate_with returned 3"),
        ("@resolve_from_config(decorate_with=lambda k: config.when(a=1))", "returned @config.when"),
        ("@resolve_from_config(decorate_with=lambda k: k.x)", "decorate_with raised AttributeError"),
        ("@resolve_from_config(decorate_with=lambda k: parameterize(x={'q': value(1)}))", "rewires 'q'"),
    ],
)
def test_what_only_the_config_shows_is_refused_at_build(build, decorator, message):
    with pytest.raises(DefinitionError, match=message) as caught:
        build(decorator + FUNCTION, {"k": 1})
    assert caught.value.problems[0].line == 2


def test_who_stops_the_program_is_told_like_any_error(build):
    source = "import sys\n@resolve_from_config(decorate_with=lambda name: sys.exit(3))"
    with pytest.raises(DefinitionError, match="decorate_with raised SystemExit: 3"):
        build(source + FUNCTION, {"name": "x"})


def test_whoever_interrupts_is_let_through(build):
    source = "def _stop(name):\n    raise KeyboardInterrupt\n@resolve_from_config(decorate_with=_stop)"
    with pytest.raises(KeyboardInterrupt):
        build(source + FUNCTION, {"name": "x"})
