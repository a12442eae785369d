from __future__ import annotations

import pytest

from featurecat.driver import Builder
from featurecat.errors import DefinitionError, ModifierError, RequestError

INNER = """
    from featurecat.function_modifiers import config

    def q(i: int, c: int) -> int:
        return i + c

    @config.when(c=1)
    def s__one(q: int, outer_thing: int) -> int:
        return q + outer_thing

    @config.when(c=2)
    def s__two(q: int) -> int:
        return q * 100
"""


def edges(driver):
    return {name: [edge.name for edge in node.dependencies] for name, node in driver.graph.nodes.items() if not node.given}


@pytest.fixture
def outer(make_module):
    make_module(INNER, "inner")
    return lambda source: make_module(
        "import inner\nfrom featurecat.function_modifiers import *\n" + source, "outer"
    )


def test_members_are_named_below_the_namespace_and_wired_inside(outer):
    module = outer(
        '@subdag(inner, inputs={"i": source("src")}, config={"c": 1})\ndef z(s: int) -> int:\n    return s\n'
    )
    driver = Builder().with_modules(module).build()
    assert edges(driver) == {
        "z.i": ["src"],
        "z.c": [],
        "z.q": ["z.i", "z.c"],
        "z.s": ["z.q", "outer_thing"],
        "z": ["z.s"],
    }
    assert driver.execute(["z"], inputs={"src": 5, "outer_thing": 7}) == {"z": 13}
    assert driver.graph.public_names() == ["z"]


def test_members_come_from_their_own_function_and_know_who_brought_them(outer):
    module = outer('@subdag(inner, inputs={"i": value(1)}, config={"c": 2})\ndef z(s: int) -> int:\n    return s\n')
    node = Builder().with_modules(module).build().graph.nodes["z.s"]
    assert node.defined.function.__name__ == "s__two"
    assert [defined.name for defined in node.via] == ["z"]


def test_namespace_final_name_and_external_inputs_can_be_chosen(outer):
    module = outer(
        '@subdag(inner, inputs={"i": value(1)}, config={"c": 2}, namespace="n", final_node_name="f",'
        ' external_inputs=["more"])\ndef z(s: int, more: int) -> int:\n    return s + more\n'
    )
    driver = Builder().with_modules(module).build()
    assert driver.execute(["f"], inputs={"more": 1}) == {"f": 301}
    assert {"n.s", "f"} <= set(driver.graph.nodes)


def test_decorators_above_touch_the_final_node_only(outer):
    module = outer(
        '@tag(team="a")\n@check_output(range=(0, 1000))\n'
        '@subdag(inner, inputs={"i": value(1)}, config={"c": 2})\ndef z(s: int) -> int:\n    return s\n'
    )
    nodes = Builder().with_modules(module).build().graph.nodes
    assert {name for name, node in nodes.items() if node.tags} == {"z"}
    assert "z_raw" in nodes
    assert "z.s_raw" not in nodes


def test_config_may_come_from_the_run(outer):
    module = outer(
        '@subdag(inner, inputs={"i": value(3)}, config={"c": configuration("level")})\ndef z(s: int) -> int:\n    return s\n'
    )
    driver = Builder().with_modules(module).with_config({"level": 2}).build()
    assert driver.execute(["z"]) == {"z": 500}
    driver = Builder().with_modules(module).with_config({"level": 1}).build()
    assert driver.execute(["z"], inputs={"outer_thing": 1}) == {"z": 5}
    with pytest.raises(RequestError, match="no variant of 'z' fits") as caught:
        Builder().with_modules(module).build().execute(["z"])
    assert "level is given" in str(caught.value)


def test_variants_that_the_run_decides_stay_variants(make_module):
    make_module(INNER.replace("c: int", "c: int = 0"), "inner")
    module = make_module(
        """
        import inner
        from featurecat.function_modifiers import subdag, source

        @subdag(inner, inputs={"i": source("src")})
        def z(s: int) -> int:
            return s
        """
    )
    driver = Builder().with_modules(module).with_config({"c": 2}).build()
    assert driver.execute(["z"], inputs={"src": 5}) == {"z": 700}
    with pytest.raises(RequestError, match=r"no variant of 'z\.s' fits"):
        Builder().with_modules(module).with_config({"c": 3}).build().execute(["z"], inputs={"src": 5})


def test_functions_can_be_loaded_one_by_one(make_module):
    module = make_module(
        """
        from featurecat.function_modifiers import subdag, source

        def _mean(values: list) -> float:
            return sum(values) / len(values)

        @subdag(_mean, inputs={"values": source("numbers")})
        def z(_mean: float) -> float:
            return _mean
        """
    )
    assert Builder().with_modules(module).build().execute(["z"], inputs={"numbers": [1, 3]}) == {"z": 2.0}


