"""What changes a fingerprint and what does not: every edit is made to real files."""

from __future__ import annotations

import pytest

from featurecat.definition.collect import collect
from featurecat.definition.fingerprint import Fingerprints, canonical
from tests.support.modules import ModuleMaker

TOOLS = """
    import math

    RATE = 3
    TABLE = {"a": 1}
    TABLE["b"] = 2

    def scaled(value: float) -> float:
        return value * RATE

    def untouched(value: float) -> float:
        return value

    class Curve:
        steepness = 2
"""
FEATURES = """
    import math as maths
    from project import tools
    from project.tools import scaled as by_rate
    from featurecat import tag

    LIMIT = 10
    _HIDDEN = 4

    def _clipped(value: float) -> float:
        return min(value, LIMIT)

    @tag(owner="ops")
    def delay(spend: float, scaled: float = 1.0) -> float:
        '''Documentation.'''
        # a comment
        return _clipped(by_rate(spend)) + maths.sqrt(scaled)

    def other(spend: float) -> float:
        return tools.TABLE["b"] * tools.Curve.steepness * spend
"""


def _prints(make_module: ModuleMaker, features: str, tools: str = TOOLS, name: str = "delay") -> str | None:
    make_module(tools, "project.tools")
    module = make_module(features, "project.features")
    definitions = collect([module])
    definitions.raise_problems()
    return Fingerprints([make_module.root]).of_node(definitions.variants[name][0])


def test_it_is_steady(make_module: ModuleMaker) -> None:
    first = _prints(make_module, FEATURES)
    assert first is not None
    assert _prints(make_module, FEATURES) == first


@pytest.mark.parametrize(
    "written",
    [
        "from featurecat.function_modifiers import tag",
        "from featurecat.compat.hamilton.function_modifiers import tag",
    ],
)
def test_a_decorator_is_the_same_wherever_it_is_imported_from(make_module: ModuleMaker, written: str) -> None:
    first = _prints(make_module, FEATURES)
    assert _prints(make_module, FEATURES.replace("from featurecat import tag", written)) == first


def test_so_is_the_module_of_the_decorators(make_module: ModuleMaker) -> None:
    features = FEATURES.replace("@tag", "@decorators.tag")
    first = _prints(make_module, features.replace("import tag", "import function_modifiers as decorators"))
    written = "from featurecat.compat.hamilton import function_modifiers as decorators"
    assert _prints(make_module, features.replace("from featurecat import tag", written)) == first
    imported = "import {}.function_modifiers as decorators"
    ours, theirs = (
        _prints(make_module, features.replace("from featurecat import tag", imported.format(package)))
        for package in ("featurecat", "featurecat.compat.hamilton")
    )
    assert ours == theirs


def test_a_name_that_means_something_else_in_hamilton_is_another(make_module: ModuleMaker) -> None:
    loading = """
        from featurecat.function_modifiers import load_from

        @load_from.json(path="a.json")
        def delay(raw: list) -> list:
            return raw
    """
    first = _prints(make_module, loading)
    assert _prints(make_module, loading.replace("featurecat.f", "featurecat.compat.hamilton.f")) != first
    assert _prints(make_module, loading.replace("featurecat.function_modifiers", "featurecat")) == first


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("'''Documentation.'''", "'''Better documentation.'''"),
        ("'''Documentation.'''\n", "\n"),
        ("# a comment", "# another comment"),
        (
            "return _clipped(by_rate(spend)) + maths.sqrt(scaled)",
            "return (_clipped( by_rate(spend) )\n      + maths.sqrt(scaled))",
        ),
        ('owner="ops"', "owner='ops',"),
        ("LIMIT = 10\n", "LIMIT = 1_0\n\n\n"),
        ("_HIDDEN = 4", "_HIDDEN = 5"),
        ("    def other(spend: float)", "    def _aside() -> None: ...\n\n    def other(spend: float)"),
        ("* spend", "* spend * 2"),
    ],
)
def test_edits_that_mean_nothing_to_it_keep_it(make_module: ModuleMaker, old: str, new: str) -> None:
    assert old in FEATURES
    assert _prints(make_module, FEATURES.replace(old, new)) == _prints(make_module, FEATURES)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("+ maths.sqrt(scaled)", "- maths.sqrt(scaled)"),
        ("scaled: float = 1.0", "scaled: float = 2.0"),
        ("scaled: float = 1.0", "scaled: int = 1.0"),
        ("LIMIT = 10", "LIMIT = 11"),
        ("LIMIT = 10", "LIMIT = 10\n    LIMIT += 1"),
        ("min(value, LIMIT)", "max(value, LIMIT)"),
        ('owner="ops"', 'owner="data"'),
        ('@tag(owner="ops")', '@tag(owner="ops")\n    @tag(team="a")'),
        ("import math as maths", "import cmath as maths"),
        ("project.tools import scaled as by_rate", "project.tools import untouched as by_rate"),
    ],
)
def test_edits_of_what_it_is_or_reaches_change_it(make_module: ModuleMaker, old: str, new: str) -> None:
    assert old in FEATURES
    assert _prints(make_module, FEATURES.replace(old, new)) != _prints(make_module, FEATURES)


