"""Chains of steps before and after a function, and steps that put themselves after others."""

import sys

from hamilton import driver
from hamilton.function_modifiers import apply_to, mutate, pipe_input, pipe_output, source, step, value


def _add(x: int, y: int) -> int:
    return x + y


def _times(x: int, by: int = 2) -> int:
    return x * by


def _text(x: int) -> str:
    return f"<{x}>"


@pipe_input(
    step(_add, y=1),
    step(_add, y=source("shift")).named("shifted"),
    step(_times).when(double=True),
    step(_times, by=value(10)).when_not(double=True),
    step(_add, y=3),
)
def piped(amount: int, other: int) -> int:
    return amount + other


@pipe_input(step(_add, y=1), step(_times), on_input="other", namespace="space")
def piped_second(amount: int, other: int) -> int:
    return amount * 100 + other


@pipe_output(step(_add, y=5), step(_text).named("shown", namespace="out"))
def after(amount: int) -> int:
    return -amount


@pipe_output(step(_times).when(never=True))
def unchanged(amount: int) -> int:
    return amount


def mutated(amount: int) -> int:
    return amount + 1000


def mutated_too(amount: int) -> int:
    return amount + 2000


@mutate(mutated, apply_to(mutated_too, by=source("shift")))
def _multiplied(x: int, by: int = 3) -> int:
    return x * by


@mutate(mutated)
def _shown(x: int) -> str:
    return str(x)


def consumer(mutated: str, mutated_too: int) -> str:
    return f"{mutated}/{mutated_too}"


def _answers() -> dict:
    module = sys.modules[__name__]
    answers = {}
    for given in ({"double": True}, {}):
        dr = driver.Builder().with_modules(module).with_config(given).build()
        variables = {one.name: one for one in dr.list_available_variables()}
        wanted = sorted(name for name, one in variables.items() if not one.is_external_input)
        answers[f"{given} nodes"] = wanted
        answers[f"{given} values"] = dr.execute(wanted, inputs={"amount": 1, "other": 2, "shift": 4})
        answers[f"{given} dependencies"] = {name: variables[name].required_dependencies for name in wanted}
        answers[f"{given} types"] = {name: variables[name].type for name in wanted}
    answers["directly"] = [mutated(1), piped(1, 2), after(1)]
    return answers
