"""A statement that lists all rows at fault, for any DuckDB client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from featurecat.project.check.subjects import Published
from featurecat.records import GateResult

__all__ = ["fault_query"]


def fault_query(result: GateResult, published: Published, path: str) -> GateResult:
    """A result with the statement that lists all its rows at fault, where SQL can say which these are.

    Args:
        result: The result.
        published: Where the values lie.
        path: The file, as it would be typed.
    """
    column = _name(published.column)
    condition = _condition(result.check.kind, result.check.params, column, published.entity)
    if condition is None:
        return result
    shown = ", ".join(dict.fromkeys([*map(_name, published.entity), column]))
    return replace(result, query=f"SELECT {shown} FROM {_text(path)} WHERE {condition}")


def _condition(kind: str, params: Mapping[str, Any], column: str, entity: tuple[str, ...]) -> str | None:
    if kind in ("allow_nans", "max_fraction_nans", "not_null"):
        return f"{column} IS NULL"
    if kind == "range":
        family = params.get("family", "number")
        parts = [
            f"{column} {operator} {_literal(params[side], family)}"
            for side, operator in (("low", "<"), ("high", ">"))
            if params.get(side) is not None
        ]
        return " OR ".join(parts)
    if kind == "values_in":
        family = params.get("family", "number")
        return f"{column} NOT IN ({', '.join(_literal(value, family) for value in params['values'])})"
    if kind == "matches":
        return f"NOT regexp_full_match({column}, {_text(params['pattern'])})" if "pattern" in params else None
    if kind in ("unique", "key"):
        keys = ", ".join(map(_name, params.get("columns", ()))) or column
        return f"true QUALIFY count(*) OVER (PARTITION BY {keys}) > 1"
    if kind == "compare" and {"operator", "other"} <= params.keys() and not params.get("tolerance"):
        return f"NOT ({column} {params['operator']} {_name(params['other'])})"
    return None


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _literal(value: Any, family: str) -> str:
    if family == "number":
        return repr(int(value)) if float(value).is_integer() and abs(value) < 2**63 else repr(value)
    types = {"date": "DATE ", "datetime": "TIMESTAMP ", "datetime with time zone": "TIMESTAMPTZ "}
    return types.get(family, "") + _text(str(value))
