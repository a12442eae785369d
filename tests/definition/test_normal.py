from __future__ import annotations

import ast
import math as arithmetic
from typing import Any

import pytest

from featurecat.definition.normal import NormalForm, normal_form

LIMIT = 15
BOUND = 15
OTHER = 16


def form(source: str) -> NormalForm:
    """The normal form of a function of this text, in the namespace of this module."""
    names: dict[str, Any] = {**globals(), "np": arithmetic, "m": arithmetic}
    exec(compile(source, "features.py", "exec"), names)
    tree = ast.parse(source).body[0]
    assert isinstance(tree, ast.FunctionDef)
    made = normal_form(names[tree.name], tree)
    assert made is not None
    return made


SAME = {
    "locals": ("def f(a, b):\n x = a + b\n return x", "def g(p, q):\n total = p + q\n return total"),
    "order of parameters": ("def f(a, b): return a - b", "def f(b, a): return a - b"),
    "annotations": ("def f(a: int) -> int:\n x: int = a\n return x", "def f(a):\n x = a\n return x"),
    "documentation": ("def f(a):\n 'Doc.'\n return a", "def f(a): return a"),
    "layout": ("def f(a): return (a+1)", "def f( a ):\n  # one\n  return a + 1"),
    "constants by value": ("def f(a): return a > LIMIT", "def f(a): return a > BOUND"),
    "names of a module": ("def f(a): return np.sqrt(a)", "def f(a): return m.sqrt(a)"),
    "inner functions": (
        "def f(a):\n def twice(x): return x * 2\n return [twice(y) for y in a]",
        "def f(b):\n def double(z): return z * 2\n return [double(item) for item in b]",
    ),
    "exceptions": (
        "def f(a):\n try: return a\n except ValueError as fault: raise KeyError from fault",
        "def f(a):\n try: return a\n except ValueError as error: raise KeyError from error",
    ),
}
DIFFERENT = {
    "operands": ("def f(a): return a - 1", "def f(a): return 1 - a"),
    "operator": ("def f(a, b): return a + b", "def f(a, b): return a * b"),
    "constant": ("def f(a): return a * 2", "def f(a): return a * 2.0"),
    "constant of the module": ("def f(a): return a > LIMIT", "def f(a): return a > OTHER"),
    "one local for two": ("def f(a, b): return a + b", "def f(a): return a + a"),
    "attribute": ("def f(a): return a.min()", "def f(a): return a.max()"),
    "keyword": ("def f(a): return a.fillna(value=0)", "def f(a): return a.fillna(limit=0)"),
    "default": ("def f(a, n=1): return a.shift(n)", "def f(a, n=2): return a.shift(n)"),
    "what a name stands for": (
        "def f(a): return operator.floordiv(a, 1)",
        "def f(a): return arithmetic.floordiv(a, 1)",
    ),
    "comparison": ("def f(a): return a < 1", "def f(a): return a > 1"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_what_the_author_is_free_to_choose_does_not_count(one: str, other: str) -> None:
    assert form(one).tokens == form(other).tokens
    assert form(one).digest == form(other).digest


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_is_computed_counts(one: str, other: str) -> None:
    assert form(one).digest != form(other).digest


def test_only_decorators_that_compute_count() -> None:
    plain = "def f(a): return a"
    function = {}  # type: ignore[var-annotated]
    exec(plain, function)
    digests = []
    for decorator in (
        "",
        "@tag(team='x')\n",
        "@config.when(region='us')\n",
        "@schema.output(('a', 'int'))\n",
        "@pipe(step(g))\n",
    ):
        tree = ast.parse(decorator + plain).body[0]
        assert isinstance(tree, ast.FunctionDef)
        made = normal_form(function["f"], tree)
        assert made is not None
        digests.append(made.digest)
    assert len(set(digests[:4])) == 1 and digests[4] != digests[0]


def test_parameters_come_in_the_order_of_first_use() -> None:
    assert form("def f(c, a, b): return b - a").parameters == ("b", "a", "c")


def test_a_function_inside_another_has_none() -> None:
    def outer(step: int) -> Any:
        def inner(a: int) -> int:
            return a + step

        return inner

    tree = ast.parse("def inner(a): return a + step").body[0]
    assert isinstance(tree, ast.FunctionDef)
    assert normal_form(outer(1), tree) is None
