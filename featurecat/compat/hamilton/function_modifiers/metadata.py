"""Hamilton's ``function_modifiers.metadata``: tags, schemas, and options that are kept as tags."""

from __future__ import annotations

import json
from typing import Any

from featurecat.compat.hamilton._offer import INTERNAL, offer
from featurecat.function_modifiers.metadata import tag

__getattr__, __dir__, _offered = offer(
    __name__,
    {
        "base": "featurecat.compat.hamilton.function_modifiers.base:",
        "cache": "featurecat.function_modifiers",
        "tag_outputs": "featurecat.function_modifiers",
        "htypes": "featurecat.compat.hamilton.htypes:",
        "node": "featurecat.compat.hamilton.node:",
        "registry": "featurecat.compat.hamilton.registry:",
        "schema": "featurecat.function_modifiers",
    },
    later={INTERNAL: ("CACHE_BEHAVIORS", "CACHE_MATERIALIZERS", "SchemaOutput")},
    own=["RAY_REMOTE_TAG_NAMESPACE", "RayRemote", "ray_remote_options", "tag"],
)
__all__ = list(_offered)

RAY_REMOTE_TAG_NAMESPACE = "ray_remote"


def ray_remote_options(**options: Any) -> tag:
    """Options with which Ray is to compute a node, kept as tags.

    Args:
        options: Such as ``num_cpus=2``; values that JSON knows.
    """
    tags = {f"{RAY_REMOTE_TAG_NAMESPACE}.{name}": json.dumps(value) for name, value in options.items()}
    return tag(bypass_reserved_namespaces_=True, target_=..., **tags)


RayRemote = ray_remote_options
