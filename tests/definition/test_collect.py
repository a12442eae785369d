"""Modules to definitions: what is a feature, what it is called, and every problem at once."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from featurecat.definition.collect import Definitions, collect
from featurecat.definition.node import REQUIRED, Role
from featurecat.errors import DefinitionError, ModifierError, Problem
from tests.support.modules import ModuleMaker, line_of


def _collect(make_module: ModuleMaker, source: str) -> tuple[Definitions, ModuleType]:
    module = make_module(source)
    return collect([module]), module


def _only(definitions: Definitions) -> Problem:
    assert len(definitions.problems) == 1, [problem.message for problem in definitions.problems]
    return definitions.problems[0]


def test_public_functions_of_the_module_are_features(make_module: ModuleMaker) -> None:
    definitions, module = _collect(
        make_module,
        """
        from textwrap import dedent
        import functools
        import pandas as pd
        def spend(a: int, b: float = 2.0, *, c: str = "x", _d: int) -> pd.Series: ...
        def table() -> pd.DataFrame: ...
        def _helper(x): ...
        class Thing:
            def method(self): ...
        shout = lambda x: x
        alias = spend
        """,
    )
    assert definitions.problems == []
    assert list(definitions.variants) == ["spend", "table"]
    (node,) = definitions.variants["spend"]
    assert [(argument.name, argument.type, argument.default) for argument in node.dependencies] == [
        ("a", int, REQUIRED),
        ("b", float, 2.0),
        ("c", str, "x"),
        ("_d", int, REQUIRED),
    ]
    assert node.keywords == ("c", "_d")
    assert node.type is pd.Series
    assert (node.role, definitions.variants["table"][0].role) == (Role.FEATURE, Role.FRAME)
    assert node.place == (module.__file__, line_of(module, "def spend"))


def test_functions_of_submodules_count_and_imported_ones_do_not(make_module: ModuleMaker) -> None:
    make_module("def foreign(a: int) -> int: ...", "elsewhere")
    package = make_module("def inner(a: int) -> int: ...\n", "shop.inside")
    make_module.write("from shop.inside import inner\nfrom elsewhere import foreign\n", "shop.__init__")
    module = importlib.reload(importlib.import_module("shop"))
    assert list(collect([module]).variants) == ["inner"]
    again = collect([module, package, module])
    assert again.problems == []
    assert again.modules == [module, package]
    assert list(again.variants) == ["inner"]


@pytest.mark.parametrize(
    ("definition", "message", "hint"),
    [
        ("def f(a) -> int: ...", "f has no type annotation on parameter 'a'", "underscore"),
        ("def f(a: int): ...", "f has no type annotation on the return value", "underscore"),
        (
            "def f(a, *, b): ...",
            "f has no type annotation on parameter 'a', parameter 'b', the return value",
            "underscore",
        ),
        (
            "def f(*a: int) -> int: ...",
            "f takes *a: a feature must name each of its dependencies",
            "name the parameters",
        ),
        (
            "def f(**b: int) -> int: ...",
            "f takes **b: a feature must name each of its dependencies",
            "name the parameters",
        ),
        (
            "def f(a: 'Nowhere') -> int: ...",
            "the annotation 'Nowhere' of f cannot be read: name 'Nowhere' is not defined",
            "TYPE_CHECKING",
        ),
        ("def f(a: '1 +') -> int: ...", "the annotation '1 +' of f cannot be read: invalid syntax", "TYPE_CHECKING"),
    ],
)
def test_what_cannot_be_wired_is_a_problem(make_module: ModuleMaker, definition: str, message: str, hint: str) -> None:
    definitions, module = _collect(make_module, f"\n\n{definition}\n")
    problem = _only(definitions)
    assert problem.message.startswith(message)
    assert (problem.code, problem.file, problem.line) == ("missing-annotation", module.__file__, 3)
    assert hint in (problem.hint or "")
    assert definitions.variants == {}


@pytest.mark.parametrize(
    "definition",
    [
        "async def f(a: int) -> int:\n    return a",
        "import functools\ndef _same(g):\n    @functools.wraps(g)\n    def call(*a):\n        return g(*a)\n    return call\n"
        "@_same\nasync def f(a: int) -> int:\n    return a",
    ],
    ids=["plain", "wrapped"],
)
def test_coroutine_functions_are_of_the_type_they_annotate(make_module: ModuleMaker, definition: str) -> None:
    definitions, _ = _collect(make_module, definition)
    assert definitions.problems == []
    (node,) = definitions.variants["f"]
    assert (node.type, [one.name for one in node.dependencies]) == (int, ["a"])


def test_async_generators_are_refused_by_name(make_module: ModuleMaker) -> None:
    source = "from collections.abc import AsyncIterator\nasync def f(a: int) -> AsyncIterator[int]:\n    yield a"
    definitions, module = _collect(make_module, source)
    problem = _only(definitions)
    assert (problem.code, problem.feature, problem.file) == ("unsupported", "f", module.__file__)
    assert "async" in problem.message
    assert problem.hint
    assert definitions.variants == {}


def test_annotations_may_be_texts(make_module: ModuleMaker) -> None:
    definitions, _ = _collect(
        make_module,
        """
        from __future__ import annotations
        import pandas as pd
        def f(a: pd.Series, b: "pd.Series | None", c: None = None) -> "pd.DataFrame": ...
        """,
    )
    definitions.raise_problems()
    (node,) = definitions.variants["f"]
    assert [argument.type for argument in node.dependencies] == [pd.Series, pd.Series | None, type(None)]
    assert (node.type, node.engine, node.role) == (pd.DataFrame, "pandas", Role.FRAME)


def test_wrapped_functions_are_read_where_they_were_written(make_module: ModuleMaker) -> None:
    make_module(
        """
        import functools
        def logged(function):
            @functools.wraps(function)
            def call(*args, **kwargs):
                return function(*args, **kwargs)
            return call
        """,
        "decorators",
    )
    definitions, module = _collect(
        make_module,
        """
        from __future__ import annotations
        from decorators import logged
        from featurecat import parameterize, tag, value
        class Money(float): ...

        @tag(owner="ops")
        @logged
        def spend(a: Money, *, b: int = 3) -> Money: ...

        @logged
        @tag(owner="ops")
        def tax(spend: Money) -> Money: ...

        @parameterize(one={"n": value(1)})
        @logged
        def lag(spend: Money, n: int) -> Money: ...

        @logged
        def bad(spend: Nothing) -> Money: ...

        @logged
        def worse(spend) -> Money: ...
        """,
    )
    assert [(problem.feature, problem.file) for problem in definitions.problems] == [
        ("bad", module.__file__),
        ("worse", module.__file__),
    ]
    assert [problem.line for problem in definitions.problems] == [
        line_of(module, text) - 1 for text in ("def bad", "def worse")
    ]
    (spend,), (tax,) = definitions.variants["spend"], definitions.variants["tax"]
    assert spend.type is module.Money
    assert [argument.type for argument in spend.dependencies] == [module.Money, int]
    assert spend.keywords == ("b",)
    assert spend.place == (module.__file__, line_of(module, "@tag(owner"))
    assert spend.tags == tax.tags == {"owner": ("ops",)}
    assert [dependency.name for dependency in definitions.variants["one"][0].dependencies] == ["spend"]


# --- variants ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("definition", "name", "engine"),
    [
        ("def f__pandas(a: pd.Series) -> pd.Series: ...", "f", "pandas"),
        ("def f__polars(a: pl.Series) -> pl.Series: ...", "f", "polars"),
        ("def f__polars_lazy(a: pl.LazyFrame) -> pl.LazyFrame: ...", "f", "polars-lazy"),
        ("def f__polars(a: pd.Series) -> pd.Series: ...", "f__polars", "pandas"),
        ("def f__pandas(a: int) -> int: ...", "f__pandas", "any"),
        ("def f__polars(a: pd.DataFrame) -> pl.DataFrame: ...", "f", "polars"),
        ("def f__polars_lazy(a: pl.Series) -> pl.Series: ...", "f__polars_lazy", "polars"),
        ("def f__us(a: pd.Series) -> pd.Series: ...", "f__us", "pandas"),
        ("def a__b__polars(a: pl.Series) -> pl.Series: ...", "a__b", "polars"),
        ("@config.when(r=1)\ndef f__us(a: int) -> int: ...", "f", "any"),
        ("@config.when(r=1)\ndef a__b__c(a: int) -> int: ...", "a__b", "any"),
        ("@config.when(r=1)\ndef f(a: int) -> int: ...", "f", "any"),
        ("@config.when(r=1)\ndef f__us__polars(a: pl.Series) -> pl.Series: ...", "f", "polars"),
        ("@config.when(r=1)\ndef f__polars(a: pl.Series) -> pl.Series: ...", "f", "polars"),
        ("@config.when(r=1)\ndef f__us(a: pl.Series) -> pl.Series: ...", "f", "polars"),
        ("@config.when(name='g__x', r=1)\ndef f__us(a: int) -> int: ...", "g__x", "any"),
        ("@config.when('g', r=1)\ndef f__us(a: int) -> int: ...", "g", "any"),
        ("@config.when(r=1)\n@config.when_not(y=2)\ndef a__b__c(a: int) -> int: ...", "a__b", "any"),
        ("@config.when(r=1)\n@config.when_in('g__x', y=[2])\ndef f__us(a: int) -> int: ...", "g__x", "any"),
        ("@config.when_in('g__x', y=[2])\n@config.when(r=1)\ndef f__us(a: int) -> int: ...", "g__x", "any"),
    ],
)
def test_names_and_engines_of_variants(make_module: ModuleMaker, definition: str, name: str, engine: str) -> None:
    imports = "import pandas as pd\nimport polars as pl\nfrom featurecat import config\n"
    definitions, _ = _collect(make_module, imports + definition)
    definitions.raise_problems()
    assert [(node.name, node.engine) for nodes in definitions.variants.values() for node in nodes] == [(name, engine)]


def test_all_variants_are_kept(make_module: ModuleMaker) -> None:
    definitions, _ = _collect(
        make_module,
        """
        import pandas as pd
        import polars as pl
        from featurecat import config
        @config.when(region="US")
        def f__us(a: pd.Series) -> pd.Series: ...
        @config.when_not(region="US")
        def f__else(a: pd.Series) -> pd.Series: ...
        @config.when_in(region=["US", "UK"])
        @config.when(plan=1)
        def f__polars(a: pl.Series) -> pl.Series: ...
        """,
    )
    definitions.raise_problems()
    assert [node.variant for node in definitions.variants["f"]] == [
        "pandas[region='US']",
        "pandas[region!='US']",
        "polars[plan=1 & region in ['US', 'UK']]",
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("def f(a: int) -> int: ...", "def f(a: int) -> int: ..."),
        ("def f(a: pd.Series) -> pd.Series: ...", "def f(a: int) -> int: ..."),
        ("@config.when(r=1)\ndef f__x(a: int) -> int: ...", "def f(a: int) -> int: ..."),
        ("@config.when(r=1)\ndef f__x(a: int) -> int: ...", "@config.when(s=1)\ndef f__y(a: int) -> int: ..."),
        ("@config.when_not(r=1)\ndef f__x(a: int) -> int: ...", "@config.when_not(r=2)\ndef f__y(a: int) -> int: ..."),
        ("def f_raw(a: int) -> int: ...", "@check_output(range=(0, 1))\ndef f(a: int) -> int: ..."),
        ("def f__polars(a: pl.Series) -> pl.Series: ...", "def f(a: pl.Series) -> pl.Series: ..."),
    ],
)
def test_two_definitions_that_can_hold_at_once_are_duplicates(
    make_module: ModuleMaker, first: str, second: str
) -> None:
    imports = "import pandas as pd\nimport polars as pl\nfrom featurecat import check_output, config\n"
    one, two = make_module(imports + first), make_module(imports + "\n" + second)
    problem = _only(collect([one, two]))
    assert problem.code == "duplicate-definition"
    assert (problem.file, problem.line) == (two.__file__, 5)
    assert f"{one.__file__}:4" in problem.message
    assert problem.hint


def test_the_same_def_twice_in_one_file_is_a_duplicate(make_module: ModuleMaker) -> None:
    definitions, module = _collect(
        make_module,
        '''
from typing import overload
from featurecat import config
TEXT = """
def f(in_a_text): ...
"""
@config.when(r=1)
def f(a: int) -> int: ...
@config.when(r=2)
def f(a: int) -> int: ...
@overload
def g(a: int) -> int: ...
def g(a: int) -> int: ...
def _h(): ...
def _h(): ...
''',
    )
    problem = _only(definitions)
    assert (problem.code, problem.feature) == ("duplicate-definition", "f")
    assert problem.line == line_of(module, "@config.when(r=2)") + 1
    assert f"{module.__file__}:{line_of(module, '@config.when(r=1)') + 1}" in problem.message


def test_a_file_that_changed_since_it_was_imported_does_not_matter(make_module: ModuleMaker) -> None:
    module = make_module("def f(a: int) -> int: ...")
    assert module.__file__ is not None
    Path(module.__file__).write_text("def f(:\ndef f(:\n", encoding="utf-8")
    assert list(collect([module]).variants) == ["f"]
    Path(module.__file__).unlink()
    assert collect([module]).problems == []


def test_names_that_differ_in_case_only_are_refused(make_module: ModuleMaker) -> None:
    one = make_module("def spend(a: int) -> int: ...\n")
    two = make_module("\ndef Spend(a: int) -> int: ...\n")
    problem = _only(collect([one, two]))
    assert (problem.code, problem.file, problem.line) == ("case-conflict", two.__file__, 2)
    assert "'Spend' and 'spend'" in problem.message
    assert f"{one.__file__}:1" in (problem.hint or "")


def test_a_later_module_may_replace_an_earlier_one(make_module: ModuleMaker) -> None:
    one = make_module(
        """
        from featurecat import check_output, config
        @check_output(range=(0, 1), allow_nans=False)
        def f(a: float) -> float: ...
        @config.when(r=1)
        def g__x(a: int) -> int: ...
        @config.when(r=2)
        def g__y(a: int) -> int: ...
        def h(a: int) -> int: ...
        """
    )
    two = make_module(
        """
        from featurecat import config
        def f(a: float) -> float: ...
        @config.when(r=2)
        def g__z(a: int) -> int: ...
        """
    )
    assert len(collect([one, two]).problems) == 2
    replaced = collect([one, two], allow_overrides=True)
    assert replaced.problems == []
    functions = {
        name: [node.defined.function for node in nodes if node.defined] for name, nodes in replaced.variants.items()
    }
    assert functions == {"f": [two.f], "g": [one.g__x, two.g__z], "h": [one.h]}


def test_a_module_does_not_replace_itself(make_module: ModuleMaker) -> None:
    module = make_module(
        """
        from featurecat import config
        def f(a: int) -> int: ...
        @config.when(r=1)
        def f__x(a: int) -> int: ...
        """
    )
    assert _only(collect([module], allow_overrides=True)).code == "duplicate-definition"


def test_all_problems_are_told_at_once(make_module: ModuleMaker) -> None:
    definitions, _ = _collect(
        make_module,
        """
        from featurecat import tag, feature
        def a(x) -> int: ...
        def b(x: int): ...
        def fine(x: int) -> int: ...
        def FINE(x: int) -> int: ...
        @tag(owner="ops", unit="s")
        @feature(owner="data", unit="min")
        def c(x: int) -> int: ...
        """,
    )
    codes = sorted(problem.code for problem in definitions.problems)
    assert codes == ["case-conflict", *["invalid-modifier"] * 2, *["missing-annotation"] * 2]
    assert all(problem.file and problem.line and problem.hint for problem in definitions.problems)
    with pytest.raises(DefinitionError) as caught:
        definitions.raise_problems()
    assert caught.value.problems == tuple(definitions.problems)


@pytest.mark.parametrize(
    "decorator",
    ["config.when", "config.when_not", "config.when_in", "check_output", "extract_columns", "extract_fields"],
)
def test_a_decorator_without_parentheses_is_told(make_module: ModuleMaker, decorator: str) -> None:
    source = f"from featurecat import check_output, config, extract_columns, extract_fields\n@{decorator}\ndef f(a: int) -> int: ...\n"
    with pytest.raises(DefinitionError) as caught:
        make_module(source)
    (problem,) = caught.value.problems
    assert "parentheses" in (problem.hint or "")
    assert problem.line == 2


@pytest.mark.parametrize(
    ("decorator", "said"),
    [
        ("parameterize(**{'': {'a': value(1)}})", "'' cannot be the name of a node: it is empty"),
        ("parameterize(**{' ': {'a': value(1)}})", "it is empty"),
        (r"parameterize(**{'a\nb': {'a': value(1)}})", r"'a\nb' cannot be the name of a node: it holds '\n'"),
        (r"parameterize(**{'a\x1b[31m': {'a': value(1)}, 'c': {'a': value(2)}})", r"it holds '\x1b'"),
        ("parameterize(**{'../../x': {'a': value(1)}})", "it holds '..'"),
        ("parameterize(**{'/etc/x': {'a': value(1)}})", "it holds '/'"),
        ("parameterize(**{'a/./b': {'a': value(1)}})", "it holds '.'"),
        (r"parameterize(**{'..\\x': {'a': value(1)}})", r"it holds '\\'"),
        (r"config.when('b\nc', region='us')", r"it holds '\n'"),
        ("pipe_input(step(_half).named('x', namespace='my own'), on_input='a')", "it is in a namespace with spaces"),
    ],
)
def test_names_that_are_none(make_module, decorator, said):
    source = f"""
