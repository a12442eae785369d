"""Renders docstrings in batches: following references costs the same for one text as for forty."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import docutils
import sphinx
from sphinx.application import Sphinx
from sphinx.util import logging

from featurecat_sphinx.docstrings.formats import as_restructured_text, format_of, markdown_html, plain_html
from featurecat_sphinx.docstrings.memory import Memory
from featurecat_sphinx.docstrings.parsing import Complaint, TextParser
from featurecat_sphinx.version import VERSION

__all__ = ["DocstringRenderer", "DocumentedText"]

_logger = logging.getLogger(__name__)
#: As deep as the pages of features, so that relative links fit.
_NAME = "features/fc-module/fc-docstrings"
_MOST_IN_BATCH = 40
_ROLE = re.compile(r":(?P<role>[a-z][a-z0-9_.:+-]*):`(?P<text>[^`]*)`", re.IGNORECASE)
_TARGET = re.compile(r"<([^<>]+)>\s*$")


@dataclass(frozen=True, slots=True)
class DocumentedText:
    """A docstring: whose it is, and where it stands (line from 1)."""

    key: str
    text: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class _Rendered:
    """HTML of a docstring, and what is wrong in it."""

    key: str
    html: str
    complaints: tuple[Complaint, ...]


class DocstringRenderer:
    """Renders docstrings inside a build that has read its documents.

    Args:
        app: The build.
        docstring_format: ``auto``, ``rst``, ``numpy``, ``google``, ``markdown`` or ``plain``.
        cache_directory: Where rendered texts are kept between builds.
        jobs: Processes.
        address_of: Tells what a reference of the domain leads to now; None for a dead one.
    """

    def __init__(
        self,
        app: Sphinx,
        *,
        docstring_format: str,
        cache_directory: Path,
        jobs: int = 1,
        address_of: Callable[[str, str], str | None] = lambda _role, _name: None,
    ) -> None:
        self._app = app
        self._format = docstring_format
        self._memory = Memory(cache_directory)
        self._jobs = jobs
        #: Whether something was wrong in a text.
        self.complained = False
        self._address_of = address_of
        self._salt = repr(
            (VERSION, sphinx.version_info, docutils.__version__, app.config.nitpicky, app.config.language)
        )

    def render(self, texts: Sequence[DocumentedText], *, batch_of: Callable[[DocumentedText], str]) -> dict[str, str]:
        """HTML of docstrings, for pages as deep as those of features.

        Args:
            texts: Docstrings.
            batch_of: What texts of one batch have in common, such as their module.

        Returns:
            HTML by key. What is wrong in a text is logged with its file and line, and costs its neighbours nothing.
        """
        found: dict[str, str] = {}
        waiting: dict[str, list[DocumentedText]] = {}
        digests: dict[str, str | None] = {}
        told: list[tuple[DocumentedText, Sequence[Complaint]]] = []
        for text in texts:
            kind = format_of(text.text, self._format)
            if kind == "plain":
                found[text.key] = plain_html(text.text)
            elif kind == "markdown":
                found[text.key] = markdown_html(text.text)
            else:
                digest = digests[text.key] = self._digest(text, kind)
                known = self._memory.get(digest) if digest is not None else None
                if known is None:
                    waiting.setdefault(batch_of(text), []).append(text)
                else:
                    found[text.key] = known[0]
                    told.append((text, [Complaint(*complaint) for complaint in known[1]]))
        by_key = {text.key: text for text in texts}
        for rendered in self._rendered(_cut(waiting.values())):
            found[rendered.key] = rendered.html
            told.append((by_key[rendered.key], rendered.complaints))
            digest = digests[rendered.key]
            if digest is not None:
                kept = [[complaint.line, complaint.text] for complaint in rendered.complaints]
                self._memory.put(digest, [rendered.html, kept])
        self._memory.save()
        order = {text.key: place for place, text in enumerate(texts)}
        for text, complaints in sorted(told, key=lambda entry: order[entry[0].key]):
            self.complained |= bool(complaints)
            _tell(text, complaints)
        return found

    def _digest(self, text: DocumentedText, kind: str) -> str | None:
        """What decides how a text looks; None if it refers to what cannot be told from here."""
        targets = []
        for match in _ROLE.finditer(text.text):
            role, said = match["role"].removeprefix("fc:"), match["text"]
            if not match["role"].startswith("fc:"):
                return None
            target = _TARGET.search(said)
            targets.append(self._address_of(role, (target[1] if target else said).lstrip("!~")))
        return hashlib.sha256(repr((self._salt, kind, text.text, targets)).encode("utf-8", "replace")).hexdigest()

    def _rendered(self, batches: Sequence[Sequence[DocumentedText]]) -> Iterable[_Rendered]:
        if self._jobs > 1 and len(batches) > 1 and hasattr(os, "fork"):
            global _renderer
            _renderer = self
            context = multiprocessing.get_context("fork")
            with context.Pool(min(self._jobs, len(batches))) as pool:
                return [one for batch in pool.map(_in_worker, batches) for one in batch]
        return [one for batch in batches for one in self._batch(batch)]

    def _batch(self, texts: Sequence[DocumentedText]) -> list[_Rendered]:
        """Render some texts together; one by one, if that fails."""
        try:
            return self._together(texts)
        except Exception as error:  # noqa: BLE001 - a text can make any role or translator fail; it is told, and shown as it is
            if len(texts) > 1:
                return [one for text in texts for one in self._batch([text])]
            (text,) = texts
            complaint = Complaint(0, f"cannot be rendered, and is shown as it is written: {error}")
            return [_Rendered(text.key, f"<pre>{escape(text.text)}</pre>\n", (complaint,))]

    def _together(self, texts: Sequence[DocumentedText]) -> list[_Rendered]:
        environment = self._app.env
        parser = TextParser(environment, _NAME)
        whole = parser.document()
        complaints: dict[str, list[Complaint]] = {}
        with logging.pending_warnings() as handler:
            with parser.reading():
                for text in texts:
                    lines = as_restructured_text(text.text, format_of(text.text, self._format))
                    container, complaints[text.key] = parser.parsed(lines, text.file, text.line)
                    whole += container
            containers = list(whole.children)
            environment.apply_post_transforms(whole, _NAME)
            records = handler.clear()  # type: ignore[attr-defined]
        for record in records:
            _assign(record, texts, complaints)
        visitor: Any = self._app.builder.create_translator(whole, self._app.builder)
        rendered = []
        for text, container in zip(texts, containers, strict=True):
            start = len(visitor.body)
            for child in container.children:
                child.walkabout(visitor)
            html = "".join(visitor.body[start:])
            rendered.append(_Rendered(text.key, html, tuple(complaints[text.key])))
        return rendered


_renderer: DocstringRenderer


def _in_worker(texts: Sequence[DocumentedText]) -> list[_Rendered]:
    return _renderer._batch(texts)


def _cut(groups: Iterable[Sequence[DocumentedText]]) -> list[Sequence[DocumentedText]]:
    return [group[start : start + _MOST_IN_BATCH] for group in groups for start in range(0, len(group), _MOST_IN_BATCH)]


def _assign(record: Any, texts: Sequence[DocumentedText], complaints: dict[str, list[Complaint]]) -> None:
    """Give a warning that was logged while references were followed to the text it is about."""
    location = str(getattr(record, "location", "") or "")
    file, _, number = location.rpartition(":")
    line = int(number) if number.isdigit() else None
    fitting = [text for text in texts if file.endswith(text.file) and (line is None or text.line <= line)]
    text = max(fitting, key=lambda one: one.line, default=texts[0])
    place = None if line is None else max(line - text.line, 0)
    complaints[text.key].append(Complaint(place, record.getMessage()))


def _tell(text: DocumentedText, complaints: Iterable[Complaint]) -> None:
    for complaint in complaints:
        place = text.line + (complaint.line or 0)
        _logger.warning(
            "%s: %s", text.key, complaint.text, location=f"{text.file}:{place}", type="fc", subtype="docstring"
        )
