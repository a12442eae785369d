"""Documentation taken apart into its sections, whether Google, NumPy or reStructuredText wrote it.

Nothing is lost: what is no section, or a broken one, stays text. Nothing is ever refused.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import NamedTuple

__all__ = ["DocEntry", "doc_entries", "has_sections"]

#: Headings and fields by the section they open; any other heading opens one of its own.
_SECTIONS = {
    alias: section
    for section, aliases in {
        "args": "args arguments parameters params param parameter arg argument key keyword kwarg keyword_args"
        " keyword_arguments other_parameters other_arguments other_args",
        "attributes": "attributes attribute var ivar cvar",
        "returns": "returns return",
        "yields": "yields yield",
        "raises": "raises raise except exception exceptions",
        "warns": "warns warn",
        "examples": "examples example",
        "notes": "notes note",
        "warnings": "warnings warning caution danger attention",
        "references": "references reference",
        "see also": "see_also seealso",
        "todo": "todo todos",
        "deprecated": "deprecated",
    }.items()
    for alias in aliases.split()
}
#: Fields that tell the type of what another one is about.
_TYPES = {"type": "args", "vartype": "attributes", "rtype": "returns", "ytype": "yields"}
#: Directives that say something of their own; others, such as code-block, belong to the text around them.
_DIRECTIVES = frozenset(
    [
        "note",
        "warning",
        "caution",
        "danger",
        "attention",
        "seealso",
        "deprecated",
        "versionadded",
        "versionchanged",
        "hint",
        "important",
        "tip",
        "todo",
        "example",
    ]
)
#: Before the section of an entry that only tells the type of another one.
_TOLD = ":"
_NAMED = frozenset({"args", "attributes", "raises", "warns", "see also"})
_MOST_WORDS = 4

#: What a documentation without sections has nowhere: it is looked for before anything is taken apart.
_ANY_SECTION = re.compile(
    r"^(?:[^\W\d][^\n:]*:[ ]*\n\s*?[ ]+\S|(?:-{3,}|={3,})[ ]*$|:\w[^\n]*:(?:[ ]|$)|\.\. \w)", re.M
)
_HEADING = re.compile(r"([^\W\d_][\w '/-]*):\s*$")
_UNDERLINE = re.compile(r"(?:-{3,}|={3,})\s*$")
_FIELD = re.compile(r":([^\W\d]\w*)(?:\s+([^:]+))?:(?:\s+(.*)|)$")
_DIRECTIVE = re.compile(r"\.\.\s+([\w-]+)::\s*(.*)$")
_NAMES = re.compile(r"\\?\*{0,2}[^\W\d][\w.]*(?:\s*,\s*\\?\*{0,2}[^\W\d][\w.]*)*")
_TYPE = re.compile(r"[\w.~`*]+(?:\[.*\])?(?:\s*(?:\||,|or)\s*[\w.~`*]+(?:\[.*\])?)*")


class DocEntry(NamedTuple):
    """One entry of a section.

    Attributes:
        section: ``summary``, ``text``, ``args``, ``returns``, ``raises``, … or a heading as it is written.
        name: Parameter, attribute or exception it is about.
        type: Its type as written.
        text: What is said.
    """

    section: str
    name: str | None
    type: str | None
    text: str | None


def has_sections(doc: str) -> bool:
    r"""Whether a documentation may have sections; most have none, and are told so fast.

    Example:
        >>> has_sections("Spend.\n\nPer week."), has_sections("Spend.\n\nArgs:\n    week: Which.")
        (False, True)
    """
    return ("\n" in doc or doc[:1] in (":", ".")) and _ANY_SECTION.search(doc) is not None


def doc_entries(doc: str) -> list[DocEntry]:
    r"""The entries of a documentation, in its order.

    Args:
        doc: The text, common indentation taken off.

    Returns:
        The first paragraph as ``summary``, what belongs to no section as ``text``, and the entries of the sections.

    Example:
        >>> for entry in doc_entries("Spend.\n\nArgs:\n    week (int): Which one.\n\nReturns:\n    EUR."):
        ...     print(entry.section, entry.name, entry.type, entry.text)
        summary None None Spend.
        args week int Which one.
        returns None None EUR.
    """
    lines = doc.expandtabs().splitlines()
    entries: list[DocEntry] = []
    plain: list[str] = []
    position = 0
    while position < len(lines):
        found = _section_at(lines, position) if _may_begin(lines, position) else None
        if found is None:
            plain.append(lines[position])
            position += 1
            continue
        entries += _plain_entries(plain, first=not entries)
        plain = []
        position, inner = found
        entries += inner
    return _with_types([*entries, *_plain_entries(plain, first=not entries)])


def _may_begin(lines: Sequence[str], position: int) -> bool:
    return bool(lines[position]) and not lines[position][0].isspace()


def _plain_entries(lines: Sequence[str], *, first: bool) -> Iterator[DocEntry]:
    """Lines outside all sections; the first paragraph of all is the summary."""
    text = _joined(lines)
    if first and text:
        paragraph, _, text = text.partition("\n\n")
        yield DocEntry("summary", None, None, " ".join(paragraph.split()))
    if text.strip():
        yield DocEntry("text", None, None, _joined(text.split("\n")))


def _section_at(lines: Sequence[str], position: int) -> tuple[int, list[DocEntry]] | None:
    """The section that begins at a line, with the line after it."""
    line = lines[position]
    if line[0] == ":":
        return _field(lines, position)
    if line.startswith(".. "):
        return _directive(lines, position)
    if position + 1 < len(lines) and _UNDERLINE.match(lines[position + 1]):
        return _underlined(lines, position)
    return _headed(lines, position) if line.rstrip().endswith(":") else None


def _headed(lines: Sequence[str], position: int) -> tuple[int, list[DocEntry]] | None:
    """A section of Google's: a heading with a colon, and indented lines."""
    heading = _HEADING.match(lines[position])
    if heading is None:
        return None
    section = _section(heading[1])
    end = _indented_end(lines, position + 1)
    body = lines[position + 1 : end]
    known = section in _SECTIONS.values()
    apart = position == 0 or not lines[position - 1].strip()
    if not _joined(body) or not (known or (apart and body[0].strip() and len(heading[1].split()) <= _MOST_WORDS)):
        return None
    return end, _google_entries(section, textwrap.dedent("\n".join(body)).split("\n"))


