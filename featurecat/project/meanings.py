"""What each definition means, apart from how it is described and checked: rows that snapshots keep beside the tables.

A fingerprint answers whether a value has to be computed again, and covers every decorator. To tell *why* a definition
differs, it is taken apart: the function as written, what it reaches, and what its types and expectations reach.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from featurecat.catalog.canonical import canonical_json
from featurecat.definition.collect import Definitions
from featurecat.definition.fingerprint import Fingerprints, Shown, digest
from featurecat.definition.modifier import modifiers_of
from featurecat.definition.node import DefinedFunction, Node, Role
from featurecat.definition.scope import Path as NamePath
from featurecat.definition.source_file import DefinitionParts, FunctionTree, SourceFile
from featurecat.definition.source_files import SourceFiles
from featurecat.function_modifiers import (
    cache,
    check_model,
    check_output,
    check_output_custom,
    check_schema,
    config,
    feature,
    schema,
    tag,
    tag_outputs,
)
from featurecat.project.changes import SOURCE
from featurecat.project.discover import Project
from featurecat.project.rows import feature_key, secret_patterns
from featurecat.project.stamp import own_files
from featurecat.storage.redact import redact_config, redact_uri

__all__ = ["Meanings", "source_rows"]

_DESCRIBE: Final = (tag, tag_outputs, feature, schema, cache)
_CHECK: Final = (check_output, check_output_custom, check_schema, check_model)
_CHOOSE: Final = (config,)
#: What of a source's settings decides what is read, beside its path and options.
_READ_BY: Final = ("format", "key", "timestamp", "columns", "table", "query")


def source_rows(project: Project) -> list[dict[str, Any]]:
    """A row for each declared source: what decides what is read. Secrets are left out.

    Args:
        project: The project.
    """
    rows = []
    for name, source in project.settings.sources.items():
        plain = {field: getattr(source, field) for field in _READ_BY}
        plain["options"], _ = redact_config(source.options, patterns=secret_patterns(project))
        own = _short([canonical_json({**plain, "path": redact_uri(source.path)})])
        rows.append({"feature": f"{SOURCE}{name}", "variant": "any", "own": own, "code": own})
    return rows


class Meanings:
    """Takes definitions apart; each file is read and parsed once.

    Args:
        root: The project's folder.
    """

    def __init__(self, root: Path) -> None:
        files = SourceFiles([root])
        self._code = _Undecorated(files, (*_DESCRIBE, *_CHECK, *_CHOOSE))
        self._whole = _Whole(files=files)
        self._root = root
        self._own: dict[int, str | None] = {}
        self._promised: dict[int, tuple[str, str]] = {}
        self._functions: dict[int, DefinedFunction] = {}
        self._all_files: str | None = None

    @property
    def fingerprints(self) -> Fingerprints:
        """Fingerprints of the whole definitions, which share the files that were read."""
        return self._whole

    def rows(self, graph: str, definitions: Definitions) -> list[dict[str, Any]]:
        """A row for each variant of each name of a graph; given nodes have none.

        Args:
            graph: Name of the graph.
            definitions: Its definitions.

        Returns:
            ``own`` is the function as written, ``code`` with all it reaches; ``returns`` and ``checks`` are the type
            it declares and its expectations, with all those reach. What cannot be followed as source counts as
            reaching every file of the project.
        """
        variants = [(feature_key(graph, name), node) for name, nodes in definitions.variants.items() for node in nodes]
        return [
            self._row(key, node, node.defined)
            for key, node in variants
            if node.defined is not None and node.role is not Role.VALIDATOR
        ]

    def _row(self, key: str, node: Node, defined: DefinedFunction) -> dict[str, Any]:
        functions = [defined, *node.via]
        self._functions |= {id(one.function): one for one in functions}
        codes = [self._code.code_of(one) or self._every_file() for one in functions]
        return {
            "feature": key,
            "variant": node.variant,
            "own": _short(self._text_of(one) or code for one, code in zip(functions, codes, strict=True)),
            "code": _short(codes),
            "returns": _short(self._promises_of(one)[0] for one in functions),
            "checks": _short(self._promises_of(one)[1] for one in functions),
        }

    def files(self) -> set[Path]:
        """What definitions mean beside imported modules: files that decorators read, and that running functions import."""
        read = (path for one in self._functions.values() for path in _read_beside(one))
        return {*self._whole.files.read, *read}

    def _text_of(self, defined: DefinedFunction) -> str | None:
        function = defined.function
        if id(function) not in self._own:
            self._own[id(function)] = self._code.own_text(function)
        return self._own[id(function)]

    def _promises_of(self, defined: DefinedFunction) -> tuple[str, str]:
        function = defined.function
        if id(function) not in self._promised:
            self._promised[id(function)] = self._whole.promises_of(function, _CHECK)
        return self._promised[id(function)]

    def _every_file(self) -> str:
        if self._all_files is None:
            files = sorted(own_files(self._root))
            hashes = (f"{path.relative_to(self._root)} {_hash_of(path)}" for path in files)
            self._all_files = digest("files", *hashes)
        return self._all_files


def _short(texts: Iterable[str]) -> str:
    """A digest that is long enough to tell the definitions of one name apart."""
    return digest(*texts)[:20]


def _read_beside(defined: DefinedFunction) -> Iterator[Path]:
    for modifier in modifiers_of(defined.function):
        yield from modifier.reads(defined.function)


def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class _Whole(Fingerprints):
    """Fingerprints of definitions as they are, and of what they promise alone."""

    def promises_of(self, function: Any, checks: Collection[Any]) -> tuple[str, str]:
        """The type that a function declares, and the decorators that check it, each with what it reaches."""
        found = self._definition(function)
        if found is None:
            return "", ""
        module, definition = found
        parts, decorators = module.parts(definition), _kept(module, definition, lambda among: among(checks))
        returned = self._promise(module, definition, parts.promise(), parts.promised_names())
        checked = parts.promise(decorators, returns=False), parts.promised_names(decorators, returns=False)
        return returned, self._promise(module, definition, *checked)

    def _promise(self, module: SourceFile, definition: FunctionTree, text: str, names: list[NamePath]) -> str:
        shown = text, tuple(self.files.reached(module, names, ()))
        code, _ = self._code(module, definition.name, shown)
        return hashlib.sha256(code).hexdigest()


class _Undecorated(Fingerprints):
    """Fingerprints of functions as if some decorators, and the types they declare to return, were not there.

    Args:
        files: The files.
        left_out: The decorators.
    """

    def __init__(self, files: SourceFiles, left_out: Collection[Any]) -> None:
        super().__init__(files=files)
        self._left_out = left_out
        self._bare: dict[int, DefinitionParts] = {}
        self._kept: dict[int, list[int]] = {}

    def code_of(self, defined: DefinedFunction) -> str | None:
        """The fingerprint of a function, or None where it cannot be followed."""
        return self._code_of(defined.function)

    def own_text(self, function: Any) -> str | None:
        """The function as written: without name, documentation, the type it declares, and what decorators left out."""
        found = self._definition(function)
        if found is None:
            return None
        parts, kept = self._left(*found)
        decorators = [parts.decorators[number] for number in kept]
        return digest(type(parts.definition).__name__, parts.arguments, *decorators, *parts.body)

    def _left(self, owner: SourceFile, definition: FunctionTree) -> tuple[DefinitionParts, list[int]]:
        """A function's parts without what is left out in other functions inside, and which of its decorators stay."""
        parts = owner.parts(definition)
        known = self._kept.get(id(definition))
        if known is None:
            known = self._kept[id(definition)] = self._staying(owner, definition)
        if parts.nests:
            if id(definition) not in self._bare:
                with self._stripped(owner, definition, whole=definition):
                    self._bare[id(definition)] = DefinitionParts(definition, nests=True, imports=True)
            parts = self._bare[id(definition)]
        return parts, known

    def _staying(self, owner: SourceFile, definition: FunctionTree) -> list[int]:
        return _kept(owner, definition, lambda among: not among(self._left_out))

    def _shown(self, owner: SourceFile, definition: FunctionTree, name: str) -> Shown:
        parts, kept = self._left(owner, definition)
        names = parts.names(kept, returns=False)
        return parts.text(name, kept, returns=False), tuple(self.files.reached(owner, names, parts.imports))

    def _shown_whole(self, owner: SourceFile, binder: ast.AST) -> Shown:
        with self._stripped(owner, binder):
            return super()._shown_whole(owner, binder)

    @contextmanager
    def _stripped(self, owner: SourceFile, tree: ast.AST, *, whole: ast.AST | None = None) -> Iterator[None]:
        """Take what is left out away from the functions inside a piece of a module, and give it back at the end.

        Args:
            owner: The module.
            tree: The piece.
            whole: A function that stays as it is, apart from those inside.
        """
        found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        before = [(node, node.decorator_list, node.returns) for node in found if node is not whole]
        staying = [self._staying(owner, node) for node, _, _ in before]
        for (node, decorators, _), kept in zip(before, staying, strict=True):
            node.decorator_list, node.returns = [decorators[number] for number in kept], None
        try:
            yield
        finally:
            for node, decorators, returns in before:
                node.decorator_list, node.returns = decorators, returns


