"""Hamilton's ``experimental.h_spark``: the old place of ``plugins.h_spark``."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "KoalasDataFrameResult": "featurecat.compat.hamilton.plugins.h_spark",
        "PySparkUDFGraphAdapter": "featurecat.compat.hamilton.plugins.h_spark",
        "SparkKoalasGraphAdapter": "featurecat.compat.hamilton.plugins.h_spark",
    },
)
