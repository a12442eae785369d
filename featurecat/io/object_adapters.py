"""Loaders and savers of plain objects: json, yaml, pickle, arrays, text, environment variables, literals."""

from __future__ import annotations

import json
import math
import os
import pickle
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from featurecat.errors import Problem, RunError, StoreError, UnsupportedError
from featurecat.io.adapters import DataLoader, DataSaver, suits
from featurecat.io.metadata import file_metadata
from featurecat.io.replacing import replacing

__all__ = [
    "OBJECT_ADAPTERS",
    "EnvironmentLoader",
    "FileLoader",
    "FileSaver",
    "JsonLoader",
    "JsonSaver",
    "LiteralLoader",
    "MemorySaver",
    "NpyLoader",
    "NpySaver",
    "PickleLoader",
    "PickleSaver",
    "YamlLoader",
    "YamlSaver",
]

_DOCUMENT_TYPES = (dict, list, str, int, float, bool)


@contextmanager
def _reading(path: str | os.PathLike[str], what: str) -> Iterator[Path]:
    """The path; faults of reading it become errors that name it."""
    located = Path(path).expanduser()
    shown = os.fspath(path)
    try:
        yield located
    except FileNotFoundError as fault:
        raise StoreError(f"there is no file {shown}", code="source-unreadable") from fault
    except (OSError, UnicodeError, EOFError, pickle.UnpicklingError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or type(fault).__name__
        raise StoreError(
            f"{shown} cannot be read as {what}: {reason}",
            code="source-unreadable",
            hint="is it whole, and of that format?",
        ) from fault


def _checked(data: Any, type_: Any, path: str | os.PathLike[str]) -> Any:
    """The data, if it is what was asked for."""
    if type_ is Any or data is None or suits(type_, type(data)) or (type(data) is int and suits(type_, float)):
        return data
    wanted = getattr(type_, "__name__", str(type_))
    raise StoreError(
        f"{os.fspath(path)} holds a value of type {type(data).__name__}, where {wanted} is asked for",
        code="input-type",
        hint="correct the annotation of what it is loaded into, or the file",
    )


class _Document:
    """Types of what JSON and YAML can say."""

    @classmethod
    def applicable_types(cls) -> Collection[Any]:
        """Mappings, lists, texts and numbers."""
        return _DOCUMENT_TYPES


class _DocumentLoader(_Document, DataLoader):
    @classmethod
    def applies_to(cls, type_: Any) -> bool:
        """Whether it can be said in the format; where any type is asked for, it is what the file holds."""
        return type_ is Any or super().applies_to(type_)


@dataclass
class JsonLoader(_DocumentLoader):
    """A JSON document.

    Attributes:
        path: The file.
    """

    path: str | os.PathLike[str]

    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return "json"

    def load_data(self, type_: Any) -> tuple[Any, dict[str, Any]]:
        """The document, and ``file_metadata``.

        Raises:
            StoreError: When the file is missing, is no JSON, or holds another type.
        """
        with _reading(self.path, "json") as path:
            data = json.loads(path.read_text(encoding="utf-8"))
        return _checked(data, type_, self.path), file_metadata(self.path)


@dataclass
class JsonSaver(_Document, DataSaver):
    """A JSON document.

    Attributes:
        path: The file.
        indent: Spaces a level; None writes one line.
    """

    path: str | os.PathLike[str]
    indent: int | None = None

    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return "json"

    def save_data(self, data: Any) -> dict[str, Any]:
        """Write the document as a whole or not at all, and tell ``file_metadata``; NaN becomes null, as in tables.

        Raises:
            RunError: ``not-tabular``, when there is an infinite number in it, which JSON has no word for.
        """
        text = json.dumps(_said_in_json(data), indent=self.indent, ensure_ascii=False, allow_nan=False)
        with replacing(self.path) as path:
            path.write_text(text, encoding="utf-8")
        return file_metadata(self.path)


def _said_in_json(data: Any) -> Any:
    """The data, with null in the place of NaN."""
    if isinstance(data, dict):
        return {key: _said_in_json(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_said_in_json(value) for value in data]
    if isinstance(data, float) and not math.isfinite(data):
        if math.isnan(data):
            return None
        raise RunError(
            "json has no infinite numbers", code="not-tabular", hint="replace them, or save as pickle or yaml"
        )
    return data


def _yaml() -> Any:
    try:
        import yaml  # type: ignore[import-untyped, unused-ignore]
    except ImportError as fault:
        raise UnsupportedError("yaml files need PyYAML", hint="pip install 'featurecat[yaml]'") from fault
    return yaml


@dataclass
class YamlLoader(_DocumentLoader):
    """A YAML document, without tags that make objects; needs ``featurecat[yaml]``.

    Attributes:
        path: The file.
    """

    path: str | os.PathLike[str]

    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return "yaml"

    def load_data(self, type_: Any) -> tuple[Any, dict[str, Any]]:
        """The document, and ``file_metadata``.

        Raises:
            StoreError: When the file is missing, is no YAML, or holds another type.
            UnsupportedError: When PyYAML is missing.
        """
        yaml = _yaml()
        with _reading(self.path, "yaml") as path:
            try:
                data = yaml.safe_load(path.read_text(encoding="utf-8"))
            except yaml.YAMLError as fault:
                raise ValueError("no yaml") from fault
        return _checked(data, type_, self.path), file_metadata(self.path)


@dataclass
class YamlSaver(_Document, DataSaver):
    """A YAML document, keys in their order; needs ``featurecat[yaml]``.

    Attributes:
        path: The file.
    """

    path: str | os.PathLike[str]

    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return "yaml"

    def save_data(self, data: Any) -> dict[str, Any]:
        """Write the document as a whole or not at all, and tell ``file_metadata``."""
        text = _yaml().safe_dump(data, sort_keys=False, allow_unicode=True)
        with replacing(self.path) as path:
            path.write_text(text, encoding="utf-8")
        return file_metadata(self.path)


@dataclass
class PickleLoader(DataLoader):
    """Any object. Whoever can write the file decides what loading it does: load only what you trust.

    Attributes:
        path: The file.
    """

    path: str | os.PathLike[str]

    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return "pickle"

    @classmethod
    def applicable_types(cls) -> Collection[Any]:
        """Any."""
        return [Any]

    def load_data(self, type_: Any) -> tuple[Any, dict[str, Any]]:
        """The object, and ``file_metadata``.

        Raises:
            StoreError: When the file is missing or broken.
        """
        with _reading(self.path, "pickle") as path, path.open("rb") as stream:
            return pickle.load(stream), file_metadata(self.path)


@dataclass
class PickleSaver(DataSaver):
    """Any object that can be pickled.

    Attributes:
        path: The file.
        protocol: Version of the format; Python's default by default.
    """

    path: str | os.PathLike[str]
    protocol: int | None = None

    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return "pickle"

    @classmethod
    def applicable_types(cls) -> Collection[Any]:
        """Any."""
        return [Any]

    def save_data(self, data: Any) -> dict[str, Any]:
        """Write the object as a whole or not at all, and tell ``file_metadata``."""
        with replacing(self.path) as path, path.open("wb") as stream:
            pickle.dump(data, stream, protocol=self.protocol)
        return file_metadata(self.path)


class _Array:
    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return "npy"

    @classmethod
    def applicable_types(cls) -> Collection[Any]:
        """Arrays of numpy, which is loaded where an annotation can name them."""
        import numpy

        return [numpy.ndarray]

    @classmethod
    def applies_to(cls, type_: Any) -> bool:
        """Whether the type is an array; numpy itself is not needed to tell."""
        plain = getattr(type_, "__origin__", type_)
        found = getattr(plain, "__mro__", ())
        return any((one.__module__.partition(".")[0], one.__name__) == ("numpy", "ndarray") for one in found)


@dataclass
class NpyLoader(_Array, DataLoader):
    """An array of numpy.

    Attributes:
        path: The file.
        allow_pickle: Whether arrays of objects are read; they are pickles.
    """

    path: str | os.PathLike[str]
    allow_pickle: bool = False

    def load_data(self, type_: Any) -> tuple[Any, dict[str, Any]]:
        """The array, and ``file_metadata``.

        Raises:
            StoreError: When the file is missing or broken, or is a pickle and must not be.
        """
        import numpy

        with _reading(self.path, "npy") as path:
            return numpy.load(path, allow_pickle=self.allow_pickle), file_metadata(self.path)


@dataclass
class NpySaver(_Array, DataSaver):
    """An array of numpy.

    Attributes:
        path: The file, whose name is taken as it is.
        allow_pickle: Whether arrays of objects are written; they are pickles.
    """

    path: str | os.PathLike[str]
    allow_pickle: bool = False

    def save_data(self, data: Any) -> dict[str, Any]:
        """Write the array as a whole or not at all, and tell ``file_metadata``."""
        import numpy

        with replacing(self.path) as path, path.open("wb") as stream:
            numpy.save(stream, data, allow_pickle=self.allow_pickle)
        return file_metadata(self.path)


class _Content:
    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return "file"

    @classmethod
    def applicable_types(cls) -> Collection[Any]:
        """Text and bytes."""
        return [str, bytes]


@dataclass
class FileLoader(_Content, DataLoader):
    """The content of a file, as text or as bytes.

    Attributes:
        path: The file.
        encoding: How text is encoded.
    """

    path: str | os.PathLike[str]
    encoding: str = "utf-8"

    def load_data(self, type_: Any) -> tuple[Any, dict[str, Any]]:
        """The content, and ``file_metadata``.

        Raises:
            StoreError: When the file is missing, or is no text of that encoding.
        """
        with _reading(self.path, "file") as path:
            content: Any = path.read_bytes()
            if suits(type_, str):
                content = content.decode(self.encoding)
        return content, file_metadata(self.path)


@dataclass
class FileSaver(_Content, DataSaver):
    """Text or bytes, as they are.

    Attributes:
        path: The file.
        encoding: How text is encoded.
    """

    path: str | os.PathLike[str]
    encoding: str = "utf-8"

    def save_data(self, data: Any) -> dict[str, Any]:
        """Write the content as a whole or not at all, and tell ``file_metadata``."""
        with replacing(self.path) as path:
            path.write_bytes(data if isinstance(data, bytes) else data.encode(self.encoding))
        return file_metadata(self.path)


@dataclass
class EnvironmentLoader(DataLoader):
    """Environment variables, by name.

    Attributes:
        names: The variables.
    """

    names: Sequence[str]

    @classmethod
    def name(cls) -> str:
        """The name it is used by."""
        return "environment"

    @classmethod
    def applicable_types(cls) -> Collection[Any]:
        """A mapping."""
        return [dict]

    def load_data(self, type_: Any) -> tuple[Any, dict[str, Any]]:
        """Name to value; nothing is told about it.

        Raises:
            RunError: ``missing-input``, naming every variable that is not set.
        """
        absent = [name for name in self.names if name not in os.environ]
        if absent:
            raise RunError(
                [
                    Problem("missing-input", f"the environment variable {name} is not set", hint=f"export {name}=…")
                    for name in absent
                ]
            )
        return {name: os.environ[name] for name in self.names}, {}


@dataclass
class LiteralLoader(DataLoader):
    """A value that is written down where it is loaded.

    Attributes:
        value: The value.
    """

    value: Any

    @classmethod
    def name(cls) -> str:
        """The name it is used by."""
        return "literal"

    @classmethod
    def applicable_types(cls) -> Collection[Any]:
        """Any."""
        return [Any]

    def load_data(self, type_: Any) -> tuple[Any, dict[str, Any]]:
        """The value; nothing is told about it."""
        return self.value, {}


@dataclass
class MemorySaver(DataSaver):
    """Writes nothing: the metadata is the value itself, so that ``combine=`` can be had without a file."""

    @classmethod
    def name(cls) -> str:
        """The name it is used by."""
        return "memory"

    @classmethod
    def applicable_types(cls) -> Collection[Any]:
        """Any."""
        return [Any]

    def save_data(self, data: Any) -> Any:
        """The value itself."""
        return data


OBJECT_ADAPTERS: tuple[type[DataLoader] | type[DataSaver], ...] = (
    JsonLoader,
    JsonSaver,
    YamlLoader,
    YamlSaver,
    PickleLoader,
    PickleSaver,
    NpyLoader,
    NpySaver,
    FileLoader,
    FileSaver,
    EnvironmentLoader,
    LiteralLoader,
    MemorySaver,
)
