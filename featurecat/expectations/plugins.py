"""Kinds of expectations and adapters that plugins bring; importing it reads nothing and imports no plugin.

A plugin is announced by an installed distribution, in the entry-point group ``featurecat.expectations``, or named by
the settings of a project. It is one of:

* a kind of expectation judged on counts and extremes (:class:`~featurecat.expectations.kind.ExpectationKind`), or one
  whose argument makes a judge (:class:`~featurecat.expectations.kind.JudgedKind`), or a class of either;
* a class in the manner of :class:`~featurecat.expectations.custom.KeywordValidator`;
* a :class:`~featurecat.expectations.adapters.SchemaAdapter`, or a class of it.

What is built in goes first and never looks at plugins, which is what keeps importing fast.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from featurecat.errors import EvaluationError, FeaturecatError, ModifierError, Problem, RequestError, did_you_mean
from featurecat.expectations.adapters import SchemaAdapter
from featurecat.expectations.kind import ExpectationKind, Facts, Judge, JudgedKind, Outcome
from featurecat.frames.measures import Measure
from featurecat.plugins import Announcement, announced, contested, load, told, unusable

__all__ = [
    "PLUGIN_GROUP",
    "PluginAdapter",
    "PluginJudgedKind",
    "PluginKind",
    "find_plugin",
    "forget_plugins",
    "load_plugin",
    "plugin_adapters",
    "plugin_keywords",
    "use_plugins",
]

#: The entry-point group in which distributions announce expectations; the name of an entry point is the keyword.
PLUGIN_GROUP = "featurecat.expectations"

_WHAT = "expectation"
_KIND = ("normalise", "applies_to", "measures", "evaluate")
_JUDGED = ("normalise", "judge")
_ADAPTER = ("recognises", "normalise", "judge")
_JUDGE = ("name", "asynchronous", "supported_types", "applies_to", "__call__")

Answer = TypeVar("Answer")


class _Plugin:
    """What a plugin brings, with whatever its code raises told as an error that names the plugin.

    Args:
        announcement: What it was announced as.
        offered: The object.
    """

    def __init__(self, announcement: Announcement, offered: Any) -> None:
        self.announcement = announcement
        self.offered = offered
        self.example: str = getattr(offered, "example", "") or f"{announcement.name}=…"

    def _call(self, method: str, *arguments: Any) -> Any:
        try:
            return getattr(self.offered, method)(*arguments)
        except FeaturecatError:
            raise
        except Exception as error:
            raise self._fault(f"failed in {method}: {told(error)}") from error

    def _fault(self, what: str) -> ModifierError:
        return ModifierError(unusable(self.announcement, what).problems)

    def normalise(self, argument: Any) -> dict[str, Any]:
        """The parameters that the plugin makes of an argument.

        Raises:
            ModifierError: When it refuses the argument, or what it makes is not JSON-ready.
        """
        params = self._call("normalise", argument)
        try:
            if not isinstance(params, Mapping):
                raise TypeError(f"a {type(params).__name__} is no mapping")
            return dict(json.loads(json.dumps(dict(params), allow_nan=False)))
        except (TypeError, ValueError) as error:
            raise self._fault(f"makes parameters that are not JSON: {error}") from error

    def _judge(self, argument: Any) -> Judge:
        judge = self._call("judge", argument)
        if missing := [name for name in _JUDGE if not hasattr(judge, name)]:
            raise self._fault(f"makes a judge without {', '.join(missing)}")
        if not isinstance(judge.name, str) or not judge.name.isidentifier():
            raise self._fault(f"makes a judge called {judge.name!r}, which cannot be part of a node's name")
        made: Judge = judge
        return made

    def _given(self, annotation: Any) -> Any:
        return self._call("argument_of", annotation) if hasattr(self.offered, "argument_of") else None


class PluginKind(_Plugin):
    """A plugin's kind of expectation that is judged on counts and extremes."""

    def __init__(self, announcement: Announcement, offered: ExpectationKind) -> None:
        super().__init__(announcement, offered)
        self.kind: str = offered.kind
        self.supported_types: str = getattr(offered, "supported_types", f"what {announcement.owner} says")

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation can be judged."""
        return bool(self._call("applies_to", annotation))

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """The figures that judging takes."""
        asked = self._call("measures", params)
        figures = tuple(asked) if isinstance(asked, Iterable) else (asked,)
        if not all(isinstance(one, Measure) for one in figures):
            raise self._fault("asks for figures that are no Measure")
        return figures

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """What it finds.

        Raises:
            EvaluationError: When it cannot tell, or answers with something else.
        """
        outcome = self._call("evaluate", params, facts)
        if not isinstance(outcome, Outcome):
            raise EvaluationError(self._fault(f"answers with a {type(outcome).__name__}, not an Outcome").problems)
        return outcome

    def others(self, params: Mapping[str, Any]) -> tuple[str, ...]:
        """The features that it compares with."""
        return tuple(self._call("others", params)) if hasattr(self.offered, "others") else ()


class PluginJudgedKind(_Plugin):
    """A plugin's kind of expectation whose argument makes a judge."""

    def __init__(self, announcement: Announcement, offered: JudgedKind) -> None:
        super().__init__(announcement, offered)
        self.kind: str = offered.kind

    def judge(self, argument: Any) -> Judge:
        """What judges values by an argument."""
        return self._judge(argument)

    def argument_of(self, annotation: Any) -> Any:
        """The argument that a return annotation itself gives, or None."""
        return self._given(annotation)


