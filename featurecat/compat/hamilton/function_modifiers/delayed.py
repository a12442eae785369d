"""Hamilton's ``function_modifiers.delayed``: decorators that depend on the config."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import INTERNAL, offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "DynamicResolver": "featurecat.compat.hamilton.function_modifiers.base",
        "InvalidDecoratorException": "featurecat.compat.hamilton.function_modifiers.base",
        "NodeTransformLifecycle": "featurecat.compat.hamilton.function_modifiers.base",
        "ResolveAt": "featurecat.function_modifiers",
        "resolve": "featurecat.function_modifiers",
        "resolve_from_config": "featurecat.function_modifiers",
        "settings": "featurecat.compat.hamilton.settings:",
    },
    later={INTERNAL: ("VALID_PARAM_KINDS", "extract_and_validate_params")},
)
