"""The selection grammar: text to a small frozen tree, and back to text.

::

    selection := term (("," | space | "|" | "or") term)*          union
    term      := factor (("&" | "and") factor)*                   intersection
    factor    := "not" factor | "(" selection ")" | [N? "+"] atom ["+" N?]
    atom      := GLOB | KIND ":" VALUE

There is one parser, for the command line, Python, ``pyproject.toml`` and the site. A quoted string is taken
literally; unquoted ``*``, ``?`` and ``[...]`` make a glob.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from featurecat.errors import Problem, RequestError, did_you_mean

__all__ = [
    "ALL",
    "KINDS",
    "Atom",
    "Intersection",
    "Not",
    "Selection",
    "Union",
    "Walk",
    "format_selection",
    "parse",
    "parse_several",
]

#: What may stand before the colon of an atom.
KINDS: Final = (
    "tag",
    "owner",
    "module",
    "entity",
    "status",
    "pii",
    "config",
    "state",
    "result",
    "freshness",
    "set",
    "sql",
)
KEYWORDS: Final = ("and", "or", "not")
#: The reach of a ``+`` without a number.
ALL: Final = "all"
#: How many steps to walk along the lineage: a number, :data:`ALL`, or None for not at all.
Walk: TypeAlias = int | Literal["all"] | None

DEEPEST_NESTING: Final = 100
_SHOWN_WIDTH: Final = 72

_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,|&()"'])+""", re.DOTALL)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|' + r"'(?:[^'\\]|\\.)*'", re.DOTALL)
_WALKED = re.compile(r"(?:(?P<up>[0-9]*)\+)?(?P<body>.+?)(?:\+(?P<down>[0-9]*))?", re.DOTALL)
_NOT_IN_NAME = re.compile(r"[^\w./\-*?\[\]!]")
# a bare number would read as the steps of a '+' after it
_PLAIN_NAME = re.compile(r"(?![0-9]+\Z)[\w./-]+")
_PLAIN_VALUE = re.compile(r"""[^\s,|&()"'*?\[]+""")
_WALK_AT_END = re.compile(r"\+[0-9]*$")
_WILDCARD = re.compile(r"[*?\[]")
_ESCAPED = re.compile(r"""\\([\\"'])""")
_OPERATORS = {",": "list", "|": "or", "&": "and", "(": "open", ")": "close"}


@dataclass(frozen=True, slots=True)
class Atom:
    """A name or an attribute, with the walk along the lineage that was asked for.

    Attributes:
        kind: ``name``, or one of :data:`KINDS`.
        value: The name, or what stands after the colon, without quotes.
        glob: Whether ``*``, ``?`` and ``[...]`` in ``value`` are wildcards.
        up: Steps towards the sources.
        down: Steps towards the consumers.
    """

    kind: str
    value: str
    glob: bool = False
    up: Walk = None
    down: Walk = None

    @property
    def is_exact_name(self) -> bool:
        """Whether this names one feature and nothing around it."""
        return self.kind == "name" and not self.glob and self.up is None and self.down is None


@dataclass(frozen=True, slots=True)
class Not:
    """Everything public but the operand."""

    operand: Selection


@dataclass(frozen=True, slots=True)
class Intersection:
    """What all of two or more factors select."""

    factors: tuple[Selection, ...]


@dataclass(frozen=True, slots=True)
class Union:
    """What any of two or more terms selects; ``implicit`` when a comma or a space joins some of them."""

    terms: tuple[Selection, ...]
    implicit: bool = True


Selection: TypeAlias = Atom | Not | Intersection | Union


# --- text to tree --------------------------------------------------------------------------------


def parse(text: str) -> Selection:
    """Read a selection.

    Args:
        text: What the user wrote.

    Returns:
        The tree. Parentheses are kept as nested unions and intersections.

    Raises:
        RequestError: Code ``invalid-selection``, when the text does not follow the grammar; the details are the
            text and a caret under the place.

    Example:
        >>> parse("2+spend & not owner:ops")
        Intersection(factors=(Atom(kind='name', value='spend', glob=False, up=2, down=None), \
Not(operand=Atom(kind='owner', value='ops', glob=False, up=None, down=None))))
    """
    return _Parser(text).whole()


def parse_several(texts: Sequence[str]) -> Selection:
    """Read several selections, such as repeated options, as one union in their order.

    Args:
        texts: At least one selection.

    Returns:
        The tree; with more than one text a :class:`Union` whose terms are the terms of all texts.

    Raises:
        RequestError: Code ``invalid-selection``, with one problem for each text that cannot be read, or when there
            is none at all.

    Example:
        >>> format_selection(parse_several(["spend", "tag:us, signups"]))
        'spend, tag:us, signups'
    """
    if not texts:
        raise RequestError(
            "no selection was given", code="invalid-selection", hint="name features, for example 'tag:delay'"
        )
    trees: list[Selection] = []
    problems: list[Problem] = []
    for text in texts:
        try:
            trees.append(parse(text))
        except RequestError as error:
            problems.extend(error.problems)
    if problems:
        raise RequestError(problems)
    if len(trees) == 1:
        return trees[0]
    return Union(tuple(term for tree in trees for term in (tree.terms if isinstance(tree, Union) else (tree,))))


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    spaced: bool


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while True:
        start = _SPACE.match(text, position).end()  # type: ignore[union-attr]
        spaced = start > position
        if start == len(text):
            yield _Token("end", "", start, spaced)
            return
        operator = _OPERATORS.get(text[start])
        if operator:
            yield _Token(operator, text[start], start, spaced)
            position = start + 1
            continue
        word = _WORD.match(text, start)
        position = word.end() if word else start
        if word is None or text[position : position + 1] in ("'", '"'):
            raise _invalid(text, position, f"this {text[position]} is never closed")
        yield _Token(word[0] if word[0] in KEYWORDS else "word", word[0], start, spaced)


class _Parser:
    """Recursive descent over the tokens, with a bound on the nesting."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.position = 0
        self.nesting = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.position]

    def whole(self) -> Selection:
        selection = self.selection()
        if self.token.kind != "end":
            raise self.unexpected("a ')' without its '('" if self.token.kind == "close" else None)
        return selection

    def selection(self) -> Selection:
        terms = [self.term()]
        implicit = False
        while joint := self.joint():
            implicit = implicit or joint != "or"
            terms.append(self.term())
        return terms[0] if len(terms) == 1 else Union(tuple(terms), implicit)

    def joint(self) -> str | None:
        """Step over what joins two terms; None where the union ends."""
        token = self.token
        if token.kind in ("list", "or"):
            self.position += 1
            return token.kind
        if token.kind in ("word", "not", "open"):
            if not token.spaced:
                raise self.unexpected("expected a space, ',', '|' or '&' here")
            return "space"
        return None

    def term(self) -> Selection:
        factors = [self.factor()]
        while self.token.kind == "and":
            self.position += 1
            factors.append(self.factor())
        return factors[0] if len(factors) == 1 else Intersection(tuple(factors))

    def factor(self) -> Selection:
        token = self.token
        if token.kind not in ("word", "not", "open"):
            raise self.unexpected(None)
        self.position += 1
        if token.kind == "word":
            return _atom(self.text, token)
        self.nesting += 1
        if self.nesting > DEEPEST_NESTING:
            raise _invalid(self.text, token.start, f"nested deeper than {DEEPEST_NESTING} levels")
        selection = Not(self.factor()) if token.kind == "not" else self.group(token)
        self.nesting -= 1
        return selection

    def group(self, opening: _Token) -> Selection:
        selection = self.selection()
        if self.token.kind == "end":
            raise _invalid(self.text, opening.start, "this '(' is never closed")
        if self.token.kind != "close":
            raise self.unexpected(None)
        self.position += 1
        return selection

    def unexpected(self, reason: str | None) -> RequestError:
        before = self.tokens[self.position - 1].text if self.position else None
        place = f" after {before!r}" if before else ""
        hint = f'to select something called {self.token.text!r}, write "{self.token.text}" in double quotes'
        return _invalid(
            self.text,
            self.token.start,
            reason or f"expected a name or an attribute{place}",
            hint=hint if self.token.text in KEYWORDS else None,
        )


def _atom(text: str, token: _Token) -> Atom:
    shape = _WALKED.fullmatch(token.text)
    assert shape is not None, "every word has a body"
    start = token.start + shape.start("body")
    body = shape["body"]
    if body.startswith("+"):
        raise _invalid(text, start, "expected a name right after '+'", hint="'+' goes with a single name or attribute")
    up, down = (_steps(text, token.start + shape.start(side), shape[side]) for side in ("up", "down"))
    kind, colon, value = ("", "", body) if body[0] in "'\"" else body.partition(":")
    if not colon:
        name, glob = _value(text, start, body, in_name=True)
        return Atom("name", name, glob, up, down)
    if kind not in KINDS:
        raise _invalid(text, start, f"there is no attribute {kind!r}", hint=_kinds_hint(kind))
    start += len(kind) + 1
    if not value:
        hint = 'quote a value that has spaces, as in sql:"SELECT ..."' if kind == "sql" else None
        raise _invalid(text, start, f"expected a value right after '{kind}:'", hint=hint)
    value, glob = _value(text, start, value, in_name=False)
    if kind == "pii" and value not in ("true", "false"):
        raise _invalid(text, start, "expected true or false after 'pii:'")
    return Atom(kind, value, glob, up, down)


def _steps(text: str, position: int, digits: str | None) -> Walk:
    if digits is None:
        return None
    if len(digits) > 9:
        raise _invalid(text, position, "so many steps cannot be walked", hint="a '+' alone goes all the way")
    return int(digits) if digits else ALL


def _value(text: str, start: int, raw: str, *, in_name: bool) -> tuple[str, bool]:
    """A name or value as written, without its quotes, and whether it is a glob."""
    opening = re.search("['\"]", raw)
    if opening is None:
        _check_plain(text, start, raw, in_name=in_name)
        return raw, _WILDCARD.search(raw) is not None
    before = raw[: opening.start()]
    quoted = _QUOTED.match(raw, opening.start())
    assert quoted is not None, "the tokens hold closed quotes only"
    if before and (in_name or not before.endswith("=") or _WILDCARD.search(before)):
        raise _invalid(text, start + opening.start(), "a quoted value must be quoted from its beginning")
    if quoted.end() != len(raw):
        raise _invalid(text, start + quoted.end(), "expected a space, ',', '|', '&' or '+' after the closing quote")
    value = before + _ESCAPED.sub(r"\1", quoted[0][1:-1])
    if not value:
        raise _invalid(text, start, f"expected a {'name' if in_name else 'value'} between the quotes")
    return value, False


def _check_plain(text: str, start: int, raw: str, *, in_name: bool) -> None:
    if not in_name:
        if raw.endswith("+"):
            raise _invalid(text, start + len(raw) - 1, "a value cannot end with '+'", hint="put the value in quotes")
        return
    if raw.startswith("!"):
        raise _invalid(text, start, "'!' does not negate", hint=f"write: not {raw[1:]}")
    stranger = _NOT_IN_NAME.search(raw)
    if stranger is None:
        return
    hints = {
        "+": "after '+' comes a number of steps, a space or the end",
        "=": "write tag:key=value",
    }
    raise _invalid(
        text,
        start + stranger.start(),
        f"{stranger[0]!r} cannot stand in a name",
        hint=hints.get(stranger[0], "put a name with special characters in quotes"),
    )


def _kinds_hint(kind: str) -> str:
    return did_you_mean(kind, KINDS) or f"attributes are {', '.join(KINDS)}"


def _invalid(text: str, position: int, reason: str, *, hint: str | None = None) -> RequestError:
    first = max(0, min(position - _SHOWN_WIDTH // 2, len(text) - _SHOWN_WIDTH))
    shown = "".join(sign if sign.isprintable() else " " for sign in text[first : first + _SHOWN_WIDTH])
    if not text.strip():
        return RequestError("the selection is empty", code="invalid-selection", hint="name features, or an attribute")
    caret = " " * (position - first) + "^"
    message = f"cannot read the selection: {reason}"
    return RequestError(Problem("invalid-selection", message, hint=hint, details=(shown, caret)))


# --- tree to text --------------------------------------------------------------------------------


def format_selection(selection: Selection) -> str:
    """Write a selection in its canonical form.

    Args:
        selection: A tree as :func:`parse` returns it.

    Returns:
        Text that parses to an equal tree.

    Example:
        >>> format_selection(parse("tag:'a b'  (+x or y)&z+1"))
        'tag:"a b", (+x | y) & z+1'
    """
    if isinstance(selection, Union):
        return (", " if selection.implicit else " | ").join(_enclosed(term, Union) for term in selection.terms)
    if isinstance(selection, Intersection):
        return " & ".join(_enclosed(factor, (Union, Intersection)) for factor in selection.factors)
    if isinstance(selection, Not):
        return f"not {_enclosed(selection.operand, (Union, Intersection))}"
    prefix = "" if selection.kind == "name" else f"{selection.kind}:"
    return f"{_steps_text(selection.up, before=True)}{prefix}{_value_text(selection)}{_steps_text(selection.down)}"


def _enclosed(selection: Selection, loose: type | tuple[type, ...]) -> str:
    text = format_selection(selection)
    return f"({text})" if isinstance(selection, loose) else text


def _steps_text(steps: Walk, *, before: bool = False) -> str:
    if steps is None:
        return ""
    number = "" if steps == ALL else str(steps)
    return f"{number}+" if before else f"+{number}"


def _value_text(atom: Atom) -> str:
    if atom.glob:
        return atom.value
    if atom.kind == "name":
        plain = _PLAIN_NAME.fullmatch(atom.value) is not None and atom.value not in KEYWORDS
    else:
        plain = _PLAIN_VALUE.fullmatch(atom.value) is not None and _WALK_AT_END.search(atom.value) is None
    if plain:
        return atom.value
    escaped = atom.value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