def test_a_sub_dag_may_hold_another(make_module):
    make_module(INNER, "inner")
    make_module(
        """
        import inner
        from featurecat.function_modifiers import subdag, source, configuration

        @subdag(inner, inputs={"i": source("start")}, config={"c": configuration("level")})
        def middle(s: int) -> int:
            return s
        """,
        "middle_module",
    )
    module = make_module(
        """
        import middle_module
        from featurecat.function_modifiers import subdag, value, configuration

        @subdag(middle_module, inputs={"start": value(1)}, config={"level": 2})
        def fixed(middle: int) -> int:
            return middle

        @subdag(middle_module, inputs={"start": value(1)}, config={"level": configuration("mine")})
        def chosen(middle: int) -> int:
            return middle
        """
    )
    driver = Builder().with_modules(module).with_config({"mine": 2}).build()
    assert driver.execute(["fixed", "chosen"]) == {"fixed": 300, "chosen": 300}
    assert "fixed.middle.q" in driver.graph.nodes


def test_parameterized_subdags_lie_beside_each_other(outer):
    module = outer(
        '@parameterized_subdag(inner, config={"c": 2}, v1={"inputs": {"i": value(1)}},'
        ' v2={"inputs": {"i": source("src")}, "config": {"c": 1}})\n'
        "def ps(s: int, q: int) -> int:\n    return s + q\n"
    )
    driver = Builder().with_modules(module).build()
    assert driver.execute(["v1", "v2"], inputs={"src": 5, "outer_thing": 7}) == {"v1": 303, "v2": 19}
    assert "ps" not in driver.graph.nodes


def test_checked_members_are_renamed_with_their_checks(make_module):
    make_module(
        """
        from featurecat.function_modifiers import check_output

        @check_output(range=(0, 1), importance="fail")
        def part(i: int) -> int:
            return i
        """,
        "checked_inner",
    )
    module = make_module(
        """
        import checked_inner
        from featurecat.function_modifiers import subdag, source

        @subdag(checked_inner, inputs={"i": source("src")})
        def z(part: int) -> int:
            return part
        """
    )
    driver = Builder().with_modules(module).build()
    assert {"z.part_raw", "z.part_range_validator", "z.part"} <= set(driver.graph.nodes)
    with pytest.raises(Exception, match=r"z\.part"):
        driver.execute(["z"], inputs={"src": 5})


@pytest.mark.parametrize(
    ("decorator", "message"),
    [
        ("@subdag()", "names no module or function"),
        ("@subdag('inner')", "takes modules and functions, not 'inner'"),
        ("@subdag(inner, inputs={'i': 3})", "the input i is the bare value 3"),
        ("@subdag(inner, inputs={'c': value(3)}, config={'c': 1})", "'c' is in inputs and in config"),
        ("@subdag(inner, config={'c': source('x')})", "the config key c cannot come from a node"),
        ("@subdag(inner, external_inputs=['t'])", "the external input 't' is no parameter"),
        ("@parameterized_subdag(inner)", "names no sub-DAG"),
        ("@parameterized_subdag(inner, a=3)", "a takes a mapping, not 3"),
        ("@parameterized_subdag(inner, a={'input': {}})", "a has the unknown key 'input'"),
        ("@configuration", "takes the name of a config key"),
    ],
)
def test_misuse_is_refused_at_import_with_its_place(outer, decorator, message):
    with pytest.raises(ModifierError, match=message) as caught:
        outer(f"{decorator}\ndef z(s: int) -> int:\n    return s\n")
    assert decorator == "@configuration" or caught.value.problems[0].line == 3
    assert caught.value.problems[0].hint


@pytest.mark.parametrize(
    ("decorator", "function", "message"),
    [
        ("@subdag(inner, config={'c': 1})", "def z(sq: int) -> int:", "'sq' is no member of the sub-DAG"),
        ("@subdag(inner, config={'c': 3})", "def z(s: int) -> int:", r"no variant of 's' fits c=3; they hold when c=1"),
    ],
)
def test_misuse_that_shows_in_the_members_is_refused_at_build(outer, decorator, function, message):
    module = outer(f"{decorator}\n{function}\n    return 1\n")
    with pytest.raises(DefinitionError, match=message) as caught:
        Builder().with_modules(module).build()
    assert caught.value.problems[0].file.endswith("outer.py")


def test_a_loose_namespace_repeats_names_only_once(outer):
    module = outer(
        '@subdag(inner, inputs={"i": value(1)}, config={"c": 2})\ndef z(s: int) -> int:\n    return s\n'
        '@subdag(inner, inputs={"i": value(1)}, config={"c": 2}, namespace="z")\ndef y(s: int) -> int:\n    return s\n'
    )
    with pytest.raises(DefinitionError, match=r"'z\.\w' is defined twice"):
        Builder().with_modules(module).build()
