"""Hamilton's ``plugins.h_spark``. Execution on Spark."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "DATAFRAME_TYPE": "featurecat.compat.hamilton.plugins.pyspark_pandas_extensions",
        "base": "featurecat.compat.hamilton.base:",
        "custom_subclass_check": "featurecat.compat.hamilton.htypes",
        "fm_base": "featurecat.compat.hamilton.function_modifiers.base:",
        "graph_functions": "featurecat.compat.hamilton.execution.graph_functions:",
        "htypes": "featurecat.compat.hamilton.htypes:",
        "lifecycle_base": "featurecat.compat.hamilton.lifecycle.base:",
        "node": "featurecat.compat.hamilton.node:",
        "subdag": "featurecat.compat.hamilton.function_modifiers",
        "with_columns_base": "featurecat.compat.hamilton.function_modifiers.recursive",
    },
    later={
        "execution on Spark": (
            "KoalasDataFrameResult",
            "PySparkUDFGraphAdapter",
            "SPARK_INPUT_CHECK",
            "SparkInputValidator",
            "SparkKoalasGraphAdapter",
            "derive_dataframe_parameter",
            "derive_dataframe_parameter_from_fn",
            "derive_dataframe_parameter_from_node",
            "get_spark_type",
            "numpy_to_spark_type",
            "python_to_spark_type",
            "require_columns",
            "select",
            "sparkify_node_with_udf",
            "with_columns",
        )
    },
)
