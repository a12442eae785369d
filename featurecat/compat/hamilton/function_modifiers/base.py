"""Hamilton's ``function_modifiers.base``: the errors of decorators. Its own decorators' classes are featurecat's."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import INTERNAL, offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "InvalidDecoratorException": "featurecat.errors:ModifierError",
        "MissingConfigParametersException": "featurecat.errors:RequestError",
        "TargetType": "featurecat.definition.modifier:Target",
        "node": "featurecat.compat.hamilton.node:",
        "registry": "featurecat.compat.hamilton.registry:",
        "settings": "featurecat.compat.hamilton.settings:",
    },
    later={
        INTERNAL: (
            "DECORATOR_COUNTER",
            "DefaultNodeCreator",
            "DefaultNodeDecorator",
            "DefaultNodeResolver",
            "DynamicResolver",
            "NodeCreator",
            "NodeDecorator",
            "NodeExpander",
            "NodeInjector",
            "NodeResolver",
            "NodeTransformLifecycle",
            "NodeTransformer",
            "SingleNodeNodeTransformer",
            "SubDAGModifier",
            "filter_config",
            "get_node_decorators",
            "resolve_config",
            "resolve_nodes",
            "sanitize_function_name",
            "track_decorator_usage",
        )
    },
)