from featurecat.function_modifiers import *

def _half(a: int) -> int:
    return a // 2

@{decorator}
def total(a: int) -> int:
    return a
"""
    module = make_module(source)
    (problem,) = collect([module]).problems
    assert said in problem.message
    assert "total: " in problem.message
    assert problem.file == module.__file__
    assert problem.line == module.total.__code__.co_firstlineno
    assert problem.hint


def test_columns_may_be_called_nearly_anything(make_module):
    source = """
import pandas as pd
from featurecat.function_modifiers import extract_columns

@extract_columns("Sepal length (cm)", "größe", "max. temp. in °C", "a-b", "100 %", "price/m2", "..., more")
def flowers(data: pd.DataFrame) -> pd.DataFrame:
    return data
"""
    definitions = collect([make_module(source)])
    assert not definitions.problems
    assert len(definitions.variants) == 8


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("@tag(team='x')\nclass Total:\n    pass", "class"),
        ("class Total:\n    @tag(team='x')\n    @staticmethod\n    def one(a: int) -> int: ...", "staticmethod"),
        ("class Total:\n    @tag(team='x')\n    @classmethod\n    def one(cls, a: int) -> int: ...", "classmethod"),
        ("class Total:\n    @config.when(a=1)\n    @property\n    def one(self) -> int: ...", "property"),
    ],
)
def test_what_is_no_function_is_refused_at_decoration(make_module, text, what):
    with pytest.raises(ModifierError, match=f"it decorates functions, not a {what}") as caught:
        make_module(f"from featurecat.function_modifiers import *\n\n{text}\n")
    assert caught.value.problems[0].file
    assert caught.value.problems[0].hint
