"""Adapters that come with featurecat: to see, to time, to debug and to check a run."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Collection
from typing import Any, ClassVar, TextIO, TypeAlias

from featurecat.definition.types import accepts, type_text, value_fits
from featurecat.errors import RequestError, RunError
from featurecat.frames.describe import describe_value

__all__ = [
    "FunctionInputOutputTypeChecker",
    "NoEdgeAndInputTypeChecking",
    "NodeFilter",
    "NodeTiming",
    "PDBDebugger",
    "PrintLn",
    "Progress",
    "SlowDownYouMoveTooFast",
]

#: Which nodes are meant: None (all), a name, names, or a function of name and tags.
NodeFilter: TypeAlias = "Callable[[str, dict[str, Any]], bool] | list[str] | str | None"

_SECOND_UNITS = ((1.0, 1.0, "s"), (1e-3, 1e3, "ms"), (0.0, 1e6, "μs"))


def _checked_filter(node_filter: Any) -> NodeFilter:
    if node_filter is None or callable(node_filter) or isinstance(node_filter, str | list | tuple | set | frozenset):
        return list(node_filter) if isinstance(node_filter, tuple | set | frozenset) else node_filter
    raise RequestError(
        f"node_filter cannot be {describe_value(node_filter)}",
        hint="a name, a list of names, or a function of name and tags",
    )


def _meant(node_filter: NodeFilter, node_name: str, node_tags: dict[str, Any]) -> bool:
    if node_filter is None:
        return True
    if isinstance(node_filter, str):
        return node_name == node_filter
    return bool(node_filter(node_name, node_tags)) if callable(node_filter) else node_name in node_filter


def _duration(seconds: float) -> str:
    factor, unit = next((factor, unit) for least, factor, unit in _SECOND_UNITS if seconds >= least)
    return f"{seconds * factor:.3g}{unit}"


class _Clocks:
    """Starting times of what runs now, in any number of threads."""

    def __init__(self) -> None:
        self._started = threading.local()

    def start(self, key: tuple[str, str | None]) -> None:
        self._times()[key] = time.perf_counter()

    def stop(self, key: tuple[str, str | None]) -> float:
        return time.perf_counter() - self._times().pop(key, time.perf_counter())

    def _times(self) -> dict[tuple[str, str | None], float]:
        if not hasattr(self._started, "times"):
            self._started.times = {}
        times: dict[tuple[str, str | None], float] = self._started.times
        return times

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return _Clocks, ()


class PrintLn:
    """Prints a line before and after each node.

    Args:
        verbosity: 1 for name and time, 2 for inputs and results, too.
        print_fn: What prints a line.
        node_filter: Which nodes: a name, names, or a function of name and tags; all by default.

    Example:
        >>> hook = PrintLn(node_filter="spend")
        >>> hook.run_before_node_execution(node_name="spend", node_tags={}, node_kwargs={}, task_id=None)
        Executing node: spend.
    """

    def __init__(
        self, verbosity: int = 1, print_fn: Callable[[str], Any] = print, node_filter: NodeFilter = None
    ) -> None:
        if verbosity not in (1, 2):
            raise RequestError(f"verbosity must be 1 or 2, not {verbosity!r}")
        self.verbosity = verbosity
        self.print_fn = print_fn
        self.node_filter = _checked_filter(node_filter)
        self._clocks = _Clocks()

    def run_before_node_execution(
        self,
        *,
        node_name: str,
        node_tags: dict[str, Any],
        node_kwargs: dict[str, Any],
        task_id: str | None,
        **future_kwargs: Any,
    ) -> None:
        """Print what is about to be computed."""
        if not _meant(self.node_filter, node_name, node_tags):
            return
        self._clocks.start((node_name, task_id))
        text = f"Executing node: {_full_name(node_name, task_id)}."
        self.print_fn(f"{text} Inputs:\n{_pretty(node_kwargs)}" if self.verbosity == 2 else text)

    def run_after_node_execution(
        self,
        *,
        node_name: str,
        node_tags: dict[str, Any],
        result: Any,
        error: BaseException | None,
        success: bool,
        task_id: str | None,
        **future_kwargs: Any,
    ) -> None:
        """Print how long it took, and whether it failed."""
        if not _meant(self.node_filter, node_name, node_tags):
            return
        taken = _duration(self._clocks.stop((node_name, task_id)))
        text = f"Finished node: {_full_name(node_name, task_id)} in {taken}. Status: {'Success' if success else 'Failure'}."
        if self.verbosity == 2:
            text += f" Result:\n{_pretty(result)}" if success else f" Error:\n{_pretty(error)}"
        self.print_fn(text)


def _full_name(node_name: str, task_id: str | None) -> str:
    return node_name if task_id is None else f"{task_id}:{node_name}"


def _pretty(value: Any) -> str:
    import pprint  # only the talkative need it

    return pprint.pformat(value)


class NodeTiming:
    """Keeps how long each node took, and how often it was computed.

    Attributes:
        seconds: Node to seconds, those of all its computations together.
        calls: Node to number of computations.

    Example:
        >>> timing = NodeTiming()
        >>> timing.slowest(3)
        []
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.calls: dict[str, int] = {}
        self._lock = threading.Lock()
        self._clocks = _Clocks()

    def run_before_node_execution(self, *, node_name: str, task_id: str | None, **future_kwargs: Any) -> None:
        """Start the clock."""
        self._clocks.start((node_name, task_id))

    def run_after_node_execution(self, *, node_name: str, task_id: str | None, **future_kwargs: Any) -> None:
        """Stop the clock."""
        taken = self._clocks.stop((node_name, task_id))
        with self._lock:
            self.seconds[node_name] = self.seconds.get(node_name, 0.0) + taken
            self.calls[node_name] = self.calls.get(node_name, 0) + 1

    def slowest(self, most: int = 10) -> list[tuple[str, float]]:
        """Names and seconds of the nodes that took longest."""
        return sorted(self.seconds.items(), key=lambda item: -item[1])[:most]

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return type(self), ()  # a worker process keeps its own times


