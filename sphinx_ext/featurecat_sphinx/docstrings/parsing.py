"""One docstring as a tree of docutils, with everything taken out that reaches beyond the text."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser, directives, states
from docutils.statemachine import StringList
from docutils.transforms import references
from docutils.utils import Reporter
from docutils.writers.html5_polyglot import Writer
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import sphinx_domains

__all__ = ["Complaint", "TextParser"]

#: Directives whose effect ends with the text.
HARMLESS = frozenset({
    "admonition", "attention", "caution", "centered", "code", "code-block", "compound", "container", "csv-table",
    "danger", "deprecated", "epigraph", "error", "highlights", "hint", "hlist", "important", "list-table", "math",
    "note", "parsed-literal", "pull-quote", "rubric", "seealso", "sourcecode", "table", "tip", "topic", "versionadded",
    "versionchanged", "versionremoved", "warning",
})  # fmt: skip
_TRANSFORMS = (
    references.Substitutions,
    references.PropagateTargets,
    references.AnonymousHyperlinks,
    references.IndirectHyperlinks,
    references.Footnotes,
    references.ExternalTargets,
    references.InternalTargets,
    references.DanglingReferences,
)
_SCHEMES = ("http:", "https:", "mailto:", "ftp:")
_SCHEME = re.compile(r"^[\s\x00-\x20]*[a-zA-Z][a-zA-Z0-9+.\x00-\x20-]*:")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong in a docstring: in which of its lines (from 0; None if unknown), and what."""

    line: int | None
    text: str


class _Component:
    """What docutils asks for its transforms."""

    supported = ("html",)
    component_type = "reader"

    def get_transforms(self) -> list[Any]:
        return list(_TRANSFORMS)

    def supports(self, name: str) -> bool:
        return name in self.supported

    unknown_reference_resolvers = ()


class TextParser:
    """Parses docstrings inside a build that has read its documents.

    Args:
        environment: Of the build.
        name: The document the texts pretend to be.
    """

    def __init__(self, environment: BuildEnvironment, name: str) -> None:
        self.environment = environment
        self.name = name
        settings = get_default_settings(Parser(), Writer())
        for key, value in environment.settings.items():
            setattr(settings, key, value)
        settings.env = environment
        settings.raw_enabled = False
        settings.file_insertion_enabled = False
        settings.id_prefix = "doc-"
        settings.smart_quotes = False
        settings.report_level = Reporter.WARNING_LEVEL
        settings.halt_level = Reporter.SEVERE_LEVEL + 1
        settings.line_length_limit = 200_000
        self.settings = settings

    @contextmanager
    def reading(self) -> Iterator[None]:
        """The time in which texts are parsed: roles and directives are known, those that do harm are not."""
        environment = self.environment
        before = (
            environment.current_document if hasattr(environment, "current_document") else dict(environment.temp_data)
        )
        environment.prepare_settings(self.name)
        try:
            with sphinx_domains(environment):
                known = directives.directive

                def harmless(name: str, language: Any, document: Any) -> Any:
                    return known(name, language, document) if name.lower() in HARMLESS else (None, [])

                directives.directive = harmless
                try:
                    yield
                finally:
                    directives.directive = known
        finally:
            _restore(environment, before)

    def document(self, source: str = "docstring") -> nodes.document:
        """An empty document with the settings of these texts."""
        settings = copy.copy(self.settings)
        reporter = Reporter(source, settings.report_level, settings.halt_level, stream=False)
        document = nodes.document(settings, reporter, source=source)
        document.note_source(source, -1)
        return document

    def parsed(
        self, lines: Sequence[tuple[str, int]], file: str, first: int
    ) -> tuple[nodes.container, list[Complaint]]:
        """A docstring as a container.

        Args:
            lines: reStructuredText, with the lines of the docstring it comes from.
            file: Where the docstring stands.
            first: Number of its first line there.
        """
        document = self.document(file)
        complaints: list[Complaint] = []
        document.reporter.attach_observer(lambda message: complaints.append(_complaint(message, first)))
        machine = states.RSTStateMachine(state_classes=states.state_classes, initial_state="Body", debug=False)
        items = [(file, first + place - 1) for _, place in lines]
        machine.run(StringList([line for line, _ in lines], items=items), document, inliner=states.Inliner())
        document.transformer.populate_from_components((_Component(),))
        document.transformer.apply_transforms()
        _tamed(document)
        container = nodes.container()
        container += document.children
        return container, complaints


def _restore(environment: BuildEnvironment, before: Any) -> None:
    if hasattr(environment, "current_document"):
        environment.current_document = before
    else:
        environment.temp_data.clear()  # Sphinx before 8.2
        environment.temp_data.update(before)


def _complaint(message: nodes.system_message, first: int) -> Complaint:
    line = message.get("line")
    return Complaint(None if line is None else max(line - first, 0), nodes.Element.astext(message))


def _tamed(document: nodes.document) -> None:
    """Take out what a text must not hold: raw output, pictures, addresses that run code, headings of its own."""
    for kind in (nodes.raw, nodes.image, nodes.figure, nodes.system_message, nodes.pending, nodes.comment):
        for node in list(document.findall(kind)):
            node.parent.remove(node)
    for node in list(document.findall(nodes.problematic)):
        node.replace_self(nodes.literal("", node.astext()))
    for reference in list(document.findall(nodes.reference)):
        address = reference.get("refuri", "")
        if _SCHEME.match(address) and not address.strip().lower().startswith(_SCHEMES):
            reference.replace_self(reference.children)
    for section in reversed(list(document.findall(nodes.section))):
        title = section.children[0] if section.children and isinstance(section.children[0], nodes.title) else None
        children = section.children[1:] if title is not None else section.children
        rubric = [nodes.rubric("", "", *title.children)] if title is not None else []
        section.replace_self([*rubric, *children])
    for title in list(document.findall(nodes.title)):
        if title.parent is document:
            title.replace_self(nodes.rubric("", "", *title.children))
