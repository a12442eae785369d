"""Hamilton's ``plugins.h_ddog``. Tracing to Datadog."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "base": "featurecat.compat.hamilton.lifecycle.base:",
        "h_graph": "featurecat.compat.hamilton.graph:",
        "lifecycle": "featurecat.compat.hamilton.lifecycle:",
        "node": "featurecat.compat.hamilton.node:",
    },
    later={"tracing to Datadog": ("AsyncDDOGTracer", "DDOGTracer")},
)
