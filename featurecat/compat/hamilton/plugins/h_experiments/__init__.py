"""Hamilton's ``plugins.h_experiments``. The experiment tracker."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "ExperimentTracker": "featurecat.compat.hamilton.plugins.h_experiments.hook",
    },
)