class Progress:
    """Writes how far a run has come: one line that is written over on a terminal, elsewhere a line a tenth.

    Args:
        stream: Where to write; the standard error by default.
        label: What the line begins with.
    """

    def __init__(self, stream: TextIO | None = None, label: str = "features") -> None:
        self.stream = stream
        self.label = label
        self._lock = threading.Lock()
        self._total = self._done = self._written = 0

    def __reduce__(self) -> tuple[type, tuple[None, str]]:
        return type(self), (None, self.label)

    def run_before_graph_execution(self, *, execution_path: Collection[str], **future_kwargs: Any) -> None:
        """Count what is to be done."""
        self._total, self._done, self._written = len(execution_path), 0, 0

    def run_after_node_execution(self, *, node_name: str, **future_kwargs: Any) -> None:
        """Count a node and show it."""
        with self._lock:
            self._done += 1
            total = max(self._total, self._done)
            self._show(f"{self.label}: {self._done} of {total} ({node_name})", self._done * 10 // total)

    def run_after_graph_execution(self, *, success: bool, **future_kwargs: Any) -> None:
        """Finish the line."""
        stream = self._stream()
        if self._done and stream.isatty():
            print(file=stream)
        if not success:
            print(f"{self.label}: failed after {self._done}", file=stream)

    def _stream(self) -> TextIO:
        return sys.stderr if self.stream is None else self.stream

    def _show(self, text: str, tenth: int) -> None:
        stream = self._stream()
        if stream.isatty():
            print(f"\r\x1b[2K{text}", end="", file=stream, flush=True)
        elif tenth > self._written:
            self._written = tenth
            print(text, file=stream, flush=True)


class PDBDebugger:
    """Stops in the debugger before, in or after the nodes that are meant.

    Args:
        node_filter: Which nodes: a name, names, or a function of name and tags.
        before: Whether to stop before, with ``node_name``, ``node_kwargs`` and more at hand.
        during: Whether to step through the function; what it was given is in ``PDBDebugger.CONTEXT``.
        after: Whether to stop after, with ``result`` and ``error`` at hand.
    """

    #: What the debugger was last started for.
    CONTEXT: ClassVar[dict[str, Any]] = {}

    def __init__(
        self, node_filter: NodeFilter, before: bool = False, *, during: bool = False, after: bool = False
    ) -> None:
        self.node_filter = _checked_filter(node_filter)
        self.run_before, self.run_during, self.run_after = before, during, after

    def run_before_node_execution(
        self,
        *,
        node_name: str,
        node_tags: dict[str, Any],
        node_kwargs: dict[str, Any],
        node_return_type: Any,
        task_id: str | None,
        **future_kwargs: Any,
    ) -> None:
        """Stop before the node."""
        if self.run_before and _meant(self.node_filter, node_name, node_tags):
            breakpoint()  # noqa: T100 - what this adapter is for

    def run_to_execute_node(
        self,
        *,
        node_name: str,
        node_tags: dict[str, Any],
        node_callable: Callable[..., Any],
        node_kwargs: dict[str, Any],
        **future_kwargs: Any,
    ) -> Any:
        """Compute the node, step by step if it is meant."""
        if not (self.run_during and _meant(self.node_filter, node_name, node_tags)):
            return node_callable(**node_kwargs)
        import pdb  # noqa: T100 - what this adapter is for

        PDBDebugger.CONTEXT = {
            "node_name": node_name,
            "node_tags": node_tags,
            "node_callable": node_callable,
            "node_kwargs": node_kwargs,
            **future_kwargs,
        }
        return pdb.runcall(node_callable, **node_kwargs)

    def run_after_node_execution(
        self,
        *,
        node_name: str,
        node_tags: dict[str, Any],
        node_kwargs: dict[str, Any],
        result: Any,
        error: BaseException | None,
        **future_kwargs: Any,
    ) -> None:
        """Stop after the node."""
        if self.run_after and _meant(self.node_filter, node_name, node_tags):
            breakpoint()  # noqa: T100 - what this adapter is for


class FunctionInputOutputTypeChecker:
    """Checks what every function takes and returns against its annotations, members of containers included.

    Args:
        check_input: Whether to check what functions take.
        check_output: Whether to check what they return.

    Example:
        >>> checker = FunctionInputOutputTypeChecker()
        >>> checker.run_after_node_execution(node_name="x", node_return_type=int, result=1, success=True)
    """

    def __init__(self, check_input: bool = True, check_output: bool = True) -> None:
        self.check_input = check_input
        self.check_output = check_output

    def run_before_node_execution(
        self, *, node_name: str, node_kwargs: dict[str, Any], node_input_types: dict[str, Any], **future_kwargs: Any
    ) -> None:
        """Check what the node takes.

        Raises:
            RunError: When a value does not fit.
        """
        if not self.check_input:
            return
        for name, value in node_kwargs.items():
            wanted = node_input_types[name]
            if not _fits_exactly(wanted, value):
                raise RunError(
                    f"{node_name} takes {name}: {type_text(wanted)}, but was given {describe_value(value)}",
                    code="type-mismatch",
                    hint=f"let {name} return {type_text(wanted)}, or change the annotation",
                    feature=node_name,
                )

    def run_after_node_execution(
        self, *, node_name: str, node_return_type: Any, result: Any, success: bool, **future_kwargs: Any
    ) -> None:
        """Check what the node returned.

        Raises:
            RunError: When the value does not fit.
        """
        if self.check_output and success and not _fits_exactly(node_return_type, result):
            raise RunError(
                f"{node_name} returned {describe_value(result)}, not {type_text(node_return_type)}",
                code="type-mismatch",
                hint="change what it returns, or its annotation",
                feature=node_name,
            )


def _fits_exactly(wanted: Any, value: Any) -> bool:
    """As :func:`value_fits`, but None fits only where it is asked for."""
    if value is None:
        return accepts(wanted, type(None)) or wanted is object
    return value_fits(wanted, value)


class NoEdgeAndInputTypeChecking:
    """Lets every type feed every other, and every value be an input; for trying things out."""

    def check_edge_types_match(self, *, type_from: Any, type_to: Any, **future_kwargs: Any) -> bool:
        """Yes."""
        return True

    def validate_input(self, *, node_type: Any, input_value: Any, **future_kwargs: Any) -> bool:
        """Yes."""
        return True


class SlowDownYouMoveTooFast:
    """Waits before each node, so that one can watch.

    Args:
        sleep_time_mean: Seconds, on average.
        sleep_time_std: Their standard deviation.
    """

    def __init__(self, sleep_time_mean: float, sleep_time_std: float = 0.0) -> None:
        self.sleep_time_mean = sleep_time_mean
        self.sleep_time_std = sleep_time_std

    def run_before_node_execution(self, **future_kwargs: Any) -> None:
        """Wait."""
        import random

        time.sleep(max(0.0, random.gauss(self.sleep_time_mean, self.sleep_time_std)))