@pytest.mark.parametrize(
    ("name", "old", "new", "changes"),
    [
        ("delay", "value * RATE", "value / RATE", True),
        ("delay", "RATE = 3", "RATE = 4", True),
        ("delay", 'TABLE["b"] = 2', 'TABLE["b"] = 3', False),
        ("delay", "return value\n", "return value + 1\n", False),
        ("other", 'TABLE["b"] = 2', 'TABLE["b"] = 3', True),
        ("other", 'TABLE["b"] = 2', "TABLE.update(b=3)", True),
        ("other", "steepness = 2", "steepness = 3", True),
        ("other", "RATE = 3", "RATE = 4", False),
    ],
)
def test_other_files_count_as_far_as_they_are_reached(
    make_module: ModuleMaker, name: str, old: str, new: str, changes: bool
) -> None:
    assert old in TOOLS
    before = _prints(make_module, FEATURES, name=name)
    assert (_prints(make_module, FEATURES, TOOLS.replace(old, new), name) != before) is changes


def test_a_helper_may_move_to_another_file(make_module: ModuleMaker) -> None:
    before = _prints(make_module, FEATURES)
    make_module(TOOLS, "project.elsewhere")
    moved = FEATURES.replace("project.tools import", "project.elsewhere import")
    assert _prints(make_module, moved) == before


def test_a_feature_may_move_to_another_file(make_module: ModuleMaker) -> None:
    make_module(TOOLS, "project.tools")
    nodes = [
        collect([make_module(FEATURES, name)]).variants["delay"][0] for name in ("project.one", "project.two.three")
    ]
    one, two = (Fingerprints([make_module.root]).of_node(node) for node in nodes)
    assert one == two


@pytest.mark.parametrize(
    ("imports", "use"),
    [
        ("from project import tools", "vars(tools)"),
        ("import project.tools", "project.tools.scaled"),
        ("import project.tools as t", "[t][0]"),
        ("from . import tools", "tools.scaled"),
        ("from .tools import *", "scaled"),
        ("from project.face import scaled", "scaled"),
        ("from project.face import instruments", "instruments.scaled"),
        ("from project import face", "face.instruments.scaled"),
        ("", "__import__('project.tools') and _late"),
    ],
)
def test_every_way_to_reach_a_helper_counts(make_module: ModuleMaker, imports: str, use: str) -> None:
    make_module(TOOLS, "project.tools")
    make_module("from .tools import scaled\nfrom . import tools as instruments\n", "project.face")
    source = f"""
        {imports}
        def _late(value):
            from project.tools import scaled
            return scaled(value)
        def delay(spend: float) -> object:
            return {use}
    """
    before = _prints(make_module, source)
    after = _prints(make_module, source, TOOLS.replace("value * RATE", "value / RATE"))
    make_module("from .tools import scaled\nfrom . import tools as instruments\n", "project.face")
    assert before is not None
    assert before != after


@pytest.mark.parametrize(
    "shadow",
    [
        "def delay(_clipped: float) -> float:\n    return _clipped",
        "def delay(a: float) -> float:\n    _clipped = a\n    return _clipped",
        "def delay(a: float) -> float:\n    return [_clipped for _clipped in [a]][0]",
        "def delay(a: float) -> float:\n    return (lambda _clipped: _clipped)(a)",
        "def delay(a: float) -> float:\n    for _clipped in [a]:\n        pass\n    return _clipped",
        "def delay(a: float) -> float:\n    [_clipped := a for b in [a]]\n    return _clipped",
        "def delay(a: float) -> float:\n    match [a]:\n        case [_clipped]:\n            return _clipped\n    return a",
    ],
)
def test_a_name_that_the_function_binds_itself_is_not_the_modules(make_module: ModuleMaker, shadow: str) -> None:
    helper = "def _clipped(value):\n    return value\n"
    before, after = (
        _prints(make_module, f"{text}\n{shadow}\n") for text in (helper, helper.replace("return value", "return 2"))
    )
    assert before == after