def _kept(owner: SourceFile, definition: FunctionTree, wanted: Callable[[Callable[..., bool]], bool]) -> list[int]:
    """Positions of those decorators of a function that are wanted, by whether they are among some."""
    if not definition.decorator_list:
        return []
    namespace = vars(sys.modules[owner.name]) if owner.name in sys.modules else {}
    return [
        number
        for number, decorator in enumerate(definition.decorator_list)
        if wanted(functools.partial(_is_among, decorator, namespace))
    ]


def _is_among(decorator: ast.expr, namespace: Mapping[str, Any], decorators: Collection[Any]) -> bool:
    """Whether a decorator, or what it is an attribute of, is one of several, under whatever name."""
    return any(known is one for one in _objects(decorator, namespace) for known in decorators)


def _objects(decorator: ast.expr, namespace: Mapping[str, Any]) -> Iterator[Any]:
    """The objects along the dotted name of a decorator, as far as the module knows them."""
    inner = decorator.func if isinstance(decorator, ast.Call) else decorator
    attributes: list[str] = []
    while isinstance(inner, ast.Attribute):
        attributes.insert(0, inner.attr)
        inner = inner.value
    if not isinstance(inner, ast.Name) or inner.id not in namespace:
        return
    found = namespace[inner.id]
    yield found
    for attribute in attributes:
        found = getattr(found, attribute, None)
        yield found
