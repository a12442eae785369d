"""Hamilton's ``function_modifiers.adapters``: loading and saving as decorators."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import INTERNAL, offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "AdapterCommon": "featurecat.compat.hamilton.io.data_adapters",
        "DataLoader": "featurecat.compat.hamilton.io.data_adapters",
        "DataSaver": "featurecat.compat.hamilton.io.data_adapters",
        "DependencyType": "featurecat.compat.hamilton.node",
        "InvalidDecoratorException": "featurecat.compat.hamilton.function_modifiers.base",
        "LOADER_REGISTRY": "featurecat.compat.hamilton.registry",
        "LiteralDependency": "featurecat.compat.hamilton.function_modifiers.dependencies",
        "NodeCreator": "featurecat.compat.hamilton.function_modifiers.base",
        "NodeInjector": "featurecat.compat.hamilton.function_modifiers.base",
        "ParametrizedDependency": "featurecat.compat.hamilton.function_modifiers.dependencies",
        "SAVER_REGISTRY": "featurecat.compat.hamilton.registry",
        "SingleNodeNodeTransformer": "featurecat.compat.hamilton.function_modifiers.base",
        "UpstreamDependency": "featurecat.compat.hamilton.function_modifiers.dependencies",
        "custom_subclass_check": "featurecat.compat.hamilton.htypes",
        "dataloader": "featurecat.function_modifiers",
        "datasaver": "featurecat.function_modifiers",
        "load_from": "featurecat.compat.hamilton._formats",
        "node": "featurecat.compat.hamilton.node:",
        "save_to": "featurecat.compat.hamilton._formats",
    },
    later={
        INTERNAL: (
            "AdapterFactory",
            "LoadFromDecorator",
            "SaveToDecorator",
            "load_from__meta__",
            "resolve_adapter_class",
            "resolve_kwargs",
            "save_to__meta__",
        )
    },
)
