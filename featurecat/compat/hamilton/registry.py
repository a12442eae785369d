"""Hamilton's ``registry``: loaders and savers by name, and the types of frames and columns that are known."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Mapping
from functools import singledispatch
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from featurecat.compat.hamilton._offer import INTERNAL, offer
from featurecat.errors import RequestError, UnsupportedError, did_you_mean
from featurecat.frames.columns import extract_column
from featurecat.io.adapter_registry import ADAPTERS
from featurecat.io.adapter_registry import register_adapter as _register

COLUMN_TYPE = "column_type"
DATAFRAME_TYPE = "dataframe_type"
HAMILTON_AUTOLOAD_ENV = "HAMILTON_AUTOLOAD_EXTENSIONS"
DEFAULT_CONFIG_LOCATION = Path("~/.hamilton.conf").expanduser()
INITIALIZED = True
HAMILTON_EXTENSIONS = (
    "yaml", "matplotlib", "numpy", "pandas", "plotly", "polars", "polars_lazyframe", "pyspark_pandas", "spark", "dask",
    "geopandas", "xgboost", "lightgbm", "sklearn_plot", "vaex", "ibis", "dlt", "kedro", "huggingface", "mlflow", "pydantic",
)  # fmt: skip

#: Extension to the library, and the names of its frame and column types, that featurecat takes apart.
_TYPES = {
    "pandas": ("pandas", "DataFrame", "Series"),
    "polars": ("polars", "DataFrame", "Series"),
    "polars_lazyframe": ("polars", "LazyFrame", "Expr"),
}


class _KnownTypes(Mapping[str, dict[str, Any]]):
    """Extension to its types; a library is loaded when its types are looked up."""

    def __getitem__(self, extension: str) -> dict[str, Any]:
        library, frame, column = _TYPES[extension]
        module = importlib.import_module(library)
        return {DATAFRAME_TYPE: getattr(module, frame), COLUMN_TYPE: getattr(module, column)}

    def __iter__(self) -> Iterator[str]:
        return (extension for extension, (library, _, _) in _TYPES.items() if find_spec(library) is not None)

    def __len__(self) -> int:
        return len(list(iter(self)))


class _Registered(Mapping[str, list[Any]]):
    """Format to its loaders or savers, those of later registration last.

    Args:
        direction: ``load`` or ``save``.
    """

    def __init__(self, direction: str) -> None:
        self._direction = direction

    def __getitem__(self, name: str) -> list[Any]:
        if name not in ADAPTERS.formats(self._direction):
            raise KeyError(name)
        return list(reversed(ADAPTERS.candidates(self._direction, name)))

    def __iter__(self) -> Iterator[str]:
        return iter(ADAPTERS.formats(self._direction))

    def __len__(self) -> int:
        return len(ADAPTERS.formats(self._direction))


DF_TYPE_AND_COLUMN_TYPES = _KnownTypes()
LOADER_REGISTRY = _Registered("load")
SAVER_REGISTRY = _Registered("save")


def register_adapter(adapter: Any) -> None:
    """Let a loader or saver be found by its name: in ``to``, ``from_``, ``load_from``, ``save_to``."""
    _register(adapter)


def load_extension(plugin_module: str) -> None:
    """Check that an extension is one that Hamilton has; featurecat needs no loading of them.

    Raises:
        RequestError: A ValueError when it is not.
    """
    if plugin_module not in HAMILTON_EXTENSIONS:
        hint = did_you_mean(plugin_module, HAMILTON_EXTENSIONS)
        raise RequestError(f"there is no extension {plugin_module!r}", hint=hint)


def initialize() -> None:
    """Nothing to do: loaders and savers are found when they are asked for."""


def disable_autoload() -> None:
    """Tell programs that look at the environment that extensions are not loaded; here it makes no difference."""
    os.environ[HAMILTON_AUTOLOAD_ENV] = "0"


def enable_autoload() -> None:
    """Take :func:`disable_autoload` back."""
    os.environ.pop(HAMILTON_AUTOLOAD_ENV, None)


def register_types(extension_name: str, dataframe_type: type, column_type: type | None = None) -> None:
    """Types of another library come with a later release.

    Raises:
        UnsupportedError: Unless the extension is one that featurecat has.
    """
    del dataframe_type, column_type
    if extension_name not in _TYPES:
        raise UnsupportedError(
            f"frames of {extension_name} cannot be taken apart yet: further frame types come with a later release",
            hint="convert to pandas or Polars first",
        )


@singledispatch
def get_column(df: Any, column_name: str) -> Any:
    """A column of a frame."""
    return extract_column(df, column_name)


@singledispatch
def fill_with_scalar(df: Any, column_name: str, scalar_value: Any) -> Any:
    """The frame with a column of one value; a pandas frame is changed in place."""
    if hasattr(df, "with_columns"):
        polars = importlib.import_module("polars")
        return df.with_columns(polars.lit(scalar_value).alias(column_name))
    df[column_name] = scalar_value
    return df


def get_column_type_from_df_type(dataframe_type: type) -> Any:
    """The column type that belongs to a frame type.

    Raises:
        NotImplementedError: When the frame type is not known.
    """
    for types in DF_TYPE_AND_COLUMN_TYPES.values():
        if types[DATAFRAME_TYPE] is dataframe_type:
            return types[COLUMN_TYPE]
    raise NotImplementedError(f"no column type is known for {dataframe_type}")


def get_registered_dataframe_types() -> dict[str, Any]:
    """Extension to its frame type."""
    return {extension: types[DATAFRAME_TYPE] for extension, types in DF_TYPE_AND_COLUMN_TYPES.items()}


def get_registered_column_types() -> dict[str, Any]:
    """Extension to its column type."""
    return {extension: types[COLUMN_TYPE] for extension, types in DF_TYPE_AND_COLUMN_TYPES.items()}


__getattr__, __dir__, _offered = offer(
    __name__,
    {},
    later={INTERNAL: ("ExtensionName", "config_disable_autoload", "config_enable_autoload", "load_autoload_config")},
    own=[
        name
        for name, member in list(globals().items())
        if name.isupper() or getattr(member, "__module__", "") == __name__
    ],
)
__all__ = list(_offered)
