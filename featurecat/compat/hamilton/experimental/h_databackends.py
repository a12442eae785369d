"""Hamilton's ``experimental.h_databackends``. Stand-ins for the types of libraries."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import INTERNAL, offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "AbstractBackend": "featurecat.compat.hamilton.experimental.databackend",
    },
    later={
        INTERNAL: (
            "AbstractCuDFDataFrame",
            "AbstractDaskColumn",
            "AbstractDaskDataFrame",
            "AbstractGeoPandasColumn",
            "AbstractGeoPandasDataFrame",
            "AbstractIbisColumn",
            "AbstractIbisDataFrame",
            "AbstractLazyPolarsDataFrame",
            "AbstractModinDataFrame",
            "AbstractNumpyArray",
            "AbstractPandasColumn",
            "AbstractPandasDataFrame",
            "AbstractPolarsColumn",
            "AbstractPolarsDataFrame",
            "AbstractPyArrowDataFrame",
            "AbstractPyarrowColumn",
            "AbstractSparkPandasColumn",
            "AbstractSparkPandasDataFrame",
            "AbstractSparkSQLDataFrame",
            "AbstractVaexColumn",
            "AbstractVaexDataFrame",
            "register_backends",
        )
    },
)
