"""Hamilton's ``plugins.h_dask``. Execution on Dask."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "base": "featurecat.compat.hamilton.base:",
        "executors": "featurecat.compat.hamilton.execution.executors:",
        "htypes": "featurecat.compat.hamilton.htypes:",
        "node": "featurecat.compat.hamilton.node:",
    },
    later={"execution on Dask": ("DaskDataFrameResult", "DaskExecutor", "DaskGraphAdapter")},
)
