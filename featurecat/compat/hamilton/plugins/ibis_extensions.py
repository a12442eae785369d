"""Hamilton's ``plugins.ibis_extensions``. Readers and writers for Ibis."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "base": "featurecat.compat.hamilton.data_quality.base:",
        "default_validators": "featurecat.compat.hamilton.data_quality.default_validators:",
        "registry": "featurecat.compat.hamilton.registry:",
    },
    later={
        "readers and writers for Ibis as classes": (
            "COLUMN_TYPE",
            "DATAFRAME_TYPE",
            "SchemaValidatorIbis",
            "fill_with_scalar_ibis",
            "get_column_ibis",
            "register_types",
            "register_validators",
        )
    },
)
