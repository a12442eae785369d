"""Hamilton's ``plugins.h_slack``. Notification by Slack."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "NodeExecutionHook": "featurecat.compat.hamilton.lifecycle",
        "create_input_string": "featurecat.compat.hamilton.execution.graph_functions",
    },
    later={"notification by Slack": ("SlackNotifier",)},
)
