"""Hamilton's ``plugins.sklearn_plot_extensions``. Readers and writers for scikit-learn plots."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "DataSaver": "featurecat.compat.hamilton.io.data_adapters",
        "registry": "featurecat.compat.hamilton.registry:",
        "utils": "featurecat.compat.hamilton.io.utils:",
    },
    later={
        "readers and writers for scikit-learn plots as classes": (
            "COLUMN_FRIENDLY_DF_TYPE",
            "SKLEARN_PLOT_TYPES",
            "SKLEARN_PLOT_TYPES_ANNOTATION",
            "SklearnPlotSaver",
            "display_classes",
            "register_data_loaders",
        )
    },
)
