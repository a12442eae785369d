"""Pictures of graphs: what a driver and a command line draw, and with which wishes."""

from __future__ import annotations

import ast
import inspect
import textwrap
import webbrowser
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from featurecat.definition.fingerprint import canonical, digest
from featurecat.definition.node import Node
from featurecat.definition.types import type_text
from featurecat.errors import RequestError, did_you_mean
from featurecat.graph.described import node_table, step_table
from featurecat.graph.drawn import Restyle, draw, neighbourhood
from featurecat.graph.graph import Graph
from featurecat.graph.options import PictureOptions
from featurecat.graph.render.drawing import ROLES, Mark, Style
from featurecat.graph.render.written import FORMATS, LAYOUTS, Picture, capped, format_of, is_picture_name

__all__ = [
    "FORMATS",
    "LAYOUTS",
    "Picture",
    "PictureOptions",
    "capped",
    "depict",
    "draw",
    "exported",
    "format_of",
    "is_picture_name",
    "neighbourhood",
    "node_table",
    "overview",
    "step_table",
]

#: More nodes than these of a driver are not shown unless asked for.
_MOST_IN_OVERVIEW: Final = 200
_RENDER_WISHES: Final = ("format", "view", "engine", "cleanup", "quiet", "quiet_view")
#: What Hamilton calls the classes of nodes that it tells apart less finely.
_FUNCTION_ROLES: Final = frozenset({"feature", "frame", "raw", "validator", "expand", "collect"})
_CLASSES: Final = ("function", "output", "override", *ROLES)


def depict(
    graph: Graph,
    names: Iterable[str],
    *,
    path: str | Path | None = None,
    wishes: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None, Mapping[str, Any]] = (None, None, {}),
    marks: Mapping[str, Mark] | None = None,
    shown: Callable[[Node], Any] | None = None,
) -> Picture:
    """Draw a part of a graph, and write it where a path is given.

    Args:
        graph: The graph.
        names: The nodes to draw.
        path: Where to write the picture; without suffix as PNG, or as ``render_kwargs`` say.
        wishes: ``render_kwargs``, ``graphviz_kwargs``, and the options of :class:`PictureOptions`.
        marks: Why some nodes stand out.
        shown: Makes of a node what ``custom_style_function`` is given; by default the node itself.

    Raises:
        RequestError: For options that do not exist or fit, all at once where there are several.
    """
    render, graphviz, options = dict(wishes[0] or {}), wishes[1], wishes[2]
    _check_names(options, PictureOptions.__annotations__, "drawing option")
    _check_names(render, _RENDER_WISHES, "render_kwargs")
    restyle = _restyle(options.get("custom_style_function"), shown or (lambda node: node))
    drawing = draw(
        graph,
        names,
        marks=marks,
        title=options.get("title"),
        fold_checks=options.get("fold_checks", True),
        show_schema=options.get("show_schema", True),
        restyle=restyle,
    )
    picture = Picture(
        drawing.pointing(options.get("orient", "LR")),
        hide_inputs=options.get("hide_inputs", False),
        deduplicate_inputs=options.get("deduplicate_inputs", False),
        show_legend=options.get("show_legend", True),
        clusters=options.get("clusters", False),
        layout=options.get("layout") or render.get("engine") or "own",
        graphviz_kwargs=graphviz,
    )
    if path is not None:
        _write(picture, Path(path), render, keep_dot=options.get("keep_dot", False))
    return picture


def _write(picture: Picture, path: Path, render: Mapping[str, Any], *, keep_dot: bool) -> None:
    form = render.get("format")
    form = None if form is None else FORMATS.get(f".{str(form).removeprefix('.')}", str(form))
    if not path.suffix:
        form = form or "png"
        path = path.with_name(f"{path.name}.{form}")
    written = picture.save(path, form, keep_dot=keep_dot or render.get("cleanup") is False)
    if render.get("view"):
        webbrowser.open(written.absolute().as_uri())


