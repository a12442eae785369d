"""Hamilton's ``data_quality.pandera_validators``: checks by schemas of pandera, as classes."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import INTERNAL, offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "base": "featurecat.compat.hamilton.data_quality.base:",
        "custom_subclass_check": "featurecat.compat.hamilton.htypes",
        "registry": "featurecat.compat.hamilton.registry:",
    },
    later={
        INTERNAL: (
            "PANDERA_VALIDATORS",
            "PanderaDataFrameValidator",
            "PanderaSeriesSchemaValidator",
            "pandera_supported_extensions",
        )
    },
)