def _google_entries(section: str, body: Sequence[str]) -> list[DocEntry]:
    if section in _NAMED:
        entries: list[DocEntry] = []
        for item in _items(body):
            entry = _google_item(section, item)
            if entry.name is None and entries:  # a line that goes on without being indented
                last = entries[-1]
                entries[-1] = last._replace(text=_joined([last.text or "", entry.text or ""]))
            else:
                entries.append(entry)
        return entries
    if section in ("returns", "yields"):
        text = _joined(body)
        written, colon, rest = text.partition(":")
        if colon and (rest[:1] in (" ", "\n")) and _TYPE.fullmatch(written):
            return [DocEntry(section, None, written, _joined(rest.split("\n")).lstrip())]
        return [DocEntry(section, None, None, text)]
    return [DocEntry(section, None, None, _joined(body))]


def _google_item(section: str, item: Sequence[str]) -> DocEntry:
    names = _NAMES.match(item[0])
    if names is None:
        return DocEntry(section, None, None, _joined(item))
    rest = item[0][names.end() :].lstrip()
    written = None
    if rest.startswith("("):
        length = _bracketed(rest)
        written, rest = rest[1 : length - 1], rest[length:].lstrip()
    if not rest.startswith(":") and not (section == "see also" and not rest):
        return DocEntry(section, None, None, _joined(item))
    return DocEntry(section, names[0].strip(), written, _text(rest[1:], item[1:]))


def _bracketed(text: str) -> int:
    """How long the bracket is that a text begins with; all of it where it is not closed."""
    depth = 0
    for position, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 0:
            return position + 1
    return len(text) + 1


def _underlined(lines: Sequence[str], position: int) -> tuple[int, list[DocEntry]] | None:
    """A section of NumPy's: a heading, a line below it, and lines up to the next heading."""
    end = position + 2
    while end < len(lines) and not _ends_underlined(lines, end):
        end += 1
    section = _section(lines[position].strip())
    body = textwrap.dedent("\n".join(lines[position + 2 : end])).split("\n")
    if not _joined(body):
        return None
    if section not in {*_NAMED, "returns", "yields"}:
        return end, [DocEntry(section, None, None, _joined(body))]
    return end, [entry for item in _items(body) for entry in _numpy_item(section, item)]


def _ends_underlined(lines: Sequence[str], position: int) -> bool:
    line = lines[position]
    if not line.strip() or line[0].isspace():
        return False
    field = _FIELD.match(line)
    if field is not None and (field[1] in _SECTIONS or field[1] in _TYPES):
        return True
    return position + 1 < len(lines) and _UNDERLINE.match(lines[position + 1]) is not None


