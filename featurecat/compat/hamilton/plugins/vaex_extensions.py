"""Hamilton's ``plugins.vaex_extensions``. Readers and writers for Vaex."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "registry": "featurecat.compat.hamilton.registry:",
    },
    later={
        "readers and writers for Vaex as classes": (
            "COLUMN_TYPE",
            "DATAFRAME_TYPE",
            "fill_with_scalar_vaex",
            "get_column_vaex",
            "register_types",
        )
    },
)
