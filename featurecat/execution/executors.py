"""Where tasks run: here, in threads, or in processes; and which task runs where.

Example:
    >>> where = DefaultExecutionManager(remote_executor=MultiThreadingExecutor(max_tasks=4))
    >>> where.local_executor.can_submit_task()
    True
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from featurecat.errors import RequestError
from featurecat.plan.grouping import GroupByRepeatableBlocks, GroupingStrategy, TaskPurpose

if TYPE_CHECKING:
    from featurecat.execution.tasks import Task

__all__ = [
    "DefaultExecutionManager",
    "DynamicExecution",
    "ExecutionManager",
    "MultiProcessingExecutor",
    "MultiThreadingExecutor",
    "SubmittedTask",
    "SynchronousLocalTaskExecutor",
    "TaskExecutor",
    "TaskFuture",
]


class TaskFuture(Protocol):
    """What an executor gives for a task: its result, once it is there."""

    def done(self) -> bool:
        """Whether the task ended, one way or the other."""
        ...

    def result(self) -> dict[str, Any]:
        """Name to value of the task's outputs, or what it raised; asked once it is done."""
        ...

    def cancel(self) -> bool:
        """Do not start it any more; whether that was possible."""
        ...


class SubmittedTask:
    """A task that a ``concurrent.futures`` executor runs.

    Args:
        future: Its future.
        receive: Makes the results out of what the future gives.
    """

    def __init__(self, future: Future[Any], receive: Callable[[Any], dict[str, Any]] | None = None) -> None:
        self._future = future
        self._receive = receive

    def done(self) -> bool:
        """Whether the task ended."""
        return self._future.done()

    def result(self) -> dict[str, Any]:
        """The results; raises what the task raised."""
        given = self._future.result()
        results: dict[str, Any] = given if self._receive is None else self._receive(given)
        return results

    def cancel(self) -> bool:
        """Do not start it any more."""
        return self._future.cancel()

    def add_done_callback(self, call: Callable[[Any], Any]) -> None:
        """Call when the task has ended."""
        self._future.add_done_callback(call)


class TaskExecutor(ABC):
    """Runs tasks somewhere."""

    @abstractmethod
    def init(self) -> None:
        """Get ready; called before a run."""

    @abstractmethod
    def finalize(self) -> None:
        """Give back what was taken; called after a run, however it ended."""

    @abstractmethod
    def submit_task(self, task: Task) -> TaskFuture:
        """Begin a task: calling it computes its results.

        Args:
            task: Callable without arguments.
        """

    @abstractmethod
    def can_submit_task(self) -> bool:
        """Whether there is room for one more."""

    def interrupt(self) -> None:  # noqa: B027 - where nothing runs beside, nothing needs to be stopped
        """Stop what runs as far as that is possible; called when the run is interrupted."""


class SynchronousLocalTaskExecutor(TaskExecutor):
    """Runs each task at once, in the thread of the driver."""

    def init(self) -> None:
        """Nothing to do."""

    def finalize(self) -> None:
        """Nothing to do."""

    def can_submit_task(self) -> bool:
        """Always."""
        return True

    def submit_task(self, task: Task) -> SubmittedTask:
        """Run the task now."""
        future: Future[Any] = Future()
        try:
            future.set_result(task())
        except Exception as error:  # noqa: BLE001 - whoever asks for the result gets it
            future.set_exception(error)
        return SubmittedTask(future)


class _PoolExecutor(TaskExecutor):
    """Runs tasks in a pool that is made when a run begins and is gone when the last one ends."""

    def __init__(self, max_tasks: int = 10) -> None:
        if not isinstance(max_tasks, int) or isinstance(max_tasks, bool) or max_tasks < 1:
            raise RequestError(f"max_tasks must be a number from 1 on, not {max_tasks!r}", hint="max_tasks=4")
        self.max_tasks = max_tasks
        self._forget()

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._runs = self._active = 0
        self._pool: Executor | None = None

    @abstractmethod
    def _make_pool(self) -> Executor:
        """A pool of ``max_tasks`` workers."""

    def init(self) -> None:
        """Make the pool, unless another run has."""
        with self._lock:
            self._runs += 1
            if self._pool is None:
                self._pool = self._make_pool()

    def finalize(self) -> None:
        """Give the pool back after the last run that uses it."""
        with self._lock:
            self._runs = max(0, self._runs - 1)
            pool = None if self._runs else self._pool
            if not self._runs:
                self._pool = None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def can_submit_task(self) -> bool:
        """Whether fewer than ``max_tasks`` run."""
        return self._active < self.max_tasks

    def _begin(self, call: Callable[[], Any]) -> Future[Any]:
        if self._pool is None:
            raise RequestError(
                f"{type(self).__name__} was not made ready", hint="call init() first, finalize() at the end"
            )
        with self._lock:
            self._active += 1
        try:
            future = self._pool.submit(call)
        except BaseException:
            self._ended()
            raise
        future.add_done_callback(self._ended)
        return future

    def _ended(self, future: object = None) -> None:
        with self._lock:
            self._active -= 1

    def __getstate__(self) -> dict[str, Any]:
        return {"max_tasks": self.max_tasks}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.max_tasks = state["max_tasks"]
        self._forget()


