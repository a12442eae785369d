"""The shorter ways that common functions take through collecting give what the long way gives."""

from __future__ import annotations

import subprocess
import sys
import types

import pandas as pd
import pytest

from featurecat import check_output, function_modifiers, tag
from featurecat.definition.collect import collect, nodes_of
from featurecat.definition.modifier import replace_targets, tags_at_once
from featurecat.definition.node import NO_TAGS, Role
from featurecat.definition.signature import define
from featurecat.definition.types import unwrapped
from tests.support.modules import ModuleMaker, line_of

IMPORTS = """
import pandas as pd
from featurecat import check_output, config, feature, tag
"""


@pytest.mark.parametrize(
    ("decorators", "expected"),
    [
        ("", {}),
        ("@tag()", {}),
        ("@tag(a='1')", {"a": ("1",)}),
        ("@tag(a='2', b='3')\n@tag(a='1')", {"a": ("2",), "b": ("3",)}),
        ("@tag(a='2', target_=...)\n@config.when(r=1)\n@tag(b=['1', '2'])", {"a": ("2",), "b": ("1", "2")}),
    ],
)
def test_tags_of_a_lone_node_are_merged_at_once(
    make_module: ModuleMaker, decorators: str, expected: dict[str, tuple[str, ...]]
) -> None:
    module = make_module(f"{IMPORTS}\n{decorators}\ndef f(u: int) -> int: ...\n")
    assert tags_at_once(define(module.f).modifiers) == expected
    (node,) = nodes_of(define(module.f))
    assert node.tags == expected


@pytest.mark.parametrize("above", ["@tag(a='1', target_='f')", "@feature(unit='min')", "@check_output()"])
def test_anything_else_takes_the_long_way(make_module: ModuleMaker, above: str) -> None:
    module = make_module(f"{IMPORTS}\n{above}\n@tag(b='2')\ndef f(u: int) -> int: ...\n")
    assert tags_at_once(define(module.f).modifiers) is None
    assert nodes_of(define(module.f))[-1].tags["b"] == ("2",)


def test_tags_are_never_written_into_what_nodes_share(make_module: ModuleMaker) -> None:
    module = make_module(f"{IMPORTS}\n@tag(a='1')\ndef f(u: int) -> int: ...\ndef g(u: int) -> int: ...\n")
    tagged, plain = (nodes_of(define(function))[0] for function in (module.f, module.g))
    (modifier,) = define(module.f).modifiers
    replace_targets(modifier, [plain], None, defined=define(module.g), change=lambda node: [node.with_(tags={"x": ("y",)})])
    assert (tagged.tags, plain.tags, NO_TAGS) == ({"a": ("1",)}, {}, {})


def test_functions_that_share_a_decorator_are_checked_at_their_own_lines(make_module: ModuleMaker) -> None:
    module = make_module(
        f"""{IMPORTS}
checked = check_output(range=(0, 1))

@checked
def first(u: float) -> float: ...

@checked
def second(u: float) -> float: ...
"""
    )
    variants = collect([module]).variants
    lines = [variants[name][0].expectations[0].line for name in ("first", "second")]
    assert lines == [unwrapped(getattr(module, name)).__code__.co_firstlineno for name in ("first", "second")]
    assert lines[1] == line_of(module, "def second") - 1


def test_a_wrapped_function_is_checked_where_it_was_written(make_module: ModuleMaker) -> None:
    module = make_module(
        f"""{IMPORTS}
import functools

def twice(function):
    @functools.wraps(function)
    def outer(*given):
        return 2 * function(*given)
    return outer

@twice
@check_output(range=(0, 1))
def share(u: float) -> float: ...
"""
    )
    (spec,) = collect([module]).variants["share"][0].expectations
    assert (spec.file, spec.line) == (module.__file__, line_of(module, "@twice"))


def test_annotations_in_another_order_decide_nothing() -> None:
    def frame(u: int) -> pd.DataFrame: ...

    frame.__annotations__ = {"return": pd.DataFrame, "u": int}
    (node,) = nodes_of(define(frame))
    assert (node.role, node.type, node.arguments[0].type) == (Role.FRAME, pd.DataFrame, int)


@pytest.mark.parametrize("order", [("pkg", "pkg.part"), ("pkg.part", "pkg"), ("pkg", "pkg-part", "pkg.part")])
def test_a_function_found_in_a_package_and_in_its_part_is_read_once(order: tuple[str, ...]) -> None:
    def spend(u: int) -> int:
        return u

    spend.__module__ = "pkg.part"
    modules = [types.ModuleType(name) for name in order]
    for module in modules:
        module.__dict__["spend"] = spend
    definitions = collect(modules)
    assert not definitions.problems
    assert [node.name for node in definitions.variants["spend"]] == ["spend"]


def test_a_repeated_definition_on_the_first_line_of_a_file_is_found(make_module: ModuleMaker) -> None:
    module = make_module("def f(u: int) -> int: ...\ndef f(u: int) -> int: ...\n")
    (problem,) = collect([module]).problems
    assert (problem.code, problem.line) == ("duplicate-definition", 2)


def test_the_facade_offers_every_decorator_and_loads_only_what_is_asked_for() -> None:
    assert all(getattr(function_modifiers, name) for name in function_modifiers.__all__)
    assert set(function_modifiers.__all__) <= set(dir(function_modifiers))
    assert function_modifiers.tag is tag and function_modifiers.check_output is check_output
    with pytest.raises(AttributeError, match="has no attribute 'tagg'"):
        function_modifiers.tagg  # noqa: B018
    report = "import sys; print('featurecat.function_modifiers.expand' in sys.modules)"
    command = [sys.executable, "-c", f"from featurecat import tag, driver; driver.Driver; {report}"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "False"