@pytest.mark.parametrize(
    "reach",
    [
        "def delay(a: float) -> float:\n    return [LIMITS for LIMITS in LIMITS][0]",
        "def delay(a: float = LIMITS[0]) -> float:\n    LIMITS = a\n    return LIMITS",
        "def delay(a: float) -> float:\n    global LIMITS\n    LIMITS = LIMITS + [1]\n    return a",
        "def delay(a: float) -> float:\n    def inner():\n        return LIMITS\n    return inner()",
    ],
)
def test_a_module_level_name_is_found_wherever_it_is_read(make_module: ModuleMaker, reach: str) -> None:
    before, after = (_prints(make_module, f"LIMITS = {value}\n{reach}\n") for value in ("[1]", "[2]"))
    assert before != after


def test_circles_of_helpers_end_and_count(make_module: ModuleMaker) -> None:
    source = """
        def delay(a: int) -> int:
            return _even(a) + delay(a)
        def _even(a):
            return _odd(a - 1)
        def _odd(a):
            return _even(a - 1)
    """
    before = _prints(make_module, source)
    assert before is not None
    assert _prints(make_module, source.replace("return _even(a - 1)", "return _even(a - 2)")) != before


def test_nodes_of_one_function_differ_by_name(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        from featurecat import parameterize, value
        @parameterize(one={"n": value(1)}, two={"n": value(1)})
        def lag(spend: float, n: int) -> float:
            return spend
        """
    )
    variants = collect([module]).variants
    prints = Fingerprints([make_module.root])
    one, two = (prints.of_node(variants[name][0]) for name in ("one", "two"))
    assert None not in (one, two)
    assert one != two


def test_what_cannot_be_read_has_none(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        def _make(scale):
            def delay(a: float) -> float:
                return a * scale
            return delay
        delay = _make(3)
        exec("def built(a: float) -> float: return a")
        def plain(a: float) -> float:
            return a
        """
    )
    definitions = collect([module])
    prints = Fingerprints([make_module.root])
    known = {name: prints.of_node(variants[0]) for name, variants in definitions.variants.items()}
    assert known["delay"] is None
    assert known["built"] is None
    assert known["plain"] is not None
    assert Fingerprints([make_module.root / "elsewhere"]).of_node(definitions.variants["plain"][0]) is None


def test_files_of_installed_packages_are_not_the_projects(make_module: ModuleMaker) -> None:
    module = make_module("def delay(a: float) -> float:\n    return a\n", "venv.project")
    assert Fingerprints([make_module.root]).of_function(module.delay) is None


def test_text_of_a_function_holds_its_decorators(make_module: ModuleMaker) -> None:
    module = make_module(
        FEATURES.replace("from project import tools", "").replace(
            "from project.tools import scaled as by_rate", "by_rate = abs"
        )
    )
    text = Fingerprints([make_module.root]).text_of(module.delay)
    assert text is not None
    assert text.text.startswith('@tag(owner="ops")\ndef delay(')
    assert text.text.endswith("maths.sqrt(scaled)\n")
    assert text.end_line - text.line == text.text.count("\n") - 1


def test_canonical_text_is_deep_enough_for_any_expression() -> None:
    import ast

    long = "1" + " + 1" * 900
    assert canonical(ast.parse(long)).count("BinOp") == 900


def test_the_body_of_a_projects_decorator_counts(make_module: ModuleMaker) -> None:
    decorators = """
        import functools
        def scaled(factor):
            def wrap(function):
                @functools.wraps(function)
                def call(*args, **kwargs):
                    return function(*args, **kwargs) * factor
                return call
            return wrap
    """
    features = """
        from project.decorators import scaled
        @scaled(3)
        def delay(spend: float) -> float:
            return spend
    """

    def fingerprint(of_decorators: str = decorators, of_features: str = features) -> str | None:
        make_module(of_decorators, "project.decorators")
        return _prints(make_module, of_features)

    first = fingerprint()
    assert first is not None
    assert fingerprint(decorators.replace("* factor", "/ factor")) != first
    assert fingerprint(of_features=features.replace("scaled(3)", "scaled(4)")) != first
    assert fingerprint(decorators + "\n        OTHER = 1\n") == first
