"""The baseline: which expectations are known not to hold, how badly, until when, and who answers for it.

A file of the repository. Its entries are keyed on the id of a check, never on a message or a count, and stand in a
fixed order, a line for each value, so that two branches merge. Only ``--update-baseline`` adds to it; ``--ratchet``
only takes away.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from featurecat.errors import DefinitionError, Problem, StoreError
from featurecat.expectations.baseline_text import read_document

__all__ = [
    "BASELINE_VERSION",
    "TOOLS",
    "Allowance",
    "Allowed",
    "Baseline",
    "BaselineEntry",
    "Expired",
    "Unknown",
    "Worse",
    "dump_baseline",
    "parse_baseline",
    "read_baseline",
    "write_baseline",
]

BASELINE_VERSION = 1
#: Who fills which part of the file: ``featurecat check`` and ``featurecat lint``.
TOOLS: Mapping[str, str] = {"check": "checks", "lint": "lint"}


@dataclass(frozen=True, slots=True)
class Allowance:
    """How bad it may be: at most so many rows at fault, or that share of the rows; without either, however bad.

    Attributes:
        rows: Rows at fault.
        share: Rows at fault over all rows, 0 to 1.
    """

    rows: int | None = None
    share: float | None = None

    def holds(self, failing_rows: int | None, rows: int | None) -> bool:
        """Whether so many rows at fault are allowed; what was not counted is not.

        Example:
            >>> Allowance(rows=3).holds(3, 10), Allowance(share=0.25).holds(3, 10), Allowance().holds(None, None)
            (True, False, True)
        """
        if self.rows is None and self.share is None:
            return True
        if failing_rows is None:
            return False
        if self.rows is not None:
            return failing_rows <= self.rows
        return bool(rows) and Fraction(failing_rows, rows or 1) <= Fraction(str(self.share))

    def as_json(self) -> Any:
        """As the file says it: ``{"rows": 3}``, ``{"share": 0.25}`` or true."""
        if self.rows is not None:
            return {"rows": self.rows}
        return True if self.share is None else {"share": self.share}

    def __str__(self) -> str:
        if self.rows is not None:
            return f"{self.rows:,} {'row' if self.rows == 1 else 'rows'}"
        return "any" if self.share is None else f"{float(self.share) * 100:.6g}% of the rows"


@dataclass(frozen=True, slots=True)
class BaselineEntry:
    """One expectation, or one finding of a rule, that is known.

    Attributes:
        check_id: Id of the check.
        feature: Catalog key, for readers of the file and for what a selection leaves alone.
        kind: Kind of the expectation, or the name of the rule.
        allowed: How bad it may be.
        expires: The last day it is good for, UTC.
        owner: Who answers for it, or None.
        reason: Why, or None.
        tool: ``check`` or ``lint``.
    """

    check_id: str
    feature: str
    kind: str
    allowed: Allowance
    expires: date
    owner: str | None = None
    reason: str | None = None
    tool: str = "check"


@dataclass(frozen=True, slots=True)
class Allowed:
    """No worse than the baseline allows."""

    entry: BaselineEntry


@dataclass(frozen=True, slots=True)
class Worse:
    """Known, but worse than the baseline allows."""

    entry: BaselineEntry


@dataclass(frozen=True, slots=True)
class Expired:
    """Known, but the entry is good no more."""

    entry: BaselineEntry


@dataclass(frozen=True, slots=True)
class Unknown:
    """The baseline does not know it."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries by check id."""

    entries: Mapping[str, BaselineEntry] = field(default_factory=dict)

    def judge(
        self, check_id: str, failing_rows: int | None, *, rows: int | None, today: date
    ) -> Allowed | Worse | Expired | Unknown:
        """What the baseline says of an expectation that did not hold.

        Args:
            check_id: Its id.
            failing_rows: Rows at fault, or None where rows are not counted.
            rows: All rows.
            today: The day it is, UTC.
        """
        entry = self.entries.get(check_id)
        if entry is None:
            return Unknown()
        if today > entry.expires:
            return Expired(entry)
        return Allowed(entry) if entry.allowed.holds(failing_rows, rows) else Worse(entry)

    def replaced(self, entries: Iterable[BaselineEntry], *, without: Iterable[str] = ()) -> Baseline:
        """The baseline with some entries put in, in place of those of the same id, and others left out."""
        merged = {**self.entries, **{entry.check_id: entry for entry in entries}}
        for check_id in without:
            merged.pop(check_id, None)
        return replace(self, entries=merged)


