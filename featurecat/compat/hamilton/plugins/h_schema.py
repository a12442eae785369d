"""Hamilton's ``plugins.h_schema``. Snapshots of schemas."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "GraphExecutionHook": "featurecat.compat.hamilton.lifecycle",
        "HamiltonGraph": "featurecat.compat.hamilton.graph_types",
        "HamiltonNode": "featurecat.compat.hamilton.graph_types",
        "NodeExecutionHook": "featurecat.compat.hamilton.lifecycle",
        "h_databackends": "featurecat.compat.hamilton.experimental.h_databackends:",
    },
    later={
        "snapshots of schemas": (
            "Diff",
            "DiffResult",
            "SCHEMA_METADATA_FIELD",
            "SchemaValidator",
            "diff_schemas",
            "get_dataframe_schema",
            "human_readable_diff",
            "load_schema",
            "pyarrow_schema_to_json",
            "save_schema",
        )
    },
)
