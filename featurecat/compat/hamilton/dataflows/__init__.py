"""Hamilton's ``dataflows``. Published dataflows."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "driver": "featurecat.compat.hamilton.driver:",
    },
    later={
        "downloading of published dataflows": (
            "BASE_URL",
            "COMMON_PATH",
            "DATAFLOW_FOLDER",
            "InspectModuleResult",
            "InspectResult",
            "OFFICIAL_PATH",
            "USER_PATH",
            "are_py_dependencies_satisfied",
            "clear_storage",
            "copy",
            "find",
            "import_module",
            "init",
            "inspect",
            "inspect_module",
            "install_dependencies_string",
            "last_resolve_value",
            "last_time_called",
            "latest_commit",
            "list",
            "pull_module",
            "resolve_latest_branch_commit",
        )
    },
)
