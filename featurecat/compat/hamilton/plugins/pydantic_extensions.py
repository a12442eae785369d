"""Hamilton's ``plugins.pydantic_extensions``. Readers and writers for pydantic."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "base": "featurecat.compat.hamilton.data_quality.base:",
        "custom_subclass_check": "featurecat.compat.hamilton.htypes",
        "default_validators": "featurecat.compat.hamilton.data_quality.default_validators:",
    },
    later={
        "readers and writers for pydantic as classes": (
            "COLUMN_FRIENDLY_DF_TYPE",
            "PydanticModelValidator",
            "register_validators",
        )
    },
)
