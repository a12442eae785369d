"""Hamilton's ``experimental.h_cache``. Caching of results."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "Node": "featurecat.compat.hamilton.node",
        "SimplePythonGraphAdapter": "featurecat.compat.hamilton.base",
    },
    later={
        "caching of results between runs": (
            "CachingGraphAdapter",
            "read_feather",
            "read_feather_pd1",
            "read_feather_pd2",
            "read_json",
            "read_json_dict",
            "read_json_pd1",
            "read_json_pd2",
            "read_parquet",
            "read_parquet_pd1",
            "read_parquet_pd2",
            "read_pickle",
            "read_pickle_object",
            "write_feather",
            "write_feather_pd1",
            "write_feather_pd2",
            "write_json",
            "write_json_dict",
            "write_json_pd1",
            "write_json_pd2",
            "write_parquet",
            "write_parquet_pd1",
            "write_parquet_pd2",
            "write_pickle",
            "write_pickle_object",
        )
    },
)
