"""Tasks in other processes: the driver travels by the names of its modules, values by pickle, one by one."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from featurecat.errors import FeaturecatError, Problem, RequestError, RunError
from featurecat.execution.tasks import Dynamic, Request, Task, Watchers
from featurecat.plan.tasks import TaskSpec

__all__ = ["Failure", "Origin", "Shipment", "Shipping"]


class Origin(Protocol):
    """What a worker process makes tasks of: a driver."""

    def dynamic_plan(self, names: tuple[str, ...], inputs: tuple[str, ...], overrides: tuple[str, ...]) -> Dynamic:
        """The tasks of a request."""
        ...

    def watchers(self, run_id: str) -> Watchers:
        """What is told of a run."""
        ...


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong in a worker process."""

    error: BaseException
    cause: BaseException | None


@dataclass(frozen=True, slots=True)
class Shipment:
    """A task on its way to a worker process; calling it there gives pickled results, or a :class:`Failure`.

    Attributes:
        origin: The pickled driver.
        request: Names asked for, given inputs, given overrides.
        task: Name of the task.
        index: Of the item.
        spawned_by: Id of the task that gave the item.
        run_id: Of the run.
        values: Name to pickled value.
    """

    origin: bytes
    request: Request
    task: str
    index: int | None
    spawned_by: str | None
    run_id: str
    values: Mapping[str, bytes]

    def __call__(self) -> Any:
        """Run the task; nothing is raised, so that nothing is lost on the way back."""
        try:
            return self._results()
        except FeaturecatError as error:
            return Failure(error, _portable(error.__cause__))

    def _results(self) -> dict[str, bytes]:
        dynamic, watchers = _unpacked(self.origin, self.request, self.run_id)
        spec = dynamic.spec(self.task)
        values = {name: pickle.loads(packed) for name, packed in self.values.items()}
        watchers = replace(watchers, overrides=frozenset(self.request[2]))
        task = Task(
            spec, dynamic.program(spec), values, watchers=watchers, index=self.index, spawned_by=self.spawned_by
        )
        del values
        results = task()
        return {name: _packed(name, _listed(dynamic, name, results.pop(name)), spec) for name in list(results)}


def _listed(dynamic: Dynamic, name: str, value: Any) -> Any:
    """A ``Parallelizable`` as a list of its items: what yields them cannot leave its process."""
    return list(value) if name in dynamic.plan.expanders else value


#: The drivers this process has been sent, and their plans; a worker serves few.
_origins: dict[bytes, Origin] = {}
_plans: dict[tuple[bytes, Any], Dynamic] = {}
_MOST_KEPT = 8


def _unpacked(origin: bytes, request: Any, run_id: str) -> tuple[Dynamic, Watchers]:
    if origin not in _origins:
        if len(_origins) >= _MOST_KEPT:
            _origins.clear()
            _plans.clear()
        _origins[origin] = pickle.loads(origin)
    found = _origins[origin]
    key = origin, request
    if key not in _plans:
        _plans[key] = found.dynamic_plan(*request)
    return _plans[key], found.watchers(run_id)


class Shipping:
    """Packs the tasks of one run. What several tasks take is packed once.

    Args:
        origin: The driver.
        request: Names asked for, given inputs, given overrides.
    """

    def __init__(self, origin: Any, request: Request) -> None:
        self._origin = origin
        self._packed_origin: bytes | None = None
        self._request = request
        self._shared: dict[str, bytes] = {}

    def __call__(self, task: Task) -> tuple[Callable[[], Any], Callable[[Any], dict[str, Any]]]:
        """The shipment of a task, and what receives its results."""
        spec, values = task.spec, task.values
        task.values = {}
        packed: dict[str, bytes] = {}
        for name in list(values):
            value = values.pop(name)
            if spec.block is not None and name in spec.once:
                if name not in self._shared:
                    self._shared[name] = _packed(name, value, spec)
                packed[name] = self._shared[name]
            else:
                packed[name] = _packed(name, value, spec)
        shipment = Shipment(
            self._driver(),
            self._request,
            spec.name,
            task.index,
            task.spawning_task_id,
            task.run_id,
            packed,
        )
        return shipment, _received

    def forget(self, names: tuple[str, ...]) -> None:
        """Let go what was packed for tasks that have all run."""
        for name in names:
            self._shared.pop(name, None)

    def _driver(self) -> bytes:
        if self._packed_origin is None:
            self._packed_origin = _packed_driver(self._origin)
        return self._packed_origin


def _packed_driver(origin: Any) -> bytes:
    try:
        return pickle.dumps(origin, protocol=pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # whatever a value's own pickling raises
        parts = origin.__reduce__()[1] if hasattr(origin, "__reduce__") else ()
        names = list(_unpicklable(parts))
        raise RequestError(
            f"the driver cannot be sent to another process: {'; '.join(names) or error}",
            code="unsupported",
            hint="use MultiThreadingExecutor, or give it config and adapters that can be pickled",
        ) from error


def _unpicklable(parts: Any) -> Iterator[str]:
    for part in parts:
        for name, value in part.named_parts() if hasattr(part, "named_parts") else ():
            try:
                pickle.dumps(value)
            except Exception as error:  # noqa: BLE001 - whatever a value's own pickling raises
                yield f"{name} ({error})"


def _packed(name: str, value: Any, spec: TaskSpec) -> bytes:
    try:
        return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # whatever a value's own pickling raises
        node = next((node for node in spec.nodes if node.name == name), spec.nodes[0])
        verb = "cannot leave its process" if node.name == name else f"cannot be sent to {node.name} in another process"
        raise RunError(
            Problem(
                "unsupported",
                f"the value of {name} {verb}, as it cannot be pickled: {type(value).__name__}: {error}",
                *node.place,
                "run it with MultiThreadingExecutor, or return something that can be pickled",
                name,
            )
        ) from error


def _received(answer: Any) -> dict[str, Any]:
    if isinstance(answer, Failure):
        raise answer.error from answer.cause
    return {name: pickle.loads(packed) for name, packed in answer.items()}


def _portable(error: BaseException | None) -> BaseException | None:
    """An exception, if it survives pickling; else one that says as much."""
    if error is None:
        return None
    try:
        restored: BaseException = pickle.loads(pickle.dumps(error))
        if type(restored) is not type(error):
            raise TypeError
        return restored
    except Exception:  # noqa: BLE001 - whatever an exception's own pickling raises
        return RuntimeError(f"{type(error).__name__}: {error}")
