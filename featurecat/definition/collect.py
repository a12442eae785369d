"""Reads modules into definitions: every variant of every name, all problems gathered."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from featurecat.definition.condition import NEVER, overlap
from featurecat.definition.foreign import foreign_problems
from featurecat.definition.metadata import NO_METADATA, Metadata, merge
from featurecat.definition.modifier import ConfigNeeds, Stage, apply_modifiers, config_needs, modifiers_of, tags_at_once
from featurecat.definition.node import NO_TAGS, DefinedFunction, Node, blank
from featurecat.definition.pause import GarbagePause
from featurecat.definition.signature import define
from featurecat.errors import DefinitionError, Problem

__all__ = [
    "Deferred",
    "Definitions",
    "add_nodes",
    "collect",
    "collect_functions",
    "define",
    "nodes_of",
    "plain_node",
]

#: They begin with text to skip to, which makes them ten times as fast as one with ``^`` and an alternative.
_TOP_LEVEL_DEF = re.compile(rb"\ndef[ \t]+([^\s(\[]+)")
_TOP_LEVEL_ASYNC_DEF = re.compile(rb"\nasync[ \t]+def[ \t]+([^\s(\[]+)")

#: What would end a line, move a cursor or leave a folder.
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\\]|(?<![^/])\.{1,2}(?![^/])|^/|/$|//")


class Deferred(NamedTuple):
    """A function whose nodes depend on config keys."""

    defined: DefinedFunction
    needs: ConfigNeeds


@dataclass(slots=True)
class Definitions:
    """Every variant of every name that the modules define.

    Attributes:
        variants: Node name to its variants, in the order they were found.
        modules: The modules read, in order.
        problems: What is wrong with them, each with file and line.
        deferred: Functions whose nodes depend on the config: ``definition/deferred.py`` expands them.
        allow_overrides: Whether a later module replaces what an earlier one defines.
        hides: Which config values may not be shown, by key and value, beside those that never are.
    """

    variants: dict[str, list[Node]] = field(default_factory=dict)
    modules: list[ModuleType] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    deferred: list[Deferred] = field(default_factory=list)
    allow_overrides: bool = False
    hides: Callable[[str, Any], bool] | None = None

    @property
    def nodes(self) -> list[Node]:
        """Every variant of every name."""
        return [node for variants in self.variants.values() for node in variants]

    def copy(self) -> Definitions:
        """Equal definitions that can be added to by themselves."""
        variants = {name: list(nodes) for name, nodes in self.variants.items()}
        problems, deferred = list(self.problems), list(self.deferred)
        return Definitions(variants, self.modules, problems, deferred, self.allow_overrides, self.hides)

    def raise_problems(self) -> None:
        """Raise all problems at once.

        Raises:
            DefinitionError: When there are any.
        """
        if self.problems:
            raise DefinitionError(self.problems)


def collect(modules: Iterable[ModuleType], *, allow_overrides: bool = False) -> Definitions:
    """Read modules into all variants of all names.

    A public function (no leading underscore) that a module or one of its submodules defines is a feature.

    Args:
        modules: Imported modules; one given twice is read once.
        allow_overrides: Whether a later module replaces what an earlier one defines.

    Returns:
        The definitions, with their problems; nothing is raised for what users wrote.
    """
    definitions = Definitions(allow_overrides=allow_overrides)
    with GarbagePause():
        definitions.modules += dict.fromkeys(modules)
        nested = _nested(definitions.modules)
        seen: set[FunctionType] = set()
        for module in definitions.modules:
            functions = list(dict.fromkeys(_functions_of(module)))
            if nested:
                functions = [function for function in functions if function not in seen]
                seen.update(functions)
            repeated = _repeated_definitions(module, functions)  # first, so that nodes take the memory of the text
            collect_functions(functions, definitions)
            definitions.problems += foreign_problems(functions)
            definitions.problems += repeated
        definitions.problems += _case_conflicts(definitions.variants)
    return definitions


def _nested(modules: Iterable[ModuleType]) -> bool:
    """Whether one of the modules is a submodule of another: only then a function may be found in two of them."""
    names = {module.__name__ for module in modules}
    for name in names:
        package = name.rpartition(".")[0]
        while package:
            if package in names:
                return True
            package = package.rpartition(".")[0]
    return False


def _functions_of(module: ModuleType) -> list[FunctionType]:
    name = module.__name__
    prefix = name + "."
    # a lambda, called <lambda>, has no name to be a feature under
    return [
        value
        for value in vars(module).values()
        if type(value) is FunctionType
        and value.__name__[0] not in "_<"
        and (value.__module__ == name or (value.__module__ is not None and value.__module__.startswith(prefix)))
    ]


def collect_functions(functions: Iterable[Callable[..., Any]], definitions: Definitions) -> None:
    """Add what functions define; what is wrong with them joins the problems.

    Args:
        functions: Functions, each a feature; those that are marked as none are left out.
        definitions: Is added to.
    """
    variants = definitions.variants
    for function in functions:
        try:
            defined = define(function)
            if defined.condition and NEVER in defined.condition:
                continue
            nodes = nodes_of(defined)
        except DefinitionError as error:
            if not any(modifier.excludes for modifier in modifiers_of(function)):
                definitions.problems += error.problems
            continue
        if len(nodes) == 1:
            if variants.setdefault(nodes[0].name, nodes) is not nodes:
                _add_variant(nodes[0], definitions)
        elif nodes:
            add_nodes(nodes, definitions)
        else:
            needs = config_needs(defined.modifiers)
            assert needs is not None  # only what waits for the config makes no node
            definitions.deferred.append(Deferred(defined, needs))


def add_nodes(nodes: Iterable[Node], definitions: Definitions) -> None:
    """Add the nodes of one function; a name that is taken under the same circumstances is a problem."""
    variants = definitions.variants
    for node in nodes:
        if node.name in variants:
            _add_variant(node, definitions)
        else:
            variants[node.name] = [node]


def _add_variant(node: Node, definitions: Definitions) -> None:
    """A further variant of a name, a replacement for an earlier one, or a duplicate."""
    present = definitions.variants[node.name]
    for clash in present:
        if _both_hold(node, clash):
            break
    else:
        present.append(node)
        return
    if definitions.allow_overrides and _module(clash) != _module(node):
        replaced = [other for other in present if _both_hold(node, other)]
        definitions.variants[node.name] = [other for other in present if other not in replaced] + [node]
        _drop_checks(replaced, definitions.variants)
    else:
        definitions.problems.append(_duplicate(node, clash))


def _drop_checks(replaced: Iterable[Node], variants: dict[str, list[Node]]) -> None:
    """Take out the raw node and the validators that only served checked nodes which are gone."""
    for gate in replaced:
        for dependency in gate.dependencies if gate.raw is not None else ():
            left = [node for node in variants.get(dependency.name, ()) if node.defined is not gate.defined]
            if left:
                variants[dependency.name] = left
            else:
                variants.pop(dependency.name, None)


def _module(node: Node) -> str | None:
    return None if node.defined is None else node.defined.module


def _case_conflicts(variants: dict[str, list[Node]]) -> list[Problem]:
    every = "\n".join(variants)
    if (every.isascii() and every.islower()) or every == every.casefold():
        return []
    folded = list(map(str.casefold, variants))
    first: dict[str, str] = {}
    return [
        _case_conflict(variants[name][0], variants[first[fold]][0])
        for name, fold in zip(variants, folded, strict=True)
        if first.setdefault(fold, name) != name
    ]


def _both_hold(first: Node, second: Node) -> bool:
    one, other = first.defined, second.defined
    if one is None or other is None:
        return True
    same = one.engine == other.engine or "any" in (one.engine, other.engine)
    return same and overlap(one.condition, other.condition)


def _case_conflict(node: Node, other: Node) -> Problem:
    file, line = node.place
    return Problem(
        "case-conflict",
        f"{node.name!r} and {other.name!r} differ only in case; Parquet readers take them for one column",
        file,
        line,
        f"rename one of them; the other is at {other.place[0]}:{other.place[1]}",
        node.name,
    )


def _duplicate(node: Node, other: Node) -> Problem:
    file, line = node.place
    return Problem(
        "duplicate-definition",
        f"{node.name!r} is defined twice for {node.variant}; the other definition is at "
        f"{other.place[0]}:{other.place[1]}",
        file,
        line,
        "rename one, give them @config.when conditions that exclude each other, or write them for different engines",
        node.name,
    )


def _repeated_definitions(module: ModuleType, functions: Iterable[FunctionType]) -> list[Problem]:
    """Functions that stand twice in a file: Python keeps the last, so only the text shows it."""
    file = getattr(module, "__file__", None)
    if file is None or not file.endswith(".py"):
        return []
    try:
        with io.open_code(file) as stream:
            source = stream.read()
    except OSError:
        return []  # the module came from elsewhere than its file says; what was imported stands
    text = b"\n" + source if source.startswith((b"def", b"async")) else source
    names = _TOP_LEVEL_DEF.findall(text)
    if b"\nasync " in text:
        names += _TOP_LEVEL_ASYNC_DEF.findall(text)
    if len(names) == len(set(names)):
        return []
    collected = {function.__name__ for function in functions}
    return [
        Problem(
            "duplicate-definition",
            f"'{name}' is defined twice in one file; the first is at {file}:{lines[0]} and Python ignores it",
            file,
            lines[-1],
            "rename one of them; variants for engines are called name__pandas and name__polars",
            name,
        )
        for name, lines in _definition_lines(source).items()
        if len(lines) > 1 and name in collected
    ]


def _definition_lines(text: bytes) -> dict[str, list[int]]:
    import ast  # only files with a suspicion pay for parsing

    lines: dict[str, list[int]] = {}
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError):
        return {}  # the file was changed after it was imported
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            decorators = {ast.unparse(decorator).rpartition(".")[2] for decorator in statement.decorator_list}
            if "overload" not in decorators:
                lines.setdefault(statement.name, []).append(statement.lineno)
    return lines


# --- one function ---------------------------------------------------------------------------------


def nodes_of(
    defined: DefinedFunction, config: Mapping[str, Any] | None = None, *, stages: list[Stage] | None = None
) -> list[Node]:
    """All nodes one function declares, its modifiers applied.

    Args:
        defined: The function.
        config: The config, where its nodes depend on it.
        stages: Is given what each modifier did, where somebody wants to know.

    Returns:
        The nodes; none when they depend on the config, and there is none.

    Raises:
        DefinitionError: When modifiers do not fit, or typed metadata disagrees.
    """
    modifiers = defined.modifiers
    tags = tags_at_once(modifiers) if modifiers else NO_TAGS
    node = plain_node(defined)
    if tags is not None and stages is None:
        if defined.condition and not node.name.isidentifier():  # of the arguments, only @config's name it
            _check_name(node)
        node.tags = tags
        return [node]
    if config is None and config_needs(modifiers) is not None:
        return []
    nodes = apply_modifiers([node], defined, config, stages=stages)
    declares = False
    for made in nodes:
        if not made.name.isidentifier():
            _check_name(made)
        if made.declared is not NO_METADATA:
            declares = True
            if made.tags:
                _check_agreement(made)
        elif made.tags:
            declares = True
    return nodes if len(nodes) == 1 or not declares else _shared(nodes)


def plain_node(defined: DefinedFunction) -> Node:
    """The node of a function before any modifier."""
    node = blank(Node)
    node.name = defined.name
    node.type = defined.returns
    node.function = defined.function
    node.arguments = defined.dependencies
    node.defined = defined
    node.keywords = defined.keywords
    node.role = defined.role
    node.doc = None
    node.declared = NO_METADATA
    node.tags = NO_TAGS
    node.expectations = ()
    node.raw = None
    node.final = True
    node.via = ()
    node.schema = ()
    return node


def _shared(nodes: list[Node]) -> list[Node]:
    """What is declared for a result also holds for what it is made of within the function.

    The unchecked value is the checked one's in everything. The whole that parts are taken from has their rows, and
    takes its inputs aligned as they ask, unless they contradict each other.
    """
    changed: dict[str, Metadata] = {}
    for node in reversed(nodes):
        declared = merge(node.declared, node.tags)[0] if node.tags else node.declared
        if node.name in changed:
            declared = declared.over(changed[node.name])
        if declared == NO_METADATA:
            continue
        if node.raw is not None:
            changed[node.raw] = declared
            continue
        if (declared.entity, declared.timestamp, declared.align) == (None, None, None):
            continue
        if not node.via and node.defined is not None and node.function is node.defined.function:
            continue  # what the function itself takes may have other rows
        rows = Metadata(entity=declared.entity, timestamp=declared.timestamp, align=declared.align)
        for dependency in node.dependencies:
            known = changed.get(dependency.name, rows)
            changed[dependency.name] = rows if known == rows else NO_METADATA
    return [
        node.with_(declared=node.declared.over(changed[node.name])) if node.name in changed else node for node in nodes
    ]


def _check_name(node: Node) -> None:
    """Refuse a name that is none; columns may be called nearly anything, namespaces may not."""
    name = node.name
    space, _, inner = name.partition(".")
    wrong = None
    if not name.strip():
        wrong = "is empty"
    elif found := _NOT_IN_NAMES.search(name):
        wrong = f"holds {ascii(found[0])}"
    elif node.via and inner and len(space.split()) != 1:
        wrong = "is in a namespace with spaces"
    if wrong is None:
        return
    file, line = node.place
    hint = "use letters, digits, _ and the like: no control characters, no \\, and / only between words"
    message = f"{ascii(name)} cannot be the name of a node: it {wrong}"
    defined = node.via[-1] if node.via else node.defined
    if defined is not None:
        file, line = defined.place
        message = f"{defined.function.__name__}: {message}"
    raise DefinitionError([Problem("invalid-modifier", message, file, line, hint)])


def _check_agreement(node: Node) -> None:
    conflicts = merge(node.declared, node.tags)[1]
    if conflicts:
        file, line = node.place
        hint = "say it once, in @feature"
        raise DefinitionError([Problem("invalid-modifier", text, file, line, hint, node.name) for text in conflicts])