def _numpy_item(section: str, item: Sequence[str]) -> list[DocEntry]:
    text = _text("", item[1:])
    head, colon, written = (part.strip() for part in _split_head(item[0]))
    if section == "see also" and colon:
        return [DocEntry(section, head, None, _joined([written, text or ""]))]
    if section in ("returns", "yields"):
        return [
            DocEntry(section, head or None, written or None, text) if colon else DocEntry(section, None, head, text)
        ]
    if not _NAMES.fullmatch(head):
        return [DocEntry(section, None, None, _joined(item))]
    names = [head] if section in ("raises", "warns") else [name.strip() for name in head.split(",")]
    return [DocEntry(section, name, written or None, text) for name in names]


def _split_head(line: str) -> tuple[str, str, str]:
    """``name : type``, where the blank before the colon may be missing after a name."""
    if " :" in line:
        return line.partition(" :")
    names = _NAMES.match(line)
    return line.partition(":") if names is not None and line[names.end() :].startswith(":") else (line, "", "")


def _field(lines: Sequence[str], position: int) -> tuple[int, list[DocEntry]] | None:
    """A field of reStructuredText: ``:param week: which``."""
    field = _FIELD.match(lines[position])
    if field is None:
        return None
    end = position + 1
    while end < len(lines) and _goes_on(lines, end):
        end += 1
    about = (field[2] or "").split()
    text = _text(field[3] or "", lines[position + 1 : end])
    kind = field[1].lower()
    if kind in _TYPES:
        return end, [DocEntry(f"{_TOLD}{_TYPES[kind]}", " ".join(about) or None, text, None)]
    name, written = (about[-1] if about else None), " ".join(about[:-1])
    return end, [DocEntry(_SECTIONS.get(kind, field[1]), name, written or None, text)]


def _goes_on(lines: Sequence[str], position: int) -> bool:
    """Whether a line belongs to the field above it."""
    line = lines[position]
    if not line.strip():
        return position + 1 < len(lines) and lines[position + 1][:1] in (" ", "")
    if line[0].isspace():
        return True
    return bool(lines[position - 1].strip()) and _section_at(lines, position) is None


def _directive(lines: Sequence[str], position: int) -> tuple[int, list[DocEntry]] | None:
    """A directive of reStructuredText: ``.. note:: this``."""
    directive = _DIRECTIVE.match(lines[position])
    if directive is None or directive[1].lower() not in _DIRECTIVES:
        return None
    end = _indented_end(lines, position + 1)
    text = _text(directive[2], lines[position + 1 : end])
    kind = directive[1].lower()
    return end, [DocEntry(_SECTIONS.get(kind, kind), None, None, text)]


def _with_types(entries: Sequence[DocEntry]) -> list[DocEntry]:
    """Entries with the types that fields of their own tell."""
    whole: list[DocEntry] = []
    told = [entry for entry in entries if entry.section.startswith(_TOLD)]
    if not told:
        return list(entries)
    untyped = {(one.section, one.name): one for one in reversed(entries) if one.type is None}
    typed: dict[DocEntry, DocEntry] = {}
    for entry in told:
        about = untyped.pop((entry.section.removeprefix(_TOLD), entry.name), None)
        if about is not None:
            typed[about] = about._replace(type=entry.type)
            typed[entry] = about
    for entry in entries:
        if not entry.section.startswith(_TOLD):
            whole.append(typed.get(entry, entry))
        elif entry not in typed:  # nothing else is said of it
            whole.append(entry._replace(section=entry.section.removeprefix(_TOLD)))
    return whole


def _section(heading: str) -> str:
    return _SECTIONS.get("_".join(heading.lower().split()), heading)


def _items(body: Sequence[str]) -> Iterator[list[str]]:
    """Lines that are not indented, each with the indented ones after it."""
    item: list[str] = []
    for line in body:
        if line.strip() and not line[0].isspace() and item:
            yield item
            item = []
        if item or line.strip():
            item.append(line)
    if item:
        yield item


def _indented_end(lines: Sequence[str], position: int) -> int:
    """The first line from there on that is neither indented nor empty."""
    while position < len(lines) and (not lines[position].strip() or lines[position][0].isspace()):
        position += 1
    return position


def _text(first: str, rest: Sequence[str]) -> str | None:
    """The text of an entry: what stands on its first line, and the lines below without their indentation."""
    return _joined([first.strip(), *textwrap.dedent("\n".join(rest)).split("\n")]) or None


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n").rstrip()
