"""Hamilton's ``plugins.plotly_extensions``. Readers and writers for plotly."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "DataSaver": "featurecat.compat.hamilton.io.data_adapters",
        "registry": "featurecat.compat.hamilton.registry:",
        "utils": "featurecat.compat.hamilton.io.utils:",
    },
    later={
        "readers and writers for plotly as classes": (
            "COLUMN_FRIENDLY_DF_TYPE",
            "PlotlyInteractiveWriter",
            "PlotlyStaticWriter",
            "register_data_loaders",
        )
    },
)
