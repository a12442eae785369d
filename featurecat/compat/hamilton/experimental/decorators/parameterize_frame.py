"""Hamilton's ``experimental.decorators.parameterize_frame``: nodes out of the rows of a frame."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "ParameterizedExtract": "featurecat.compat.hamilton.function_modifiers.expanders",
        "UpstreamDependency": "featurecat.compat.hamilton.function_modifiers",
        "base": "featurecat.compat.hamilton.function_modifiers.base:",
        "parameterize_extract_columns": "featurecat.compat.hamilton.function_modifiers",
        "parameterize_frame": "featurecat.function_modifiers",
        "source": "featurecat.compat.hamilton.function_modifiers",
        "value": "featurecat.compat.hamilton.function_modifiers",
    },
)
