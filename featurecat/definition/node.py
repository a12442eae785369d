"""Nodes, the functions they come from, and what they take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any, NamedTuple

from featurecat.definition.condition import ALWAYS, Condition, condition_text
from featurecat.definition.metadata import NO_METADATA, Metadata, Tags, merge
from featurecat.expectations.spec import ExpectationSpec
from featurecat.frames.kinds import kind_of_type

__all__ = [
    "NO_TAGS",
    "REQUIRED",
    "Argument",
    "Constant",
    "DefinedFunction",
    "Dependency",
    "GroupedCall",
    "Node",
    "Parameter",
    "Required",
    "Role",
    "dependency_on",
    "plain_tags",
    "role_of",
]


class Role(StrEnum):
    """What a node is in its graph."""

    FEATURE = "feature"
    FRAME = "frame"
    RAW = "raw"
    VALIDATOR = "validator"
    INPUT = "input"
    CONFIG = "config"
    SOURCE = "source"


_PUBLIC_ROLES = frozenset({Role.FEATURE, Role.FRAME})
_GIVEN_ROLES = frozenset({Role.INPUT, Role.CONFIG, Role.SOURCE})


#: What a function that returns a type makes.
_roles: dict[Any, Role] = {}


def role_of(annotation: Any) -> Role:
    """The role of a computed value of this type: a frame or a feature.

    Example:
        >>> role_of(int)
        <Role.FEATURE: 'feature'>
    """
    try:
        return _roles[annotation]
    except KeyError:
        role = _roles[annotation] = _find_role(annotation)
        return role
    except TypeError:  # an annotation that cannot be hashed
        return _find_role(annotation)


def _find_role(annotation: Any) -> Role:
    kind = kind_of_type(annotation)
    return Role.FRAME if kind is not None and kind.shape == "frame" else Role.FEATURE


class Required(Enum):
    """The mark of a parameter without a default."""

    REQUIRED = "required"

    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED = Required.REQUIRED

#: Makes an object whose fields are set one by one, in half the time its constructor takes.
blank = object.__new__

_new = tuple.__new__

#: What untagged nodes share.
NO_TAGS: Tags = {}


class Parameter(NamedTuple):
    """A parameter of a user's function, its annotation resolved."""

    name: str
    type: Any
    default: Any = REQUIRED
    keyword_only: bool = False


class Dependency(NamedTuple):
    """An argument that another node gives. ``default`` stands in when no such node or input exists."""

    name: str
    type: Any
    parameter: str
    default: Any = REQUIRED

    @property
    def optional(self) -> bool:
        """Whether the node can do without it."""
        return self.default is not REQUIRED


def dependency_on(name: str, annotation: Any, parameter: str, *, default: Any = REQUIRED) -> Dependency:
    """A :class:`Dependency`, made without going through the Python constructor of a named tuple.

    Example:
        >>> dependency_on("spend", int, "x").optional
        False
    """
    return _new(Dependency, (name, annotation, parameter, default))


class Constant(NamedTuple):
    """An argument that is known when the graph is built."""

    value: Any
    parameter: str


Argument = Dependency | Constant


