"""Hamilton's ``experimental.h_dask``: the old place of ``plugins.h_dask``."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "DaskDataFrameResult": "featurecat.compat.hamilton.plugins.h_dask",
        "DaskExecutor": "featurecat.compat.hamilton.plugins.h_dask",
        "DaskGraphAdapter": "featurecat.compat.hamilton.plugins.h_dask",
    },
)
