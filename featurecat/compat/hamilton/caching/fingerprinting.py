"""Hamilton's ``caching.fingerprinting``. Caching of results."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "h_databackends": "featurecat.compat.hamilton.experimental.h_databackends:",
    },
    later={
        "caching of results between runs": (
            "MAX_DEPTH",
            "NONE_HASH",
            "UNHASHABLE",
            "hash_bytes",
            "hash_mapping",
            "hash_none",
            "hash_numpy_array",
            "hash_pandas_obj",
            "hash_polars_column",
            "hash_polars_dataframe",
            "hash_primitive",
            "hash_repr",
            "hash_sequence",
            "hash_set",
            "hash_unordered_mapping",
            "hash_value",
            "set_max_depth",
        )
    },
)
