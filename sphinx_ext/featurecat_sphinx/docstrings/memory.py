"""Rendered docstrings of earlier builds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sphinx.util import logging

__all__ = ["Memory"]

_logger = logging.getLogger(__name__)
_FILE = "docstrings.json"


class Memory:
    """A file of rendered texts by the digest of everything that decides how they look.

    Args:
        directory: Where the file is kept; made if need be.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / _FILE
        self._known = self._read()
        self._used: dict[str, list[Any]] = {}

    def get(self, digest: str) -> list[Any] | None:
        """HTML and complaints, or None."""
        found = self._known.get(digest)
        if found is not None:
            self._used[digest] = found
        return found

    def put(self, digest: str, told: list[Any]) -> None:
        """Remember HTML and complaints."""
        self._used[digest] = told

    def save(self) -> None:
        """Keep what was used; the rest is forgotten. The file is replaced in one step."""
        if self._used.keys() == self._known.keys():
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(self._used), encoding="utf-8")
        fresh.replace(self._path)

    def _read(self) -> dict[str, list[Any]]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            _logger.info("%s cannot be read; documentation is rendered anew", self._path.name)
            return {}
        sound = isinstance(found, dict) and all(
            isinstance(told, list) and len(told) == 2 and isinstance(told[0], str) and isinstance(told[1], list)
            for told in found.values()
        )
        return found if sound else {}
