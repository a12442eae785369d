"""Running with loading and saving: what a driver does with ``from_`` and ``to``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from featurecat.errors import RequestError

if TYPE_CHECKING:
    from featurecat.graph.graph import Graph
    from featurecat.io.materializers import Materializer

__all__ = ["Materializing", "check_materializers", "extended_graph"]


def check_materializers(given: Iterable[Any]) -> list[Materializer]:
    """What was handed over, if all of it is made by ``to`` or ``from_``.

    Raises:
        RequestError: For anything else; it says so where a list was not unpacked.
    """
    from featurecat.io.materializers import Loading, Saving

    materializers = list(given)
    for one in materializers:
        if isinstance(one, Saving | Loading):
            continue
        if isinstance(one, list | tuple):
            raise RequestError("materializers are given one by one, not as a list", hint="unpack it: *materializers")
        shown = getattr(one, "__name__", type(one).__name__)
        raise RequestError(
            f"{shown} is no materializer", hint="to.parquet(id=…, dependencies=[…], path=…) or from_.parquet(target=…)"
        )
    return materializers


def extended_graph(graph: Graph, materializers: Sequence[Materializer]) -> Graph:
    """The graph with nodes that load and save.

    ``from_`` adds ``load_data.<target>``, and ``<target>`` takes its data: an input is then computed, a feature no
    longer. ``to`` adds ``<id>``, and with ``combine=`` also ``<id>_build_result``. The graph given is left as it is.

    Args:
        graph: A resolved graph.
        materializers: What ``to`` and ``from_`` made.

    Returns:
        A new graph, validated as any other.

    Raises:
        DefinitionError: With everything that is wrong: unknown names, names that are taken, arguments that do not fit.
    """
    if not materializers:
        return graph
    from featurecat.driver.growing import grown_graph  # most drivers neither load nor save

    return grown_graph(graph, materializers)


class Materializing:
    """What a driver loads and saves around a run.

    Attributes:
        graph: The resolved graph.
    """

    graph: Graph

    def materialize(
        self,
        *materializers: Materializer,
        additional_vars: Sequence[Any] | None = None,
        overrides: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Compute features, with data loaded first and results saved last.

        Args:
            materializers: ``from_.<format>(target=…, …)`` for what is loaded, ``to.<format>(id=…, dependencies=[…], …)``
                for what is saved.
            additional_vars: Further features whose values are returned; names, functions or variables.
            overrides: Values that replace those of nodes.
            inputs: Values of inputs.

        Returns:
            What each ``to`` tells about what it saved, by its id; and the values of ``additional_vars``, by name.

        Raises:
            RequestError: When nothing is asked for, and as ``execute``.
            DefinitionError: With everything that is wrong with the materializers.
            StoreError: When something cannot be read or written.

        Example:
            >>> import types
            >>> from featurecat.driver import Driver
            >>> from featurecat.io import from_, to
            >>> def doubled(spend: int) -> int:
            ...     return spend * 2
            >>> module = types.ModuleType("weeks")
            >>> doubled.__module__, module.doubled = "weeks", doubled
            >>> Driver({}, module).materialize(
            ...     from_.literal(target="spend", value=2), to.memory(id="kept", dependencies=["doubled"])
            ... )
            ({'kept': 4}, {})
        """
        driver, saved, names = self._materialized(materializers, additional_vars)
        given = _still_known(inputs, self.graph, driver.graph)
        outputs = driver.execute([*saved, *names], overrides=overrides, inputs=given)
        return {name: outputs[name] for name in saved}, {name: outputs[name] for name in names}

    def validate_materialization(
        self,
        *materializers: Materializer,
        additional_vars: Sequence[Any] | None = None,
        overrides: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> None:
        """Raise what :meth:`materialize` would raise before it loads anything; run nothing.

        Raises:
            RequestError: As :meth:`materialize`.
            DefinitionError: With everything that is wrong with the materializers.
        """
        driver, saved, names = self._materialized(materializers, additional_vars)
        given = _still_known(inputs, self.graph, driver.graph)
        driver.validate_execution([*saved, *names], overrides=overrides, inputs=given)

    def visualize_materialization(
        self,
        *materializers: Materializer,
        output_file_path: str | None = None,
        additional_vars: Sequence[Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
        overrides: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Any:
        """What :meth:`materialize` would run, as a picture; options as for ``visualize_execution``."""
        driver, saved, names = self._materialized(materializers, additional_vars)
        given = _still_known(inputs, self.graph, driver.graph)
        return driver.visualize_execution(
            [*saved, *names], output_file_path, inputs=given, overrides=overrides, **options
        )

    def _materialized(
        self, materializers: Sequence[Any], additional_vars: Sequence[Any] | None
    ) -> tuple[Any, list[str], list[str]]:
        """A driver of the grown graph that returns a dictionary, the ids of what is saved, and the further names."""
        checked = check_materializers(materializers)
        saved = [one.id for one in checked if hasattr(one, "id")]
        if not saved and not additional_vars:
            raise RequestError(
                "nothing is asked for", hint="give to.parquet(id=…, dependencies=[…], path=…), or additional_vars=[…]"
            )
        owner: Any = self  # the driver, which this is a part of
        driver = owner.with_materializers(*checked)
        driver._builder = "dict"
        names: Callable[[Any], list[str]] = driver._names
        return driver, saved, names(additional_vars or [])


def _still_known(inputs: Mapping[str, Any] | None, before: Graph, after: Graph) -> dict[str, Any]:
    """The inputs without those that only what is now loaded would have needed."""
    return {name: value for name, value in (inputs or {}).items() if name in after.nodes or name not in before.nodes}
