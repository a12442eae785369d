"""Hamilton's ``plugins.h_experiments.data_model``. The experiment tracker."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {},
    later={"the experiment tracker": ("NodeMaterializer", "RunMetadata", "denormalize_node_list", "model_from_values")},
)
