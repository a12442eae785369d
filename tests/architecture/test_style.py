"""The bars of the house style, measured on the syntax tree (docs/architecture.md lists them)."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

MODULE_LINES = 400
FUNCTION_LINES = 60
COMPLEXITY = 15
PARAMETERS = 7
POSITIONAL = 3

#: Hamilton's own names and signatures, one to one: bars on parameters and names do not hold there.
COMPATIBLE = "featurecat.compat."

#: Names fixed by compatibility with Hamilton.
FIXED_NAMES = {"ExecutionManager", "DefaultExecutionManager", "with_execution_manager"}

#: Signatures fixed by compatibility with Hamilton: they may exceed the bars on parameters.
FIXED_SIGNATURES = {
    *(
        f"featurecat.lifecycle.protocols.{hook}"
        for hook in (
            "NodeExecutionHook.run_before_node_execution",
            "NodeExecutionHook.run_after_node_execution",
            "NodeExecutionMethod.run_to_execute_node",
            "TaskSubmissionHook.run_before_task_submission",
            "TaskExecutionHook.run_before_task_execution",
            "TaskExecutionHook.run_after_task_execution",
            "TaskReturnHook.run_after_task_return",
        )
    ),
    "featurecat.driver.views.GraphViews.visualize_execution",
    # Hamilton's, and what is asked for beside
    "featurecat.driver.driver.Driver.__init__",
    "featurecat.function_modifiers.validation.check_output.__init__",
    "featurecat.driver.views.GraphViews.visualize_path_between",
}

NOT_IN_NAMES = frozenset({"manager", "util", "utils", "helper", "helpers", "misc", "base"})
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
LAYOUT = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING,
    tokenize.ENDMARKER,
}  # fmt: skip
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp, ast.match_case)
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Function:
    """A function or method of the package; ``path`` leads to it through classes and functions."""

    module: Any
    path: tuple[ast.AST, ...]
    node: FunctionNode

    @property
    def name(self) -> str:
        return ".".join([self.module.name, *(getattr(part, "name", "") for part in (*self.path, self.node))])

    @property
    def nested(self) -> bool:
        return any(isinstance(part, FunctionNode) for part in self.path)

    @property
    def method(self) -> bool:
        return bool(self.path) and isinstance(self.path[-1], ast.ClassDef)

    @property
    def decorators(self) -> set[str]:
        return {ast.unparse(decorator).split("(")[0].rpartition(".")[2] for decorator in self.node.decorator_list}

    @property
    def public(self) -> bool:
        """Part of a public face: no private name on the way, no overload, no setter, no override."""
        names = [*self.module.name.split("."), *(getattr(part, "name", "") for part in self.path), self.node.name]
        return not (
            self.nested
            or any(name.startswith("_") for name in names)
            or self.decorators & {"overload", "setter", "override"}
        )

    def __str__(self) -> str:
        return f"{self.name} (line {self.node.lineno})"


def functions_of(module: Any) -> Iterator[Function]:
    def visit(node: ast.AST, path: tuple[ast.AST, ...]) -> Iterator[Function]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, FunctionNode):
                yield Function(module, path, child)
            yield from visit(child, (*path, child) if isinstance(child, DOCUMENTED) else path)

    yield from visit(module.tree, ())


def code_lines(module: Any) -> set[int]:
    """Lines that hold code: neither blank nor comment nor docstring."""
    tokens = tokenize.generate_tokens(io.StringIO(module.source).readline)
    code = [token for token in tokens if token.type not in LAYOUT]
    lines = {line for token in code for line in range(token.start[0], token.end[0] + 1)}
    for node in ast.walk(module.tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            lines -= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return lines


def complexity(function: FunctionNode) -> int:
    """1 + branches, comprehensions and extra boolean operands; nested functions count on their own."""

    def branches(node: ast.AST) -> int:
        own = isinstance(node, BRANCHES)
        if isinstance(node, ast.BoolOp):
            own = len(node.values) - 1
        elif isinstance(node, ast.comprehension):
            own = 1 + len(node.ifs)
        return own + sum(branches(child) for child in ast.iter_child_nodes(node) if not isinstance(child, SCOPES))

    return 1 + sum(branches(statement) for statement in function.body if not isinstance(statement, SCOPES))


def parameters(function: Function) -> tuple[list[ast.arg], list[ast.arg]]:
    """Positional parameters without self or cls, and keyword-only ones."""
    arguments = function.node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    if function.method and "staticmethod" not in function.decorators:
        positional = positional[1:]
    return positional, arguments.kwonlyargs


def parameter_count(function: Function) -> int:
    positional, keyword_only = parameters(function)
    arguments = function.node.args
    return len(positional) + len(keyword_only) + bool(arguments.vararg) + bool(arguments.kwarg)


@pytest.fixture(scope="module")
def functions(package: Mapping[str, Any]) -> list[Function]:
    return [function for module in package.values() for function in functions_of(module)]


@pytest.fixture(scope="module")
def lines(package: Mapping[str, Any]) -> dict[str, set[int]]:
    return {name: code_lines(module) for name, module in package.items()}


def test_modules_are_short(lines: Mapping[str, set[int]]) -> None:
    long = {name: len(numbers) for name, numbers in lines.items() if len(numbers) > MODULE_LINES}
    assert not long, f"more than {MODULE_LINES} code lines: {long}"


def test_functions_are_short(functions: list[Function], lines: Mapping[str, set[int]]) -> None:
    long = []
    for function in functions:
        node = function.node
        length = len(lines[function.module.name] & set(range(node.lineno, (node.end_lineno or 0) + 1)))
        if length > FUNCTION_LINES:
            long.append(f"{function}: {length}")
    assert not long, f"more than {FUNCTION_LINES} code lines: {long}"


def test_functions_are_simple(functions: list[Function]) -> None:
    tangled = {str(function): complexity(function.node) for function in functions}
    tangled = {name: score for name, score in tangled.items() if score > COMPLEXITY}
    assert not tangled, f"complexity above {COMPLEXITY}: {tangled}"


def test_parameters_are_few(functions: list[Function]) -> None:
    many = {
        str(function): parameter_count(function)
        for function in functions
        if parameter_count(function) > PARAMETERS
        and function.name not in FIXED_SIGNATURES
        and not function.name.startswith(COMPATIBLE)
    }
    assert not many, f"more than {PARAMETERS} parameters (a frozen value object would do): {many}"


def test_public_functions_take_few_positional_parameters(functions: list[Function]) -> None:
    many = {
        str(function): len(parameters(function)[0])
        for function in functions
        if function.public
        and len(parameters(function)[0]) > POSITIONAL
        and function.name not in FIXED_SIGNATURES
        and not function.name.startswith(COMPATIBLE)
    }
    assert not many, f"more than {POSITIONAL} positional parameters (keyword-only would do): {many}"


def test_exceptions_are_still_needed(functions: list[Function]) -> None:
    beyond = {
        function.name
        for function in functions
        if parameter_count(function) > PARAMETERS or len(parameters(function)[0]) > POSITIONAL
    }
    assert beyond >= FIXED_SIGNATURES, f"strike from FIXED_SIGNATURES: {FIXED_SIGNATURES - beyond}"


def test_public_functions_are_annotated(functions: list[Function]) -> None:
    bare = []
    for function in functions:
        arguments = function.node.args
        positional, keyword_only = parameters(function)
        every = [*positional, *keyword_only, *filter(None, (arguments.vararg, arguments.kwarg))]
        if function.node.returns is None or any(argument.annotation is None for argument in every):
            bare.append(str(function))
    assert not bare, f"without complete annotations: {bare}"


def test_public_names_are_documented(functions: list[Function], package: Mapping[str, Any]) -> None:
    bare = [str(function) for function in functions if function.public and ast.get_docstring(function.node) is None]
    bare += [
        module.place(node)
        for module in package.values()
        for node in module.tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and ast.get_docstring(node) is None
    ]
    assert not bare, f"public, but without a docstring: {bare}"


def test_no_silent_broad_except(package: Mapping[str, Any]) -> None:
    silent = [
        module.place(node)
        for module in package.values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and is_broad(node) and is_silent(node)
    ]
    assert not silent, f"broad excepts that say nothing: {silent}"


def is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or ast.unparse(kind) in {"Exception", "BaseException"} for kind in caught)


def is_silent(handler: ast.ExceptHandler) -> bool:
    """Whether a handler only passes, continues or returns a constant, and so loses the exception."""
    return all(
        isinstance(statement, ast.Pass | ast.Continue | ast.Break)
        or (isinstance(statement, ast.Return) and isinstance(statement.value, ast.Constant | None))
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        for statement in handler.body
    )


def test_nothing_is_left_for_later(package: Mapping[str, Any]) -> None:
    wrong = [
        f"{module.name}:{number}"
        for module in package.values()
        for number, line in enumerate(module.source.splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert not wrong, f"open an issue instead: {wrong}"


def test_names_say_something(functions: list[Function], package: Mapping[str, Any]) -> None:
    names = {name: name.rpartition(".")[2] for name in package}
    names |= {function.name: function.node.name for function in functions}
    names |= {
        module.place(node): node.name
        for module in package.values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
    }
    vague = [
        place
        for place, name in names.items()
        if set(words(name)) & NOT_IN_NAMES and COMPATIBLE not in place and name not in FIXED_NAMES
    ]
    assert not vague, f"manager, util, helper, misc, base say nothing: {vague}"


def words(name: str) -> list[str]:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_")


def test_modules_postpone_annotations_and_list_what_they_offer(package: Mapping[str, Any]) -> None:
    wrong = []
    for module in package.values():
        if not module.source.strip():
            continue
        imports = {
            alias.name
            for node in module.tree.body
            if isinstance(node, ast.ImportFrom) and node.module == "__future__"
            for alias in node.names
        }
        has_code = any(isinstance(node, FunctionNode | ast.ClassDef) for node in module.tree.body)
        offers = "__all__" in {
            target.id
            for node in module.tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        if has_code and ("annotations" not in imports or not offers):
            wrong.append(module.name)
    assert not wrong, f"without `from __future__ import annotations` or `__all__`: {wrong}"
