"""Hamilton's ``plugins.h_rich``: how far a run has come; drawn by featurecat's own progress, with or without rich."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from featurecat.compat.hamilton._offer import offer
from featurecat.lifecycle import Progress

__getattr__, __dir__, _offered = offer(
    __name__,
    {
        **dict.fromkeys(
            ("GraphExecutionHook", "NodeExecutionHook", "TaskExecutionHook", "TaskGroupingHook"), "featurecat.lifecycle"
        ),
        "NodeGroupPurpose": "featurecat.compat.hamilton.execution.grouping",
    },
    own=["RichProgressBar"],
)
__all__ = list(_offered)


class RichProgressBar(Progress):
    """Shows how far a run has come.

    Args:
        run_desc: What the line begins with.
        collect_desc: Has no effect: the items of parallel nodes count as nodes.
        columns: Has no effect.
        options: What rich would take; of these none has an effect.
    """

    def __init__(
        self, run_desc: str = "", collect_desc: str = "", columns: Sequence[Any] | None = None, **options: Any
    ) -> None:
        del collect_desc, columns, options
        super().__init__(None, run_desc or "features")
