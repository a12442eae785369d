"""Wishes for a picture of a graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict

__all__ = ["PictureOptions"]


class PictureOptions(TypedDict, total=False):
    """Options of everything that draws; each may be left out.

    Attributes:
        show_legend: Explain the kinds of nodes that occur; on by default.
        orient: Where edges point: ``LR`` (the default), ``TB``, ``RL`` or ``BT``.
        hide_inputs: Leave inputs out.
        deduplicate_inputs: Draw one box for all functions that take the same inputs, instead of one for each.
        show_schema: Draw the columns of frames that declare them; on by default.
        custom_style_function: Called with ``node`` and ``node_class`` for every node; returns a dictionary of
            Graphviz attributes, the class to draw the node as, and what the legend is to call it, or None.
        keep_dot: Write the Graphviz source beside the picture.
        clusters: Draw a frame around the nodes of one module.
        fold_checks: Draw a checked feature as one node with a badge, without the nodes that check; on by default.
        layout: Who finds the places: ``own`` (the default), or a program of Graphviz such as ``dot``.
        title: A caption.
    """

    show_legend: bool
    orient: str
    hide_inputs: bool
    deduplicate_inputs: bool
    show_schema: bool
    custom_style_function: Callable[..., Any] | None
    keep_dot: bool
    clusters: bool
    fold_checks: bool
    layout: str
    title: str | None