class MultiThreadingExecutor(_PoolExecutor):
    """Runs tasks in threads of this process.

    Args:
        max_tasks: How many at a time.
    """

    def _make_pool(self) -> Executor:
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(self.max_tasks, thread_name_prefix="featurecat")

    def submit_task(self, task: Task) -> SubmittedTask:
        """Run the task in a thread."""
        return SubmittedTask(self._begin(task))

    def interrupt(self) -> None:
        """Start nothing more; what runs in a thread runs on to its end."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)


class MultiProcessingExecutor(_PoolExecutor):
    """Runs tasks in processes of their own. They import the driver's modules by name; values travel by pickle.

    Hooks of tasks and nodes are called in those processes, on copies: what they keep stays there.
    A program that uses it must protect what it does when it is imported: ``if __name__ == "__main__": …``.

    Args:
        max_tasks: How many at a time.
    """

    def _make_pool(self) -> Executor:
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        # a forked copy of a process with threads, such as those of Polars, may wait for ever
        return ProcessPoolExecutor(self.max_tasks, mp_context=multiprocessing.get_context("spawn"))

    def submit_task(self, task: Task) -> SubmittedTask:
        """Run the task in a process.

        Raises:
            RequestError: When a value that it takes cannot be pickled.
        """
        shipment, receive = task.shipped()
        return SubmittedTask(self._begin(shipment), receive)

    def interrupt(self) -> None:
        """Stop the processes."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is None:
            return
        workers = list((getattr(pool, "_processes", None) or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.terminate()


class ExecutionManager(ABC):
    """Chooses the executor of each task.

    Args:
        executors: All that may be chosen.
    """

    def __init__(self, executors: Sequence[TaskExecutor]) -> None:
        self.executors = list(executors)

    def init(self) -> None:
        """Get every executor ready."""
        for executor in self.executors:
            executor.init()

    def finalize(self) -> None:
        """Let every executor give back what it took."""
        for executor in self.executors:
            executor.finalize()

    @abstractmethod
    def get_executor_for_task(self, task: Any) -> TaskExecutor:
        """Where a task runs.

        Args:
            task: What has a ``purpose``, ``nodes`` and a ``task_id``.
        """


class DefaultExecutionManager(ExecutionManager):
    """Runs the tasks of blocks remotely, every other one locally.

    Args:
        local_executor: Where single nodes, expanding and gathering ones run; here by default.
        remote_executor: Where the tasks of blocks run; ten threads by default.
    """

    def __init__(self, local_executor: TaskExecutor | None = None, remote_executor: TaskExecutor | None = None) -> None:
        self.local_executor = local_executor or SynchronousLocalTaskExecutor()
        self.remote_executor = remote_executor or MultiThreadingExecutor(max_tasks=10)
        super().__init__(list({id(one): one for one in (self.local_executor, self.remote_executor)}.values()))

    def get_executor_for_task(self, task: Any) -> TaskExecutor:
        """The remote one for blocks, else the local one."""
        return self.remote_executor if task.purpose is TaskPurpose.EXECUTE_BLOCK else self.local_executor


@dataclass(frozen=True, slots=True)
class DynamicExecution:
    """How a driver runs in tasks.

    Attributes:
        manager: Which executor runs which task.
        strategy: How runs are cut into tasks.
    """

    manager: ExecutionManager = field(default_factory=DefaultExecutionManager)
    strategy: GroupingStrategy = field(default_factory=GroupByRepeatableBlocks)
