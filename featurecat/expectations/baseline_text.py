"""The text of a baseline file, checked by hand: every fault with its line and a way out."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from featurecat.errors import did_you_mean

__all__ = ["Fault", "read_document"]

_KEYS = ("allowed", "expires", "feature", "kind", "owner", "reason")
_NEEDED = ("allowed", "expires", "feature", "kind")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ID = re.compile(r"[0-9a-f]{16}")
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?: |$)", re.MULTILINE)


class Fault(NamedTuple):
    """What is wrong with the text."""

    message: str
    line: int | None
    hint: str | None = None


class _Twice(dict[str, Any]):
    """A JSON object that knows which of its keys stood in it twice."""

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        counts = Counter(name for name, _ in pairs) if len(self) < len(pairs) else Counter()
        self.repeated = [name for name, count in counts.items() if count > 1]


def read_document(text: str, version: int, parts: Mapping[str, str]) -> tuple[dict[str, Any], list[Fault]]:
    """Read and check a baseline's text.

    Args:
        text: JSON.
        version: The newest schema version that is understood.
        parts: Tool to the key of its entries.

    Returns:
        The document, with every part, and what is wrong with it; with faults it must not be used.
    """
    if conflict := _CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        return {}, [Fault("the baseline has conflict markers of a merge", line, "keep the entries of both sides")]
    try:
        document = json.loads(text, object_pairs_hook=_Twice)
    except json.JSONDecodeError as error:
        return {}, [Fault(f"the baseline is not valid JSON: {error.msg}", error.lineno, "mend the file")]
    except ValueError as error:  # a number of thousands of digits
        return {}, [Fault(f"the baseline is not valid JSON: {error}", None, "mend the file")]
    except RecursionError:
        return {}, [Fault("the baseline is nested too deeply", 1, "mend the file")]
    faults = list(_document_faults(document, text, version, tuple(parts.values())))
    if faults:
        return {}, faults
    return {part: document.get(part, {}) for part in parts.values()}, []


def _document_faults(document: Any, text: str, version: int, parts: Sequence[str]) -> Iterator[Fault]:
    if not isinstance(document, _Twice):
        yield Fault("the baseline is no JSON object", 1, '{"schema_version": 1, "checks": {}}')
        return
    stated = document.get("schema_version")
    line = _line_of(text, ["schema_version"])
    if isinstance(stated, bool) or not isinstance(stated, int) or stated < 1:
        yield Fault("the baseline has no schema_version", line, f'"schema_version": {version}')
        return
    if stated > version:
        yield Fault(f"the baseline was written by a newer featurecat (schema {stated})", line, "upgrade featurecat")
        return
    for name in document.keys() - {"schema_version", *parts}:
        hint = did_you_mean(name, parts) or f"known keys are {', '.join(parts)}"
        yield Fault(f"the baseline has an unknown key {name!r}", _line_of(text, [name]), hint)
    for name in document.repeated:
        yield Fault(f"{name!r} stands twice in the baseline", _line_of(text, [name]), "keep one of them")
    for part in parts:
        yield from _part_faults(document.get(part, _Twice([])), text, part)


def _part_faults(entries: Any, text: str, part: str) -> Iterator[Fault]:
    if not isinstance(entries, _Twice):
        yield Fault(f"{part!r} of the baseline is no JSON object", _line_of(text, [part]), "check ids to entries")
        return
    for check_id in entries.repeated:
        where = _line_of(text, [part, check_id, check_id])
        yield Fault(f"{check_id!r} stands twice in the baseline", where, "keep one of them")
    for check_id, entry in entries.items():
        for name, message, hint in _entry_faults(check_id, entry):
            path = [part, check_id, *([name] if name else [])]
            yield Fault(f"entry {check_id} of the baseline {message}", _line_of(text, path), hint)


def _entry_faults(check_id: str, entry: Any) -> Iterator[tuple[str, str, str | None]]:
    """The key at fault or an empty text, what is wrong, the way out."""
    if not _ID.fullmatch(check_id):
        yield "", "has no check id of 16 hexadecimal digits", "featurecat check --update-baseline writes them"
    if not isinstance(entry, _Twice):
        yield "", "is no JSON object", None
        return
    for name in entry.repeated:
        yield name, f"says {name!r} twice", "keep one of them"
    for name in sorted(entry.keys() - set(_KEYS)):
        yield name, f"has an unknown key {name!r}", did_you_mean(name, _KEYS) or f"known keys are {', '.join(_KEYS)}"
    missing = [name for name in _NEEDED if name not in entry]
    if missing:
        yield "", f"lacks {' and '.join(missing)}", None
    for name, stated in entry.items():
        if name in _VALUES:
            fits, message, hint = _VALUES[name]
            if not fits(stated):
                yield name, message, hint


def _is_day(stated: Any) -> bool:
    if not isinstance(stated, str) or not _DAY.fullmatch(stated):
        return False
    try:
        date.fromisoformat(stated)
    except ValueError:
        return False
    return True


def _is_allowance(stated: Any) -> bool:
    if not isinstance(stated, dict):
        return stated is True
    if stated.keys() == {"rows"}:
        return type(stated["rows"]) is int and stated["rows"] >= 0
    return stated.keys() == {"share"} and type(stated["share"]) in (int, float) and 0 <= stated["share"] <= 1


def _is_text(stated: Any) -> bool:
    return isinstance(stated, str)


def _is_text_or_null(stated: Any) -> bool:
    return stated is None or isinstance(stated, str)


#: Key to what its value must be, what is said where it is not, and the way out.
_VALUES: Mapping[str, tuple[Callable[[Any], bool], str, str | None]] = {
    "allowed": (_is_allowance, "allows what cannot be allowed", '"allowed": {"rows": 12}, {"share": 0.01} or true'),
    "expires": (_is_day, "expires on what is no date", '"expires": "2026-12-31"'),
    "feature": (_is_text, "needs a text as feature", None),
    "kind": (_is_text, "needs a text as kind", None),
    "owner": (_is_text_or_null, "needs a text as owner", '"owner": null'),
    "reason": (_is_text_or_null, "needs a text as reason", '"reason": null'),
}


def _line_of(text: str, path: Sequence[str]) -> int | None:
    """The line on which the last key of a path stands, each looked for after the one before."""
    position = 0
    found = None
    for name in path:
        after = re.compile(rf"{re.escape(json.dumps(name, ensure_ascii=False))}\s*:").search(text, position)
        if after is None:
            break
        found, position = after.start(), after.end()
    return None if found is None else text.count("\n", 0, found) + 1
