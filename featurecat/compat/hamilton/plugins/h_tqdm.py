"""Hamilton's ``plugins.h_tqdm``: how far a run has come; drawn by featurecat's own progress, with or without tqdm."""

from __future__ import annotations

from typing import Any

from featurecat.compat.hamilton._offer import offer
from featurecat.lifecycle import Progress

__getattr__, __dir__, _offered = offer(
    __name__,
    {
        "GraphExecutionHook": "featurecat.lifecycle",
        "NodeExecutionHook": "featurecat.lifecycle",
        "graph_types": "featurecat.compat.hamilton.graph_types:",
    },
    own=["ProgressBar"],
)
__all__ = list(_offered)


class ProgressBar(Progress):
    """Shows how far a run has come.

    Args:
        desc: What the line begins with.
        max_node_name_width: Has no effect: names are shown in full.
        options: What tqdm would take; of these ``file`` says where to write.
    """

    def __init__(self, desc: str = "Graph execution", max_node_name_width: int = 50, **options: Any) -> None:
        del max_node_name_width
        super().__init__(options.get("file"), desc)
