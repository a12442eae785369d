"""Names of Arrow logical types, read from anything a user may write; needs no third party.

A *logical type* is Arrow's own name for what a column holds, apart from how it is laid out: ``int64``, ``double``,
``bool``, ``string`` (whether ``large_string`` or not), ``date32[day]``, ``timestamp[us]``, ``timestamp[us, tz=UTC]``,
``dictionary<string>`` (categories), ``list<double>``. A *type family* such as ``integer`` stands for several of them.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

from featurecat.errors import ModifierError, did_you_mean

__all__ = ["FAMILIES", "LOGICAL_TYPES", "fits_type", "logical_type_name", "type_or_family_name"]

_SIGNED = ("int8", "int16", "int32", "int64")
_UNSIGNED = ("uint8", "uint16", "uint32", "uint64")
_FLOATING = ("halffloat", "float", "double")

#: Logical types without parameters.
LOGICAL_TYPES = (
    *("bool", *_SIGNED, *_UNSIGNED, *_FLOATING),
    *("string", "binary", "date32[day]", "time64[us]", "timestamp[us]", "duration[us]"),
    *("dictionary<string>", "null"),
)

#: Names that stand for several logical types, with what they stand for.
FAMILIES = {
    "integer": "whole numbers of any width",
    "signedinteger": "whole numbers with a sign",
    "unsignedinteger": "whole numbers without a sign",
    "floating": "floating point numbers of any width",
    "number": "whole, floating point and decimal numbers",
    "timestamp": "points in time, with or without time zone",
    "duration": "spans of time",
    "object": "what pandas keeps as objects: text, bytes, dates, lists, categories",
}

# What users call them besides: Python, numpy, pandas, Polars and SQL names, all in lower case.
_SPELLINGS = {
    "bool": "boolean bool_",
    "int64": "int integer bigint long intp",
    "halffloat": "float16",
    "float": "float32 single real",
    "double": "float64",
    "string": "str utf8 large_string string_view large_utf8 text varchar str_ unicode",
    "binary": "bytes large_binary binary_view bytes_ blob",
    "date32[day]": "date date32",
    "time64[us]": "time time64",
    "timestamp[us]": "datetime timestamp datetime64",
    "duration[us]": "timedelta duration timedelta64",
    "dictionary<string>": "dictionary category categorical enum",
    "null": "none nonetype",
    "decimal128(38, 9)": "decimal",
}
_ALIASES = {name: name for name in LOGICAL_TYPES} | {
    spelling: name for name, spellings in _SPELLINGS.items() for spelling in spellings.split()
}
_FAMILY_ALIASES = {
    "datetime": "timestamp",
    "datetime64": "timestamp",
    "timedelta": "duration",
    "timedelta64": "duration",
}
# As text "float" is Arrow's name of 32 bits; Python's own type has 64.
_LOGICAL_TYPE_OF_PYTHON: dict[type, str] = {int: "int64", float: "double"}
_FAMILY_OF_PYTHON: dict[type, str] = {
    int: "integer",
    float: "floating",
    object: "object",
    datetime.datetime: "timestamp",
    datetime.timedelta: "duration",
}

_TIME = re.compile(r"(timestamp|datetime64|datetime)\[(s|ms|us|ns)(?:,\s*(?:tz=)?(.+))?\]", re.IGNORECASE)
_POLARS_TIME = re.compile(r"datetime\(time_unit='(ms|us|ns)'(?:, time_zone=(?:'(.+)'|none))?\)", re.IGNORECASE)
_SPAN = re.compile(r"(?:duration|timedelta64|timedelta)\[(s|ms|us|ns)\]", re.IGNORECASE)
_POLARS_SPAN = re.compile(r"duration\(time_unit='(ms|us|ns)'\)", re.IGNORECASE)
_CLOCK = re.compile(r"time(32|64)\[(s|ms|us|ns)\]", re.IGNORECASE)
_DECIMAL = re.compile(r"decimal(?:128|256)?\((?:precision=)?(\d+),\s*(?:scale=)?(-?\d+)\)", re.IGNORECASE)
_LIST = re.compile(r"(?:large_)?list<(?:\w+: )?(.+)>", re.IGNORECASE)
_POLARS_LIST = re.compile(r"list\((.+)\)", re.IGNORECASE)
_DICTIONARY = re.compile(r"dictionary<(?:values=)?(?:large_)?(?:string|utf8)(?:, .*)?>", re.IGNORECASE)
_POLARS_CATEGORY = re.compile(r"(?:categorical|enum)\(.*\)", re.IGNORECASE | re.DOTALL)
_PANDAS_ARROW = re.compile(r"(.+)\[pyarrow\]", re.IGNORECASE)


def logical_type_name(dtype: object) -> str:
    """The Arrow logical type that ``dtype`` names.

    Args:
        dtype: A name (``"float64"``, ``"timestamp[us, tz=UTC]"``) or a Python, numpy, pandas, Polars or Arrow type.

    Returns:
        Arrow's own name, such as ``double``.

    Raises:
        ModifierError: When no such type exists; the hint offers names near it.

    Example:
        >>> logical_type_name("float64"), logical_type_name(int), logical_type_name("datetime64[ns, UTC]")
        ('double', 'int64', 'timestamp[ns, tz=UTC]')
    """
    if isinstance(dtype, type) and dtype in _LOGICAL_TYPE_OF_PYTHON:
        return _LOGICAL_TYPE_OF_PYTHON[dtype]
    name = _find_logical_type(_written_name(dtype))
    if name is None:
        raise _unknown_type(dtype, [*LOGICAL_TYPES, *_ALIASES])
    return name


def type_or_family_name(dtype: object) -> str:
    """The logical type or the type family that ``dtype`` names, as ``check_output(data_type=)`` takes it.

    Python's ``int`` and ``float`` and numpy's abstract types (``np.integer``, ``np.floating``, ``np.number``) stand for
    a family, so that 32 bits from one engine fit as well as 64 from another; ``np.float64`` and names are exact.

    Args:
        dtype: As for :func:`logical_type_name`, or a key of :data:`FAMILIES`.

    Raises:
        ModifierError: When it is neither.

    Example:
        >>> type_or_family_name(float), type_or_family_name("float64"), type_or_family_name("number")
        ('floating', 'double', 'number')
    """
    if isinstance(dtype, type) and dtype in _FAMILY_OF_PYTHON:
        return _FAMILY_OF_PYTHON[dtype]
    written = _written_name(dtype)
    folded = written.casefold().rstrip("_")
    if folded in FAMILIES:
        return folded
    if folded in ("int", "float"):  # as text they mean what the Python types mean
        return {"int": "integer", "float": "floating"}[folded]
    if isinstance(dtype, type) and folded in _FAMILY_ALIASES:  # np.datetime64, pl.Datetime: no unit, no time zone
        return _FAMILY_ALIASES[folded]
    name = _find_logical_type(written)
    if name is None:
        raise _unknown_type(dtype, [*LOGICAL_TYPES, *FAMILIES, *_ALIASES])
    return name


def fits_type(actual: str, wanted: str) -> bool:
    """Whether a column of logical type ``actual`` is of the type or family ``wanted``.

    Units of time are not compared, for they differ between versions of pandas; time zones are.

    Args:
        actual: A logical type.
        wanted: What :func:`logical_type_name` or :func:`type_or_family_name` gave.

    Example:
        >>> fits_type("int32", "integer"), fits_type("timestamp[us]", "timestamp[ns]"), fits_type("double", "int64")
        (True, True, False)
    """
    if wanted in FAMILIES:
        return _in_family(actual, wanted)
    return actual == wanted or _without_unit(actual) == _without_unit(wanted)


def _in_family(actual: str, family: str) -> bool:
    numeric = {
        "integer": (*_SIGNED, *_UNSIGNED),
        "signedinteger": _SIGNED,
        "unsignedinteger": _UNSIGNED,
        "floating": _FLOATING,
        "number": (*_SIGNED, *_UNSIGNED, *_FLOATING),
    }
    if family in numeric:
        return actual in numeric[family] or (family == "number" and actual.startswith("decimal"))
    if family == "object":
        return actual not in numeric["number"] and actual != "bool" and not actual.startswith(("timestamp", "duration"))
    return actual.startswith(family)


def _without_unit(name: str) -> str:
    return re.sub(r"^(timestamp|duration|time)(?:32|64)?\[(?:s|ms|us|ns)", r"\1[", name)


def _written_name(dtype: object) -> str:
    """The name under which a type object is known: its class name, or its text for instances with parameters."""
    if isinstance(dtype, str):
        return dtype.strip()
    if isinstance(dtype, type):
        return dtype.__name__
    # numpy and pandas dtypes carry a name that reads better than their repr
    name: Any = getattr(dtype, "name", None)
    return name if isinstance(name, str) else str(dtype)


def _find_logical_type(written: str) -> str | None:
    folded = written.casefold()
    if folded in _ALIASES:
        return _ALIASES[folded]
    for pattern, build in _PATTERNS:
        if match := pattern.fullmatch(written):
            return build(match)
    return None


def _time_name(unit: str, zone: str | None) -> str:
    return f"timestamp[{unit.lower()}, tz={zone}]" if zone else f"timestamp[{unit.lower()}]"


def _clock_name(match: re.Match[str]) -> str | None:
    unit = match[2].lower()
    return f"time{match[1]}[{unit}]" if (unit in ("s", "ms")) == (match[1] == "32") else None


def _list_name(match: re.Match[str]) -> str | None:
    item = _find_logical_type(match[1])
    return None if item is None else f"list<{item}>"


_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = (
    (_TIME, lambda match: _time_name(match[2], match[3])),
    (_POLARS_TIME, lambda match: _time_name(match[1], match[2])),
    (_SPAN, lambda match: f"duration[{match[1].lower()}]"),
    (_POLARS_SPAN, lambda match: f"duration[{match[1].lower()}]"),
    (_CLOCK, _clock_name),
    (_DECIMAL, lambda match: f"decimal128({match[1]}, {match[2]})"),
    (_LIST, _list_name),
    (_POLARS_LIST, _list_name),
    (_DICTIONARY, lambda match: "dictionary<string>"),
    (_POLARS_CATEGORY, lambda match: "dictionary<string>"),
    (_PANDAS_ARROW, lambda match: _find_logical_type(match[1])),
)


def _unknown_type(dtype: object, candidates: list[str]) -> ModifierError:
    written = _written_name(dtype)
    return ModifierError(
        f"{written!r} is not a data type",
        code="invalid-modifier",
        hint=did_you_mean(written, candidates) or f"types are {', '.join(LOGICAL_TYPES)}",
    )
