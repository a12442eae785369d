"""What is told of mistakes that Python alone would tell badly: calls of decorators, functions that are no features."""

from __future__ import annotations

import pytest

MODULE = """
import pandas as pd
import featurecat as fc
from featurecat import *
from featurecat import Modifier, Phase


class loud(Modifier):
    phase = Phase.DECORATE

    def __init__(self, *, level: int = 1) -> None:
        self.level = level

    def apply(self, nodes, defined):
        return nodes


{decorator}
def weight(orders: pd.DataFrame) -> pd.Series:
    return orders["amount"]
"""


@pytest.mark.parametrize(
    ("decorator", "message", "hint"),
    [
        (
            "@feature(owners='ops')",
            "@feature takes no argument 'owners'",
            "did you mean 'owner'? it takes owner, entity,",
        ),
        ("@fc.cache(behaviour='x')", "@fc.cache takes no argument 'behaviour'", "did you mean 'behavior'?"),
        ("@extract_columns('a', fil=1)", "@extract_columns takes no argument 'fil'", "it takes fill_with, target_"),
        ("@check_schema(\n    importanz='fail',\n)", "@check_schema takes no argument 'importanz'", "'importance'"),
        ("@parameterize(a={'orders': source('b', doc=1)})", "source takes no argument 'doc'", "it takes name"),
        ("@loud(lefel=2)", "@loud takes no argument 'lefel'", "did you mean 'level'? it takes level"),
        ("@feature('ops')", "@feature takes its arguments by name only", "it takes owner"),
        ("@tag_outputs('ops')", "@tag_outputs takes its arguments by name only", "give each a name of your choice"),
        ("@sql('a', 'b', 'c')", "@sql takes no more than 1 by position", "it takes query, file"),
        ("@schema.output(('a', 'int'), targt='x')", "@schema.output takes no argument 'targt'", "'target_'"),
        ("@resolve_from_config()", "@resolve_from_config lacks 'decorate_with'", "it takes decorate_with"),
    ],
)
def test_arguments_that_a_decorator_does_not_take(shop, decorator, message, hint):
    path = shop.only_module(MODULE.replace("{decorator}", decorator))
    lines = path.read_text().splitlines()
    (problem,) = shop.run("index", "--json").problems
    assert (problem["code"], problem["message"], problem["file"]) == ("invalid-modifier", message, "mine.py")
    assert hint in problem["hint"]
    assert decorator.partition("\n")[0] in lines[problem["line"] - 1]


@pytest.mark.parametrize(
    "statement",
    ["max(3, kee=1)", "int(3, 4, 5)", "(lambda spend: spend)(cost=1)", "source('a')(1)", "step(max).on_output(tgt=1)"],
)
def test_other_calls_are_told_as_python_tells_them(shop, statement):
    shop.only_module(f"from featurecat import *\n{statement}\n")
    (problem,) = shop.run("index", "--json").problems
    assert problem["code"] == "import-error"
    assert (problem["file"], problem["line"]) == ("mine.py", 2)
    assert "TypeError" in problem["message"]


EXCLUDED = """
import pandas as pd
from featurecat import exclude, mutate


@exclude
def rounded(orders: pd.DataFrame) -> pd.Series:
    return orders["amount"].round()


def weight(orders: pd.DataFrame) -> pd.Series:
    return orders["amount"]


@mutate(weight)
def doubled(weight: pd.Series) -> pd.Series:
    return weight * 2
"""


@pytest.mark.parametrize("command", ["preview", "materialize", "explain", "show", "lineage"])
@pytest.mark.parametrize(("name", "line"), [("rounded", 5), ("doubled", 14)])
def test_an_excluded_function_is_said_to_be_one(shop, command, name, line):
    shop.only_module(EXCLUDED)
    shop.ok("index")
    told = shop.run(command, name, "--json")
    assert told.code == 2
    (problem,) = told.problems
    assert problem["message"].startswith(f"{name!r} is no feature: @exclude, or @mutate, keeps")
    assert (problem["code"], problem["file"], problem["line"]) == ("unknown-feature", "mine.py", line)


@pytest.mark.parametrize("command", ["preview", "materialize", "explain", "show"])
def test_other_unknown_names_are_told_as_ever(shop, command):
    shop.only_module(EXCLUDED)
    shop.ok("index")
    (problem,) = shop.run(command, "nonsense", "--json").problems
    assert problem["message"] == "there is no feature 'nonsense'"


@pytest.mark.parametrize("name", ["a", "its", "values", "ratio"])
def test_a_column_of_another_type_is_told_with_its_name(shop, name):
    shop.only_module(f"""
        import pandas as pd
        from featurecat import feature


        @feature(dtype="string")
        def {name}(orders: pd.DataFrame) -> pd.Series:
            return orders["amount"]
    """)
    (problem,) = shop.run("materialize", name, "--json").problems
    assert problem["message"].startswith(f"{name}: its values are double")


def test_a_run_lasts_as_long_wherever_it_is_listed(published):
    (run,) = published.ok("runs", "--json").rows
    (shown,) = published.ok("show", "margin", "--json").rows[0]["materializations"]
    assert shown["run_seconds"] == run["seconds"]
    last = published.ok("show", "margin", "--no-source").out.splitlines()[-1].split()[-1]
    assert float(last) > 0