def dump_baseline(baseline: Baseline) -> str:
    """The one text of a baseline: sorted by part, check id and key."""
    document: dict[str, Any] = {"schema_version": BASELINE_VERSION, **{part: {} for part in TOOLS.values()}}
    for entry in baseline.entries.values():
        document[TOOLS[entry.tool]][entry.check_id] = {
            "allowed": entry.allowed.as_json(),
            "expires": entry.expires.isoformat(),
            "feature": entry.feature,
            "kind": entry.kind,
            "owner": entry.owner,
            "reason": entry.reason,
        }
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def read_baseline(path: Path) -> Baseline:
    """Read a baseline file.

    Args:
        path: Where it lies; a file that is not there is an empty baseline.

    Raises:
        DefinitionError: Code ``invalid-baseline``, with every fault: file, line, way out.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():  # a device or a pipe may never end
            raise DefinitionError("the baseline is no regular file", code="invalid-baseline", file=str(path))
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Baseline()
    except UnicodeDecodeError as error:
        raise DefinitionError("the baseline is not UTF-8 text", code="invalid-baseline", file=str(path)) from error
    except OSError as error:
        message = f"the baseline cannot be read: {error.strerror}"
        raise DefinitionError(message, code="invalid-baseline", file=str(path)) from error
    except DefinitionError:
        raise
    except ValueError as error:  # a zero character in its name
        raise DefinitionError(f"the baseline is named {str(path)!r}", code="invalid-baseline") from error
    return parse_baseline(text, str(path))


def parse_baseline(text: str, file: str | None = None) -> Baseline:
    """Read the text of a baseline file.

    Args:
        text: JSON.
        file: The file, for messages.

    Raises:
        DefinitionError: As :func:`read_baseline`.

    Example:
        >>> parse_baseline(dump_baseline(Baseline())) == Baseline()
        True
    """
    document, faults = read_document(text, BASELINE_VERSION, TOOLS)
    if faults:
        raise DefinitionError(
            [Problem("invalid-baseline", message, file, line, hint) for message, line, hint in faults]
        )
    entries = [
        _entry(tool, check_id, each) for tool, part in TOOLS.items() for check_id, each in document[part].items()
    ]
    return Baseline({entry.check_id: entry for entry in entries})


def _entry(tool: str, check_id: str, each: Mapping[str, Any]) -> BaselineEntry:
    allowed = each["allowed"]
    return BaselineEntry(
        check_id=check_id,
        feature=each["feature"],
        kind=each["kind"],
        allowed=Allowance() if allowed is True else Allowance(**allowed),
        expires=date.fromisoformat(each["expires"]),
        owner=each.get("owner"),
        reason=each.get("reason"),
        tool=tool,
    )


def write_baseline(path: Path, baseline: Baseline, *, root: Path) -> bool:
    """Write a baseline file in one step: a reader sees the old text or the new one.

    Args:
        path: Where.
        baseline: What.
        root: Folder of the project; a link that leads out of it is not followed.

    Returns:
        Whether anything changed. A file that says the same already is left alone, and an empty baseline makes none.

    Raises:
        StoreError: Code ``output-unwritable``: the path leads out of ``root``, or cannot be written.
    """
    try:
        target, home = path.resolve(), root.resolve()
    except (OSError, RuntimeError) as error:
        message = f"the baseline {path} cannot be written: its links lead in circles"
        raise StoreError(message, code="output-unwritable") from error
    if not target.is_relative_to(home):
        raise StoreError(
            f"the baseline {path} lies outside of the project {home}",
            code="output-unwritable",
            hint="[tool.featurecat.checks] baseline names a file of the project",
        )
    # half of a surrogate pair goes back into the file as the JSON escape that it came from
    content = dump_baseline(baseline).encode("utf-8", "backslashreplace")
    try:
        present = target.read_bytes() if target.exists() else None
        if present == content or (present is None and not baseline.entries):
            return False
        _replace(target, content)
    except OSError as error:
        message = f"the baseline {path} cannot be written: {error.strerror or error}; it is as it was"
        raise StoreError(message, code="output-unwritable") from error
    return True


def _replace(target: Path, content: bytes) -> None:
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        with beside.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o777)
        beside.replace(target)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
