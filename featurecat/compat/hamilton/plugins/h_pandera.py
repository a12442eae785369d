"""Hamilton's ``plugins.h_pandera``: checks that the return annotation itself declares, by pandera."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import INTERNAL, offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "InvalidDecoratorException": "featurecat.compat.hamilton.function_modifiers.base",
        "base_check_output": "featurecat.function_modifiers.validation:check_output",
        "check_output": "featurecat.function_modifiers.custom_validation:check_schema",
        "custom_subclass_check": "featurecat.compat.hamilton.htypes",
        "dq_base": "featurecat.compat.hamilton.data_quality.base:",
        "fm_base": "featurecat.compat.hamilton.function_modifiers.base:",
        "node": "featurecat.compat.hamilton.node:",
    },
    later={INTERNAL: ("BaseDataValidationDecorator",)},
)
