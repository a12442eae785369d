"""Shapes: equal for what computes the same, as far as the syntax tells, and for nothing else."""

from __future__ import annotations

import ast
import builtins

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.project.diff.shape import Shape, annotation_shape, function_shape, statement_shape

#: What stands for a name that its author chose; X, Y, Z are parameters, G is of the module.
BODIES = {
    "locals": "def f(x, y):\n    {a} = x + y\n    {b} = {a} * G\n    return {b} - {a}",
    "loop": "def f(x):\n    {a} = 0\n    for {b} in x:\n        {a} += {b}\n    return {a}",
    "comprehension": "def f(x):\n    {a} = [{b} * 2 for {b} in x if {b}]\n    return {{{b}: {a} for {b} in {a}}}",
    "closure": "def f(x):\n    {a} = G(x)\n    def {b}({c}):\n        return {a} + {c}\n    return {b}(x)",
    "nonlocal": "def f(x):\n    {a} = 0\n    def {b}():\n        nonlocal {a}\n        {a} += x\n    {b}()\n    return {a}",
    "lambda": "def f(x):\n    {a} = lambda {b}: {b} + x\n    return x.map(lambda {c}: {a}({c}))",
    "except": "def f(x):\n    try:\n        return G(x)\n    except ValueError as {a}:\n        return str({a})",
    "match": "def f(x):\n    match x:\n        case [{a}, *{b}]:\n            return {a}, {b}\n        case {{'k': {a}, **{c}}}:\n            return {a}, {c}",
    "with": "def f(x):\n    with G(x) as {a}, G({a}) as {b}:\n        return {a} + {b}",
    "walrus": "def f(x):\n    return [{b} for {c} in x if ({b} := G({c}))]",
    "class": "def f(x):\n    class {a}:\n        kept = 1\n        def get(self, {b}):\n            return {b} + self.kept\n    return {a}().get(x)",
    "unpacking": "def f(x):\n    {a}, ({b}, *{c}) = x\n    del {a}\n    return {b}, {c}",
}  # fmt: skip
NAMES = ("a", "b", "c", "total", "größe", "_x", "data", "item")

names = st.lists(st.sampled_from(NAMES), min_size=3, max_size=3, unique=True)


def shape(text: str) -> Shape:
    definition = ast.parse(text).body[0]
    assert isinstance(definition, ast.FunctionDef)
    return function_shape(definition, definition.decorator_list)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@given(first=names, second=names)
def test_names_of_ones_own_do_not_count(body: str, first: list[str], second: list[str]) -> None:
    one, other = (body.format(**dict(zip("abc", chosen, strict=True))) for chosen in (first, second))
    assert shape(one) == shape(other)
    assert statement_shape(ast.parse(one).body[0]) == statement_shape(ast.parse(other).body[0])


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_names_of_the_module_do_count(body: str) -> None:
    text = body.format(a="a", b="b", c="c")
    known = {name for name in shape(text).names if name not in dir(builtins)}
    assert known == ({"G"} if "G" in text else set())
    assert shape(text.replace("G", "H")).names == tuple("H" if name == "G" else name for name in shape(text).names)


#: Pairs that must differ: what looks like another name is another meaning.
DIFFERENT = {
    "two locals swapped": ("def f(x):\n a = 1\n b = 2\n return a - b", "def f(x):\n a = 1\n b = 2\n return b - a"),
    "a local that hides a global": ("def f(x):\n    return G", "def f(x):\n    G = x\n    return G"),
    "a parameter for another": ("def f(x, y):\n    return x", "def f(x, y):\n    return y"),
    "terms the other way round": ("def f(x):\n    return x * 2", "def f(x):\n    return 2 * x"),
    "int for float": ("def f(x):\n    return x * 2", "def f(x):\n    return x * 2.0"),
    "text for bytes": ("def f(x):\n    return 'a'", "def f(x):\n    return b'a'"),
    "one attribute for another": ("def f(x):\n    return x.min()", "def f(x):\n    return x.max()"),
    "a keyword for another": ("def f(x):\n    return x.clip(lower=1)", "def f(x):\n    return x.clip(upper=1)"),
    "a default": ("def f(x, y=1):\n    return x", "def f(x, y=2):\n    return x"),
    "another default": ("def f(x, y=1, z=2):\n    return x", "def f(x, y=2, z=1):\n    return x"),
    "inner variable for outer": (
        "def f(x):\n    a = 1\n    return [a for b in x]",
        "def f(x):\n    a = 1\n    return [b for b in x]",
    ),
    "local made global": ("def f(x):\n    a = 1\n    return a", "def f(x):\n    global a\n    a = 1\n    return a"),
    "names that are looked at": ("def f(x):\n    a = 1\n    return locals()", "def f(x):\n    b = 1\n    return locals()"),
    "async": ("def f(x):\n    return x", "async def f(x):\n    return x"),
    "a decorator": ("def f(x):\n    return x", "@G\ndef f(x):\n    return x"),
}  # fmt: skip


@pytest.mark.parametrize("pair", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_what_means_something_else_differs(pair: tuple[str, str]) -> None:
    first, second = (ast.parse(text).body[0] for text in pair)
    assert statement_shape(first) != statement_shape(second)
    assert function_shape(first, first.decorator_list) != function_shape(second, second.decorator_list)


def test_parameters_of_features_are_told_by_name_those_of_helpers_by_place() -> None:
    first, second = (ast.parse(text).body[0] for text in ("def f(b, a): return a - b", "def f(a, b): return a - b"))
    assert function_shape(first, []) == function_shape(second, [])
    assert statement_shape(first) != statement_shape(second)
    one, other = (ast.parse(text).body[0] for text in ("def f(x, y): return x - y", "def f(u, v): return u - v"))
    assert statement_shape(one) == statement_shape(other)
    assert function_shape(one, []) != function_shape(other, [])
    assert function_shape(one, [], {"x": "u", "y": "v"}) == function_shape(other, [])


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("pd.Series", "'pd.Series'", True),
        ("Optional[int]", "int | None", True),
        ("Union[int, str]", "int | str", True),
        ("dict[str, 'pd.Series']", "dict[str, pd.Series]", True),
        ("int | str", "int | float", False),
        ("list[int]", "list[str]", False),
        ("pd.Series", "pd.DataFrame", False),
    ],
)
def test_a_type_has_one_shape_however_it_is_spelled(first: str, second: str, same: bool) -> None:
    one, other = (annotation_shape(ast.parse(text, mode="eval").body) for text in (first, second))
    assert (one == other) is same
