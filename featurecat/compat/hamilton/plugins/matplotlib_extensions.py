"""Hamilton's ``plugins.matplotlib_extensions``. Readers and writers for matplotlib."""

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
        "readers and writers for matplotlib as classes": (
            "COLUMN_FRIENDLY_DF_TYPE",
            "MatplotlibWriter",
            "register_data_savers",
        )
    },
)
