"""Every public name of Hamilton exists, can be imported, and either is something or says what it is waiting for."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from featurecat.compat.hamilton._offer import absent
from featurecat.errors import UnsupportedError

SURFACE: dict[str, dict[str, str]] = json.loads((Path(__file__).parent / "surface.json").read_text(encoding="utf-8"))
OURS = "featurecat.compat.hamilton"
ABSENT: Any = type(absent("name", "a capability", "place"))

#: Capabilities that later releases bring; a name may be absent for one of these, or as one of Hamilton's internals.
LATER = {
    "caching of results between runs",
    "conversion of Kedro pipelines",
    "downloading of published dataflows",
    "execution on Dask",
    "execution on Ray",
    "execution on Spark",
    "export of lineage to OpenLineage",
    "internals of Hamilton",
    "notebook magic under this name",
    "notification by Slack",
    "snapshots of schemas",
    "support of Vaex",
    "the experiment tracker",
    "tracing to Datadog",
    "tracing with OpenTelemetry",
    "tracking with MLflow",
}
#: What every user of Hamilton meets: none of it may be absent.
PRESENT = {
    "hamilton.ad_hoc_utils": "*",
    "hamilton.async_driver": "AsyncDriver Builder",
    "hamilton.base": "*",
    "hamilton.data_quality.base": "*",
    "hamilton.data_quality.default_validators": "*",
    "hamilton.driver": "Builder Driver Variable InvalidExecutorException",
    "hamilton.execution.executors": "DefaultExecutionManager MultiProcessingExecutor MultiThreadingExecutor "
    "SynchronousLocalTaskExecutor TaskExecutor ExecutionManager",
    "hamilton.execution.grouping": "GroupByRepeatableBlocks GroupNodesAllAsOne GroupNodesByLevel GroupNodesIndividually",
    "hamilton.experimental.decorators.parameterize_frame": "parameterize_frame",
    "hamilton.function_modifiers": "*",
    "hamilton.graph": "FunctionGraph",
    "hamilton.graph_types": "*",
    "hamilton.htypes": "*",
    "hamilton.io.data_adapters": "*",
    "hamilton.io.default_data_loaders": "*",
    "hamilton.io.materialization": "to from_",
    "hamilton.io.utils": "*",
    "hamilton.lifecycle": "*",
    "hamilton.lifecycle.api": "*",
    "hamilton.models": "*",
    "hamilton.node": "*",
    "hamilton.plugins.h_logging": "*",
    "hamilton.plugins.h_narwhals": "*",
    "hamilton.plugins.h_pandas": "with_columns",
    "hamilton.plugins.h_pandera": "check_output",
    "hamilton.plugins.h_polars": "PolarsDataFrameResult with_columns",
    "hamilton.plugins.h_polars_lazyframe": "PolarsLazyFrameResult with_columns",
    "hamilton.plugins.h_pyarrow": "*",
    "hamilton.plugins.h_pydantic": "check_output",
    "hamilton.plugins.h_rich": "RichProgressBar",
    "hamilton.plugins.h_threadpool": "*",
    "hamilton.plugins.h_tqdm": "ProgressBar",
    "hamilton.registry": "register_adapter get_column fill_with_scalar disable_autoload",
    "hamilton.settings": "*",
    "hamilton.telemetry": "disable_telemetry is_telemetry_enabled",
    "hamilton.version": "*",
}


def our_module(name: str) -> Any:
    return importlib.import_module(OURS + name.removeprefix("hamilton"))


def present_names() -> Iterator[tuple[str, str]]:
    for module, names in PRESENT.items():
        for name in SURFACE[module] if names == "*" else names.split():
            yield module, name


@pytest.mark.parametrize("module", SURFACE)
def test_every_name_can_be_imported(module: str) -> None:
    own = our_module(module)
    missing = {name: value for name in SURFACE[module] if (value := reason(own, name))}
    assert not missing


def reason(module: Any, name: str) -> str | None:
    """Why a name cannot be imported; None when it can."""
    try:
        found = getattr(module, name)
    except (AttributeError, ImportError) as error:
        return f"{type(error).__name__}: {error}"
    if isinstance(found, ABSENT) and not (
        found.capability in LATER or found.capability.startswith("readers and writers")
    ):
        return f"absent for {found.capability!r}, which LATER does not list"
    return None


@pytest.mark.parametrize("module", SURFACE)
def test_a_module_lists_what_it_offers(module: str) -> None:
    own = our_module(module)
    assert set(SURFACE[module]) <= set(dir(own))


@pytest.mark.parametrize(("module", "name"), list(present_names()))
def test_what_everybody_uses_is_there(module: str, name: str) -> None:
    assert not isinstance(getattr(our_module(module), name), ABSENT) or "imported" in SURFACE[module][name]


@pytest.mark.parametrize("module", SURFACE)
def test_a_name_is_the_same_wherever_it_is_imported_from(module: str) -> None:
    own = our_module(module)
    for name, kind in SURFACE[module].items():
        origin, colon, original = kind.partition(":")
        if not colon or origin not in SURFACE or original not in SURFACE[origin]:
            continue
        here, there = getattr(own, name), getattr(our_module(origin), original)
        assert here is there or isinstance(here, ABSENT) is isinstance(there, ABSENT) is True, name


@pytest.mark.parametrize("use", [lambda it: it(), lambda it: it.method, lambda it: type("Own", (it,), {}), list])
def test_an_absent_name_says_what_it_waits_for_when_it_is_used(use: Any) -> None:
    tracker = our_module("hamilton.plugins.h_mlflow").MLFlowTracker
    with pytest.raises(
        UnsupportedError, match="plugins.h_mlflow.MLFlowTracker .* tracking with MLflow .* later release"
    ):
        use(tracker)


def test_an_internal_name_says_so() -> None:
    with pytest.raises(UnsupportedError, match="internals of Hamilton"):
        our_module("hamilton.graph").create_function_graph()
