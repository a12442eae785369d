"""Hamilton's ``plugins.jupyter_magic``. Notebook magic; featurecat has its own: %load_ext featurecat."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "ad_hoc_utils": "featurecat.compat.hamilton.ad_hoc_utils:",
        "driver": "featurecat.compat.hamilton.driver:",
    },
    later={
        "notebook magic under this name": (
            "HamiltonMagics",
            "determine_notebook_type",
            "display_in_databricks",
            "execute_and_get_assigned_values",
            "get_assigned_variables",
            "insert_cell_with_content",
            "load_ipython_extension",
            "parse_key_value_config",
            "parse_known_argstring",
            "topological_sort",
        )
    },
)
