from __future__ import annotations

from featurecat.definition.collect import collect
from featurecat.definition.condition import Clause, Hidden, decided, overlap
from featurecat.definition.deferred import catalogued, conceal, expand
from featurecat.definition.fingerprint import Fingerprints
from featurecat.graph.build import build_graph

SOURCE = """
    from featurecat.function_modifiers import resolve_from_config, parameterize_sources, model, config

    @resolve_from_config(decorate_with=lambda names, prefix="in": parameterize_sources(
        **{name: {"a": f"{prefix}_{name}"} for name in names}))
    def total(a: int) -> int:
        return a

    def plain(a: int) -> int:
        return a
"""


def test_nothing_is_copied_where_nothing_waits(make_module):
    definitions = collect([make_module("def f(a: int) -> int:\n    return a\n")])
    assert expand(definitions, {"a": 1}) is definitions
    assert catalogued(definitions, [{"a": 1}]) is definitions


def test_expansion_leaves_the_definitions_as_they_were(make_module):
    definitions = collect([make_module(SOURCE)])
    expanded = expand(definitions, {"names": ["x"]})
    assert set(expanded.variants) == {"plain", "x"}
    assert set(definitions.variants) == {"plain"}
    assert [deferred.defined.name for deferred in definitions.deferred] == ["total"]


def test_a_catalog_shows_every_named_config_and_the_function_itself(make_module):
    definitions = collect([make_module(SOURCE)])
    shown = catalogued(definitions, [{"names": ["x"]}, {"names": ["x", "y"], "prefix": "p"}])
    assert {name: [node.variant for node in nodes] for name, nodes in shown.variants.items()} == {
        "plain": ["any"],
        "x": ["any[names=['x'] & prefix is absent]", "any[names=['x', 'y'] & prefix='p']"],
        "y": ["any[names=['x', 'y'] & prefix='p']"],
    }
    assert not shown.problems
    (alone,) = catalogued(definitions, [{}]).variants["total"]
    assert alone.variant == "any[names is given]"


def test_secret_config_is_compared_and_never_shown(make_module):
    source = SOURCE.replace("names", "token_names")
    definitions = collect([make_module(source)])
    (node,) = expand(definitions, {"token_names": ["hush"]}).variants["hush"]
    assert "hush" not in node.variant
    assert all(clause.holds({"token_names": ["hush"]}) for clause in node.condition)
    assert Hidden(3) == 3
    assert Hidden(3) != 4


def test_what_a_config_breaks_is_a_problem_with_a_place(make_module):
    module = make_module(SOURCE)
    (problem,) = expand(collect([module]), {"names": 3}).problems
    assert "decorate_with raised TypeError" in problem.message
    assert problem.file == module.__file__


def test_members_of_a_sub_dag_change_with_their_function_and_with_what_brought_them(make_module, tmp_path):
    inner = "def s(i: int) -> int:\n    return i\n"
    outer = (
        "import inner_module\nfrom featurecat.function_modifiers import subdag, value\n"
        '@subdag(inner_module, inputs={"i": value(1)})\ndef z(s: int) -> int:\n    return s\n'
    )

    def fingerprint(inner_source: str, outer_source: str) -> dict[str, str]:
        make_module(inner_source, "inner_module")
        nodes = collect([make_module(outer_source, "outer_module")]).variants
        prints = Fingerprints([tmp_path])
        return {name: prints.of_node(variants[0]) for name, variants in nodes.items()}

    before = fingerprint(inner, outer)
    assert None not in before.values()
    changed = fingerprint(inner.replace("return i", "return i + 1"), outer)
    assert changed["z.s"] != before["z.s"]
    changed = fingerprint(inner, outer.replace("value(1)", "value(2)"))
    assert changed["z.s"] != before["z.s"]
    assert changed["z.i"] != before["z.i"]
    assert fingerprint(inner, outer) == before


def test_settled_keys_leave_the_condition():
    condition = (Clause("a", "equal", 1), Clause("b", "in", (1, 2)))
    assert decided(condition, {"a": 1}) == condition[1:]
    assert decided(condition, {"a": 2}) is None
    assert decided(condition, {}) == condition


def test_questions_see_settled_keys():
    (clause,) = decided((Clause("*", "resolves", lambda config: config["a"] + config["b"] == 3),), {"a": 1})
    assert clause.holds({"b": 2})
    assert not clause.holds({"b": 1})


def test_questions_are_not_known_to_overlap():
    one, other = Clause("*", "resolves", bool), Clause("*", "resolves", len)
    assert not overlap((one,), (other,))
    assert overlap((one,), (one,))


def test_an_excluded_function_needs_no_annotations(make_module):
    definitions = collect(
        [make_module("from featurecat.function_modifiers import exclude\n@exclude\ndef loose(a):\n    return a\n")]
    )
    assert not definitions.problems
    assert not definitions.variants


HIDDEN = """
    from featurecat.function_modifiers import config, parameterize_sources, resolve_from_config, tag

    @resolve_from_config(decorate_with=lambda pin, region: tag(region=region))
    def waiting(a: int) -> int:
        return a

    @config.when(pin=12)
    def door__one(a: int) -> int:
        return a

    @config.when(pin=34)
    def door__two(a: int) -> int:
        return a
"""


def test_a_project_says_what_else_is_secret(make_module):
    definitions = collect([make_module(HIDDEN)])
    conceal(definitions, lambda key, value: key == "pin")
    (waiting,) = expand(definitions, {"pin": 12, "region": "us"}).variants["waiting"]
    assert waiting.variant == "any[pin=*** & region='us']"
    one, two = definitions.variants["door"]
    assert one.variant != two.variant
    assert {one.variant[:11], two.variant[:11]} == {"any[pin=***"}
    assert all(clause.holds({"pin": 12}) for clause in one.condition)
    graph = build_graph(definitions, {"pin": 34, "region": "us"})
    assert graph.nodes["door"].function.__name__ == "door__two"
    (problem,) = build_graph(definitions, {"pin": 99, "region": "us"}).unknown(["door"])
    assert "pin=***" in problem.message
    assert "99" not in problem.message + " ".join(problem.details)


def test_a_secret_makes_no_name(make_module):
    source = """
        from featurecat.function_modifiers import parameterize_sources, resolve_from_config

        @resolve_from_config(decorate_with=lambda pin: parameterize_sources(**{f"door_{pin}": {"a": "b"}}))
        def door(a: int) -> int:
            return a
    """
    definitions = collect([make_module(source)])
    assert "door_4711" in expand(definitions, {"pin": 4711}).variants
    conceal(definitions, lambda key, value: key == "pin")
    expanded = expand(definitions, {"pin": 4711})
    (problem,) = expanded.problems
    assert "'pin', which is secret" in problem.message
    assert "4711" not in problem.message
    assert not expanded.variants