class PluginAdapter(_Plugin):
    """A plugin's adapter of a library."""

    def __init__(self, announcement: Announcement, offered: SchemaAdapter) -> None:
        super().__init__(announcement, offered)
        self.name: str = getattr(offered, "name", announcement.name)
        self.installation: str = getattr(offered, "installation", announcement.owner)

    def recognises(self, argument: Any) -> bool:
        """Whether an object is the library's."""
        return bool(self._call("recognises", argument))

    def judge(self, argument: Any) -> Judge:
        """What judges values by an object."""
        return self._judge(argument)

    def argument_of(self, annotation: Any) -> Any:
        """The object that a return annotation itself gives, or None."""
        return self._given(annotation)


#: What a plugin may be, once it is loaded.
Loaded = PluginKind | PluginJudgedKind | PluginAdapter | type[Any]

#: What the settings of the project name, loaded.
_named: list[tuple[Announcement, Loaded]] = []


def use_plugins(
    targets: Sequence[str], *, reserved: Collection[str], file: str | None = None, line: int | None = None
) -> None:
    """Let ``check_output`` find the plugins that a project names, in the place of those of the project before.

    Args:
        targets: Such as ``my_checks:Even``; their modules are imported now.
        reserved: The keywords that are built in.
        file: The settings' file.
        line: Line in ``file``.

    Raises:
        ModifierError: Code ``plugin-unusable``, with every fault: what cannot be loaded, what is no plugin, and
            keywords that are taken.

    Example:
        >>> use_plugins(["nowhere:Even"], reserved=())
        Traceback (most recent call last):
        ...
        featurecat.errors.ModifierError: the plugin 'nowhere:Even' cannot be loaded: ModuleNotFoundError: ...
    """
    forget_plugins()
    problems: list[Problem] = []
    claims: dict[str, Announcement] = {}
    for target in dict.fromkeys(targets):
        announcement = Announcement(_WHAT, target, target, "[tool.featurecat] plugins", file or "pyproject.toml", line)
        try:
            loaded = load_plugin(announcement)
            keyword = _keyword(announcement, loaded)
            taken = [claims[keyword]] if keyword in claims else []
            if keyword is not None and (taken or keyword in reserved):
                raise contested(keyword, [*taken, announcement], reserved=keyword in reserved)
        except FeaturecatError as fault:
            problems += fault.problems
            continue
        if keyword is not None:
            claims[keyword] = announcement
        _named.append((announcement, loaded))
    if problems:
        _named.clear()
        raise ModifierError(problems)


def find_plugin(keyword: str, *, reserved: Collection[str] = ()) -> PluginKind | PluginJudgedKind | type[Any] | None:
    """What a plugin offers for a keyword that is not built in; its code is imported now.

    Args:
        keyword: The keyword.
        reserved: The keywords that are built in.

    Returns:
        A kind of expectation, a class in the manner of ``KeywordValidator``, or None when no plugin has the keyword.

    Raises:
        ModifierError: Code ``plugin-unusable``, when two claim the keyword, or the plugin cannot be used.

    Example:
        >>> find_plugin("nothing_at_all") is None
        True
    """
    named = [(one, loaded) for one, loaded in _named if _keyword(one, loaded) == keyword]
    installed = [one for one in _installed() if one.name == keyword]
    installed = [one for one in installed if all(one.target != other.target for other, _ in named)]
    claims = [*(one for one, _ in named), *installed]
    if not claims:
        return None
    if len(claims) > 1 or keyword in reserved:
        raise ModifierError(contested(keyword, claims, reserved=keyword in reserved).problems)
    found = named[0][1] if named else load_plugin(installed[0])
    return None if isinstance(found, PluginAdapter) else found


