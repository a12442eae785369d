"""Formats in Hamilton's spelling: its names of formats and arguments, told to featurecat's loaders and savers.

Hamilton's loaders take whatever the library's own function takes, and each library calls the file otherwise. Here the file
is ``path`` in the end, what featurecat's adapter knows goes to it by that name, and the rest is handed on to the library
as ``options``. An adapter of the user's own gets its arguments as they are.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from featurecat.errors import UnsupportedError
from featurecat.function_modifiers.loading import load_from as own_load_from
from featurecat.function_modifiers.materializing import save_to as own_save_to
from featurecat.io.adapter_registry import ADAPTERS, LOADED_FORMATS, SAVED_FORMATS
from featurecat.io.materializers import FormatNamespace, Loading, Saving
from featurecat.io.materializers import from_ as own_from
from featurecat.io.materializers import to as own_to

__all__ = ["from_", "load_from", "save_to", "to"]

#: Formats that Hamilton calls otherwise.
_FORMATS = {"database": "sql", "spreadsheet": "excel"}
#: Formats of Hamilton that featurecat does not read or write yet.
_LATER = frozenset(
    {"avro", "dlt", "fwf", "hf_datasets", "html", "kedro", "mlflow", "plotly", "plt", "spss", "stata", "table", "xml"}
)
#: Arguments that libraries call otherwise; what is not taken by the adapter under its second name stays what it is.
_ARGUMENTS = {
    "file": "path",
    "filepath_or_buffer": "path",
    "path_or_buf": "path",
    "workbook": "path",
    "source": "path",
    "db_connection": "connection",
    "connection_uri": "connection",
    "query_or_table": "query",
    "table_name": "table",
    "sep": "delimiter",
    "separator": "delimiter",
    "usecols": "columns",
    "nrows": "rows",
    "n_rows": "rows",
    "if_table_exists": "if_exists",
}


def _told(direction: str, format_name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as featurecat's adapter takes them."""
    known = {
        name
        for adapter in ADAPTERS.candidates(direction, format_name)
        for name in (*adapter.get_required_arguments(), *adapter.get_optional_arguments())
    }
    told: dict[str, Any] = {}
    options: dict[str, Any] = {}
    for name, argument in given.items():
        known_as = name if name in known else _ARGUMENTS.get(name, name)
        if known_as == "query" and isinstance(argument, str) and " " not in argument.strip():
            known_as = "table"  # Hamilton takes either for either
        if known_as in known or "options" not in known:
            told[known_as] = argument
        else:
            options[name] = argument
    return {**told, "options": options} if options else told


class _Spelled(FormatNamespace):
    """Formats as attributes, in Hamilton's spelling.

    Args:
        own: featurecat's own.
        direction: ``load`` or ``save``.
        called: Arguments that are not the adapter's.
    """

    def __init__(self, own: FormatNamespace, direction: str, called: frozenset[str]) -> None:
        super().__init__(own.__name__, direction, make=lambda registry, name: getattr(own, name))
        self._own = own
        self._called = called

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        built_in = LOADED_FORMATS if self._direction == "load" else SAVED_FORMATS
        if name in _LATER and name not in ADAPTERS.formats(self._direction):
            raise UnsupportedError(
                f"{self.__name__}.{name} cannot be used yet: that format comes with a later release of featurecat",
                hint="register an adapter of your own: registry.register_adapter(MyAdapter)",
            )
        known_as = name if name in ADAPTERS.formats(self._direction) else _FORMATS.get(name, name)
        own = getattr(self._own, known_as)
        return _speller(own, self._direction, known_as, self._called) if known_as in built_in else own


def _speller(own: Callable[..., Any], direction: str, format_name: str, called: frozenset[str]) -> Callable[..., Any]:
    def make(*given: Any, **named: Any) -> Any:
        aside = {name: argument for name, argument in named.items() if name in called}
        rest = {name: argument for name, argument in named.items() if name not in called}
        made = own(*given, **aside, **_told(direction, format_name, rest))
        if isinstance(made, Saving | Loading):
            frame = sys._getframe(1)
            return replace(made, place=(frame.f_code.co_filename, frame.f_lineno))
        return made

    make.__name__ = make.__qualname__ = getattr(own, "__name__", format_name)
    make.__doc__ = own.__doc__
    return make


to = _Spelled(own_to, "save", frozenset({"id", "dependencies", "combine"}))
from_ = _Spelled(own_from, "load", frozenset({"target"}))
load_from = _Spelled(own_load_from, "load", frozenset({"inject_"}))
save_to = _Spelled(own_save_to, "save", frozenset({"output_name_", "target_"}))
