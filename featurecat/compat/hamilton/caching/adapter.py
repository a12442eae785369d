"""Hamilton's ``caching.adapter``. Caching of results."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "BaseDoNodeExecute": "featurecat.compat.hamilton.lifecycle.base",
        "BasePostNodeExecute": "featurecat.compat.hamilton.lifecycle.base",
        "BasePreGraphExecute": "featurecat.compat.hamilton.lifecycle.base",
        "BasePreNodeExecute": "featurecat.compat.hamilton.lifecycle.base",
        "FileResultStore": "featurecat.compat.hamilton.caching.stores.file",
        "FunctionGraph": "featurecat.compat.hamilton.graph",
        "MetadataStore": "featurecat.compat.hamilton.caching.stores.base",
        "ResultRetrievalError": "featurecat.compat.hamilton.caching.stores.base",
        "ResultStore": "featurecat.compat.hamilton.caching.stores.base",
        "SQLiteMetadataStore": "featurecat.compat.hamilton.caching.stores.sqlite",
        "cache_decorator": "featurecat.compat.hamilton.function_modifiers.metadata:cache",
        "create_cache_key": "featurecat.compat.hamilton.caching.cache_key",
        "fingerprinting": "featurecat.compat.hamilton.caching.fingerprinting:",
        "graph_types": "featurecat.compat.hamilton.graph_types:",
        "search_data_adapter_registry": "featurecat.compat.hamilton.caching.stores.base",
    },
    later={
        "caching of results between runs": (
            "CACHING_BEHAVIORS",
            "CachingBehavior",
            "CachingEvent",
            "CachingEventType",
            "HamiltonCacheAdapter",
            "NodeRoleInTaskExecution",
            "S",
            "SENTINEL",
        )
    },
)
