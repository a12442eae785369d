"""Hamilton's ``execution.executors``: where the tasks of parallel graphs run, and what executors of one's own are made of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures import ProcessPoolExecutor as _Processes
from typing import Any

from featurecat.compat.hamilton._offer import INTERNAL, offer
from featurecat.compat.hamilton.execution.state import TaskState
from featurecat.execution.executors import TaskExecutor

_OWN = (
    "PoolExecutor",
    "TaskFuture",
    "TaskFutureWrappingFunction",
    "TaskFutureWrappingPythonFuture",
    "TaskState",
    "base_execute_task",
)

__getattr__, __dir__, _offered = offer(
    __name__,
    {
        **dict.fromkeys(
            (
                "DefaultExecutionManager",
                "ExecutionManager",
                "MultiProcessingExecutor",
                "MultiThreadingExecutor",
                "SynchronousLocalTaskExecutor",
                "TaskExecutor",
            ),
            "featurecat.execution.executors",
        ),
        "ExecutionState": "featurecat.compat.hamilton.execution.state",
        "GraphState": "featurecat.compat.hamilton.execution.state",
        "NodeGroupPurpose": "featurecat.compat.hamilton.execution.grouping",
        "TaskImplementation": "featurecat.compat.hamilton.execution.grouping",
        "execute_subdag": "featurecat.compat.hamilton.execution.graph_functions",
        "node": "featurecat.compat.hamilton.node:",
    },
    later={INTERNAL: ("ProcessPoolExecutor", "new_callable", "run_graph_to_completion")},
    own=_OWN,
)
__all__ = list(_offered)


def base_execute_task(task: Any) -> dict[str, Any]:
    """Run a task here.

    Args:
        task: As an executor is given it.

    Returns:
        Name to value of its outputs.
    """
    results: dict[str, Any] = task()
    return results


class TaskFuture(ABC):
    """What an executor gives for a task; asked by featurecat's scheduler, too."""

    @abstractmethod
    def get_state(self) -> TaskState:
        """How far the task is."""

    @abstractmethod
    def get_result(self) -> Any:
        """Name to value of its outputs; raises what the task raised."""

    def done(self) -> bool:
        """Whether the task ended."""
        return TaskState.is_terminal(self.get_state())

    def result(self) -> Any:
        """As :meth:`get_result`."""
        return self.get_result()

    def cancel(self) -> bool:
        """Not possible."""
        return False


class TaskFutureWrappingFunction(TaskFuture):
    """A task that runs when it is first asked about.

    Args:
        function: Runs it.
    """

    def __init__(self, function: Callable[[], Any]) -> None:
        self.function = function
        self._future: Future[Any] | None = None

    def _ended(self) -> Future[Any]:
        if self._future is None:
            self._future = Future()
            try:
                self._future.set_result(self.function())
            except Exception as error:  # noqa: BLE001 - whoever asks for the result gets it
                self._future.set_exception(error)
        return self._future

    def get_state(self) -> TaskState:
        """Run the task, and say how it ended."""
        return TaskState.SUCCESSFUL if self._ended().exception() is None else TaskState.FAILED

    def get_result(self) -> Any:
        """Its results."""
        return self._ended().result()


class TaskFutureWrappingPythonFuture(TaskFuture):
    """A task that a ``concurrent.futures`` executor runs.

    Args:
        future: Its future.
        receive: Makes the results out of what the future gives; they are that by default.
    """

    def __init__(self, future: Future[Any], receive: Callable[[Any], Any] | None = None) -> None:
        self.future = future
        self._receive = receive

    def get_state(self) -> TaskState:
        """How far it is."""
        if not self.future.done():
            return TaskState.RUNNING
        failed = self.future.cancelled() or self.future.exception() is not None
        return TaskState.FAILED if failed else TaskState.SUCCESSFUL

    def get_result(self) -> Any:
        """Its results; None as long as it runs."""
        if not self.future.done():
            return None
        given = self.future.result()
        return given if self._receive is None else self._receive(given)

    def cancel(self) -> bool:
        """Do not start it any more."""
        return self.future.cancel()


class PoolExecutor(TaskExecutor, ABC):
    """Runs tasks in a pool; derive from it and say which.

    Args:
        max_tasks: How many at a time.
    """

    def __init__(self, max_tasks: int) -> None:
        self.active_futures: list[Future[Any]] = []
        self.initialized = False
        self.pool: Any = None
        self.max_tasks = max_tasks

    @abstractmethod
    def create_pool(self) -> Executor:
        """The pool."""

    def init(self) -> None:
        """Make the pool."""
        self.pool = self.create_pool()
        self.initialized = True

    def finalize(self) -> None:
        """Give the pool back."""
        if self.pool is not None:
            self.pool.shutdown()
        self.pool, self.initialized = None, False

    def submit_task(self, task: Any) -> TaskFutureWrappingPythonFuture:
        """Begin a task; one for another process goes there by pickle."""
        call, receive = task.shipped() if isinstance(self.pool, _Processes) else (task, None)
        future = self.pool.submit(call)
        self.active_futures.append(future)
        return TaskFutureWrappingPythonFuture(future, receive)

    def can_submit_task(self) -> bool:
        """Whether fewer than ``max_tasks`` run."""
        self.active_futures = [future for future in self.active_futures if not future.done()]
        return len(self.active_futures) < self.max_tasks
