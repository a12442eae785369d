"""Hamilton's ``function_modifiers.validation``: checks, and the keys under which their nodes are tagged."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import INTERNAL, offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "base": "featurecat.compat.hamilton.function_modifiers.base:",
        "check_output": "featurecat.function_modifiers",
        "check_output_custom": "featurecat.function_modifiers",
        "default_validators": "featurecat.compat.hamilton.data_quality.default_validators:",
        "dq_base": "featurecat.compat.hamilton.data_quality.base:",
        "node": "featurecat.compat.hamilton.node:",
    },
    later={INTERNAL: ("BaseDataValidationDecorator",)},
    own=["DATA_VALIDATOR_ORIGINAL_OUTPUT_TAG", "IS_DATA_VALIDATOR_TAG"],
)

IS_DATA_VALIDATOR_TAG = "hamilton.data_quality.contains_dq_results"
DATA_VALIDATOR_ORIGINAL_OUTPUT_TAG = "hamilton.data_quality.source_node"
