"""Hamilton's ``plugins.jupyter_magic``: ``%%cell_to_module`` and its like; featurecat's own are ``%load_ext featurecat``."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import INTERNAL, offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "ad_hoc_utils": "featurecat.compat.hamilton.ad_hoc_utils:",
        "driver": "featurecat.compat.hamilton.driver:",
        **dict.fromkeys(
            ("HamiltonMagics", "load_ipython_extension", "parse_key_value_config", "topological_sort"),
            "featurecat.compat.hamilton.plugins._magics",
        ),
    },
    later={
        INTERNAL: (
            "determine_notebook_type",
            "display_in_databricks",
            "execute_and_get_assigned_values",
            "get_assigned_variables",
            "insert_cell_with_content",
            "parse_known_argstring",
        )
    },
)