@dataclass(slots=True, eq=False)
class DefinedFunction:
    """One function of a user's module, read once.

    Attributes:
        function: The function itself, never changed.
        name: The name of its node before expansion: suffixes that mark a variant are off.
        dependencies: What it takes before any rewiring, in the order of the signature.
        returns: The resolved return annotation.
        engine: What its annotations are written for.
        condition: The config under which it holds.
        modifiers: In the order they were applied, the closest to ``def`` first.
        keywords: Names of the trailing parameters that are keyword-only.
        role: What its return type makes its node.
    """

    function: Callable[..., Any]
    name: str
    dependencies: tuple[Dependency, ...]
    returns: Any
    engine: str = "any"
    condition: Condition = ALWAYS
    modifiers: Sequence[Any] = ()
    keywords: tuple[str, ...] = ()
    role: Role = Role.FEATURE

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its parameters, in the order of the signature."""
        return tuple(
            Parameter(name, annotation, default, name in self.keywords)
            for name, annotation, _, default in self.dependencies
        )

    @property
    def module(self) -> str:
        """Dotted name of the module that defines it."""
        return self.function.__module__

    @property
    def file(self) -> str:
        """Path of the file that defines it."""
        file: str = self._code.co_filename
        return file

    @property
    def line(self) -> int:
        """First line of the definition, decorators included."""
        line: int = self._code.co_firstlineno
        return line

    @property
    def place(self) -> tuple[str, int]:
        """File and line of the definition."""
        code = self._code
        return code.co_filename, code.co_firstlineno

    @property
    def _code(self) -> Any:
        """The code the user wrote, below what wraps it."""
        function: Any = self.function
        while hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        return function.__code__

    @property
    def variant(self) -> str:
        """Engine and condition as one label: ``pandas``, ``any[region='US']``."""
        condition = condition_text(self.condition)
        return f"{self.engine}[{condition}]" if condition else self.engine


@dataclass(slots=True, eq=False)
class Node:
    """A named vertex: what computes it, what it takes, what is known about it.

    Nodes are replaced, never changed in place: ``node.with_(name="x")``.

    Attributes:
        name: Unique within a graph; several variants of a name make one node each.
        type: Type of the value.
        function: Takes the arguments positionally, but for the last ``len(keywords)``.
        arguments: In the order ``function`` takes them.
        defined: Where it comes from; None for inputs, config keys and sources.
        keywords: Names under which the trailing arguments are passed.
        role: What it is in the graph.
        doc: Its documentation; None falls back to the function's docstring.
        declared: What ``@feature`` says.
        tags: What ``@tag`` says.
        expectations: On a checked node: every expectation that guards it, in order.
        raw: On a checked node: the name of the node that computes the unchecked value.
        final: Whether decorators above apply to it by default.
        via: On a node that comes from another function than the decorated one (a step of a pipe, a member of a
            sub-DAG): the decorated functions that brought it here, the innermost first.
        schema: Of a frame: its columns with their types, as ``@schema.output`` declares them.
    """

    name: str
    type: Any
    function: Callable[..., Any]
    arguments: tuple[Argument, ...]
    defined: DefinedFunction | None = None
    keywords: tuple[str, ...] = ()
    role: Role = Role.FEATURE
    doc: str | None = None
    declared: Metadata = NO_METADATA
    tags: Tags = field(default_factory=dict)
    expectations: tuple[ExpectationSpec, ...] = ()
    raw: str | None = None
    final: bool = True
    via: tuple[DefinedFunction, ...] = ()
    schema: tuple[tuple[str, str], ...] = ()

    def with_(self, **changes: Any) -> Node:
        """A copy with some fields replaced.

        Raises:
            AttributeError: For a name that is no field.
        """
        # every decorator copies: naming the fields costs a fifth of what dataclasses.replace does
        copy = Node(
            self.name,
            self.type,
            self.function,
            self.arguments,
            self.defined,
            self.keywords,
            self.role,
            self.doc,
            self.declared,
            self.tags,
            self.expectations,
            self.raw,
            self.final,
            self.via,
            self.schema,
        )
        for field_name, changed in changes.items():
            setattr(copy, field_name, changed)
        return copy

    @property
    def dependencies(self) -> list[Dependency]:
        """The arguments that other nodes give."""
        return [argument for argument in self.arguments if type(argument) is Dependency]

    @property
    def metadata(self) -> Metadata:
        """Typed metadata from ``@feature`` and ``@tag`` together."""
        return merge(self.declared, self.tags)[0] if self.tags else self.declared

    @property
    def documentation(self) -> str | None:
        """Its own documentation, or the function's docstring."""
        if self.doc is not None or self.defined is None:
            return self.doc
        return self.defined.function.__doc__

    @property
    def engine(self) -> str:
        """The engine it is written for."""
        return "any" if self.defined is None else self.defined.engine

    @property
    def condition(self) -> Condition:
        """The config under which it exists."""
        return ALWAYS if self.defined is None else self.defined.condition

    @property
    def variant(self) -> str:
        """Label of the variant it belongs to."""
        return "any" if self.defined is None else self.defined.variant

    @property
    def public(self) -> bool:
        """Whether lists show it: features and frames, but for what other functions brought along."""
        return self.role in _PUBLIC_ROLES and not self.via

    @property
    def known_as(self) -> str:
        """The name people know: that of the feature whose raw value it computes, else its own.

        Example:
            >>> Node("spend_raw", float, float, (), role=Role.RAW).known_as
            'spend'
        """
        if self.role is not Role.RAW or "featurecat.data_loader" in self.tags:
            return self.name
        return self.name.removesuffix("_raw").removesuffix(".raw")

    @property
    def given(self) -> bool:
        """Whether it is given rather than computed: an input, a config key or a source."""
        return self.role in _GIVEN_ROLES

    @property
    def place(self) -> tuple[str | None, int | None]:
        """File and line of the function it comes from."""
        return (None, None) if self.defined is None else self.defined.place


class GroupedCall:
    """Calls a function some of whose parameters take a list or mapping of several nodes' values.

    Args:
        function: What to call.
        layout: Per parameter None (one value), a count (a list of values) or keys (a mapping).
        keywords: Names under which the trailing parameters are passed.
    """

    __slots__ = ("function", "keywords", "layout")

    def __init__(
        self, function: Callable[..., Any], layout: Sequence[int | tuple[str, ...] | None], keywords: tuple[str, ...]
    ) -> None:
        self.function = function
        self.layout = tuple(layout)
        self.keywords = keywords

    def __call__(self, *values: Any) -> Any:
        """Gather the values as laid out and call the function."""
        gathered: list[Any] = []
        position = 0
        for shape in self.layout:
            if shape is None:
                gathered.append(values[position])
                position += 1
                continue
            count = shape if isinstance(shape, int) else len(shape)
            members = values[position : position + count]
            gathered.append(list(members) if isinstance(shape, int) else dict(zip(shape, members, strict=True)))
            position += count
        split = len(gathered) - len(self.keywords)
        return self.function(*gathered[:split], **dict(zip(self.keywords, gathered[split:], strict=True)))


def plain_tags(tags: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Tags as written (strings or lists) with every value as a tuple."""
    return {key: (value,) if isinstance(value, str) else tuple(value) for key, value in tags.items()}
