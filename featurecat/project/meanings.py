"""What each definition means, apart from how it is described and checked: rows that snapshots keep beside the tables.

A fingerprint answers whether a value has to be computed again, and covers every decorator. To tell *why* a definition
differs, it is taken apart: the function as written, what it reaches, and what its types and expectations reach.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from featurecat.catalog.canonical import canonical_json
from featurecat.definition.collect import Definitions
from featurecat.definition.fingerprint import Fingerprints, canonical, digest
from featurecat.definition.modifier import modifiers_of
from featurecat.definition.node import DefinedFunction, Node, Role
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
    """Takes definitions apart; each file is read once whole, and once for what it computes.

    Args:
        root: The project's folder.
    """

    def __init__(self, root: Path) -> None:
        self._code = _Undecorated(root, (*_DESCRIBE, *_CHECK, *_CHOOSE))
        self._whole = _Undecorated(root, ())
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
        return {*self._code.files, *self._whole.files, *read}

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


class _Undecorated(Fingerprints):
    """Fingerprints of functions as if some decorators were not there, on whatever function.

    Args:
        root: The project's folder.
        left_out: The decorators; without any, functions are left as they are. Else the types that they declare to
            return are left out, too.
    """

    def __init__(self, root: Path, left_out: Collection[Any]) -> None:
        super().__init__([root])
        self.files: set[Path] = set()
        self._left_out = left_out

    def code_of(self, defined: DefinedFunction) -> str | None:
        """The fingerprint of a function, or None where it cannot be followed."""
        return self._code_of(defined.function)

    def own_text(self, function: Any) -> str | None:
        """The function as written: without name, documentation, the type it declares, and what decorators left out."""
        found = self._definition(function)
        if found is None:
            return None
        definition = found[1]
        parts = [definition.args, *definition.decorator_list, *definition.body[_is_documented(definition) :]]
        return digest(type(definition).__name__, *(canonical(part) for part in parts))

    def promises_of(self, function: Any, checks: Collection[Any]) -> tuple[str, str]:
        """The type that a function declares, and the decorators that check it, each with what it reaches."""
        found = self._definition(function)
        if found is None:
            return "", ""
        module, definition = found
        namespace = vars(sys.modules[module.name]) if module.name in sys.modules else {}
        bare = copy.copy(definition)
        bare.args = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
        bare.body, bare.decorator_list = [ast.Pass()], []
        checked = copy.copy(bare)
        checked.returns = None
        checked.decorator_list = [one for one in definition.decorator_list if _is_among(one, namespace, checks)]
        return digest(*self._texts(module, bare)), digest(*self._texts(module, checked))

    def _read(self, name: str) -> Any:
        module = super()._read(name)
        if module is None:
            return None
        file = getattr(sys.modules[name], "__file__", None) if name in sys.modules else self._file_of(name)
        if file is not None:
            self.files.add(Path(file))
        if not self._left_out:
            return module
        module.definition_at(name, 0)  # finds functions by their first line, so it looks before decorators go
        namespace, left_out = vars(sys.modules[name]) if name in sys.modules else {}, self._left_out
        for part in ast.walk(module.tree):
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                part.decorator_list = [one for one in part.decorator_list if not _is_among(one, namespace, left_out)]
                part.returns = None
        return module


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


def _is_documented(definition: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    first = definition.body[0]
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