def plugin_keywords() -> list[str]:
    """The keywords that plugins claim, for messages and lists; nothing is imported."""
    named = [keyword for one, loaded in _named if (keyword := _keyword(one, loaded)) is not None]
    return list(dict.fromkeys([*named, *(one.name for one in _installed())]))


def plugin_adapters() -> tuple[PluginAdapter, ...]:
    """The adapters of all plugins; whatever is announced is imported now, for only its code tells what it is.

    Raises:
        ModifierError: When a plugin cannot be loaded: it may be the one that is wanted.
    """
    loaded = [*(one for _, one in _named), *(load_plugin(one) for one in _installed())]
    return tuple({id(one): one for one in loaded if isinstance(one, PluginAdapter)}.values())


@functools.cache
def load_plugin(announcement: Announcement) -> Loaded:
    """The plugin of an announcement; its code is imported now.

    Raises:
        ModifierError: Code ``plugin-unusable``, when it cannot be loaded, or is no plugin, or has another keyword than
            it is announced by.
    """
    try:
        offered = load(announcement)
        if isinstance(offered, type) and not _has_keyword(offered):
            offered = _made(announcement, offered)
        return _as_plugin(announcement, offered)
    except RequestError as fault:
        raise ModifierError(fault.problems) from fault


def forget_plugins() -> None:
    """Read anew what is announced, and forget what the settings of a project named."""
    _named.clear()
    _installed.cache_clear()
    load_plugin.cache_clear()


@functools.cache
def _installed() -> tuple[Announcement, ...]:
    return tuple(announced(PLUGIN_GROUP, _WHAT))


def _made(announcement: Announcement, kind: Callable[[], Any]) -> Any:
    try:
        return kind()
    except Exception as error:
        raise unusable(announcement, f"cannot be made without arguments: {told(error)}") from error


def _has_keyword(offered: type[Any]) -> bool:
    return callable(getattr(offered, "arg", None))


def _as_plugin(announcement: Announcement, offered: Any) -> Loaded:
    if isinstance(offered, type):
        keyword, plugin = _asked(announcement, offered), offered
        _check_keyword(announcement, keyword)
        return plugin
    if _offers(offered, _ADAPTER):
        return PluginAdapter(announcement, offered)
    for methods, face in ((_KIND, PluginKind), (_JUDGED, PluginJudgedKind)):
        if _offers(offered, methods):
            _check_keyword(announcement, getattr(offered, "kind", None))
            return face(announcement, offered)
    wanted = _ADAPTER if hasattr(offered, "recognises") else _JUDGED if hasattr(offered, "judge") else _KIND
    missing = ", ".join(name for name in wanted if not callable(getattr(offered, name, None)))
    raise unusable(announcement, f"is a {type(offered).__name__} without {missing}")


def _asked(announcement: Announcement, offered: Any) -> Any:
    """The keyword of a class in the manner of ``KeywordValidator``."""
    try:
        return offered.arg()
    except Exception as error:
        raise unusable(announcement, f"does not tell its keyword: {told(error)}") from error


def _offers(offered: Any, methods: Iterable[str]) -> bool:
    return all(callable(getattr(offered, name, None)) for name in methods)


def _check_keyword(announcement: Announcement, keyword: Any) -> None:
    if not isinstance(keyword, str) or not keyword.isidentifier():
        raise unusable(announcement, f"has the keyword {keyword!r}, which cannot be written in check_output(…)")
    if announcement.file is None and keyword != announcement.name:
        near = did_you_mean(keyword, [announcement.name]) or f"announce it as {keyword!r}"
        raise unusable(announcement, f"has another keyword, {keyword!r}: {near}")


def _keyword(announcement: Announcement, loaded: Loaded) -> str | None:
    """The keyword of a loaded plugin; None for an adapter, which has none."""
    if isinstance(loaded, PluginAdapter):
        return None
    if isinstance(loaded, PluginKind | PluginJudgedKind):
        return loaded.kind
    keyword: str = _asked(announcement, loaded)
    return keyword
