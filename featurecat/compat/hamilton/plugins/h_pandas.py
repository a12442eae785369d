"""Hamilton's ``plugins.h_pandas``: columns added to pandas frames."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "DATAFRAME_TYPE": "pandas:DataFrame",
        "extract_columns": "featurecat.compat.hamilton.function_modifiers.expanders",
        "node": "featurecat.compat.hamilton.node:",
        "registry": "featurecat.compat.hamilton.registry:",
        "subdag": "featurecat.compat.hamilton.function_modifiers.recursive",
        "with_columns": "featurecat.function_modifiers",
        "with_columns_base": "featurecat.compat.hamilton.function_modifiers.recursive",
    },
)