def _check_names(given: Iterable[str], known: Iterable[str], what: str) -> None:
    known = tuple(known)
    if unknown := [name for name in given if name not in known]:
        hint = did_you_mean(unknown[0], known) or ", ".join(known)
        raise RequestError(f"unknown {what} {unknown[0]!r}", hint=hint)


# --- looks of one's own -----------------------------------------------------------------------------


def _restyle(function: Callable[..., Any] | None, shown: Callable[[Node], Any]) -> Restyle | None:
    if function is None:
        return None
    example = "def style(*, node, node_class): return {'fillcolor': 'gold'}, node_class, 'mine'"
    if not callable(function):
        raise RequestError(f"custom_style_function must be a function, not {function!r}", hint=example)
    parameters = inspect.signature(function).parameters
    kinds = {parameter.kind for parameter in parameters.values()}
    named = {"node", "node_class"}
    if not kinds <= {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD} or (
        not named <= parameters.keys() and inspect.Parameter.VAR_KEYWORD not in kinds
    ):
        raise RequestError("custom_style_function must take node and node_class, by keyword only", hint=example)

    def restyle(node: Node, role: str) -> tuple[str, Style] | None:
        node_class = "function" if role in _FUNCTION_ROLES else role
        try:
            answer = function(node=shown(node), node_class=node_class)
        except Exception as error:
            message = f"custom_style_function failed for {node.name}: {type(error).__name__}: {error}"
            raise RequestError(message, feature=node.name) from error
        return _style_of(answer, node, role, example)

    return restyle


def _style_of(answer: Any, node: Node, role: str, example: str) -> tuple[str, Style] | None:
    fits = isinstance(answer, tuple) and len(answer) == 3 and isinstance(answer[0], Mapping)
    if not fits or not isinstance(answer[1], str | None) or not isinstance(answer[2], str | None):
        message = f"custom_style_function must return a style, a node class and a legend name or None, not {answer!r}"
        raise RequestError(message, hint=example, feature=node.name)
    look, chosen, legend = answer
    if chosen is not None and chosen not in _CLASSES:
        hint = did_you_mean(chosen, _CLASSES) or f"one of {', '.join(_CLASSES)}"
        raise RequestError(f"custom_style_function names a node class {chosen!r} that there is not", hint=hint)
    if not look and legend is None and chosen in (None, "function", role):
        return None
    attributes = tuple((str(name), str(text)) for name, text in look.items())
    return chosen if chosen in ROLES else role, Style(attributes, legend)


# --- other views ------------------------------------------------------------------------------------


def overview(graph: Graph) -> Picture:
    """The whole graph for a notebook: of a large one the first nodes, with a note that says so."""
    drawing = draw(graph, graph.nodes, fold_checks=True)
    return Picture(capped(drawing, _MOST_IN_OVERVIEW))


def exported(node: Node) -> dict[str, Any]:
    """A node as JSON-ready data for other programs.

    Args:
        node: The node.

    Returns:
        ``name``, ``tags``, ``output_type``, ``required_dependencies``, ``optional_dependencies``, ``source``,
        ``documentation`` and ``version``: a hash of the source without docstring, comments and layout.
    """
    source = None if node.defined is None else _source_of(node.defined.function)
    dependencies = node.dependencies
    return {
        "name": node.name,
        "tags": {key: values[0] if len(values) == 1 else list(values) for key, values in node.tags.items()},
        "output_type": type_text(node.type),
        "required_dependencies": sorted({one.name for one in dependencies if not one.optional}),
        "optional_dependencies": sorted({one.name for one in dependencies if one.optional}),
        "source": source,
        "documentation": node.documentation,
        "version": None if source is None else digest(canonical(ast.parse(textwrap.dedent(source)))),
    }


def _source_of(function: Callable[..., Any]) -> str | None:
    """The text of a function, or None where there is none to be read."""
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return None
