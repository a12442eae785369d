"""Carries out a task plan: gives each task to its executor when it can run, pulls items as there is room for them,
and lets values go after their last use.
"""

from __future__ import annotations

import queue
import time
from collections import deque
from collections.abc import Mapping
from concurrent.futures import BrokenExecutor
from dataclasses import replace
from typing import Any

from featurecat.definition.node import Node
from featurecat.errors import FeaturecatError, Problem, RunError
from featurecat.execution.executors import ExecutionManager, TaskExecutor, TaskFuture
from featurecat.execution.hooks import watching
from featurecat.execution.items import Items
from featurecat.execution.processes import Shipping
from featurecat.execution.tasks import Dynamic, Request, Task, Watchers
from featurecat.execution.watching import tell, tell_all
from featurecat.plan.tasks import TaskSpec

__all__ = ["run_task_plan"]

#: How long to wait before looking again at an executor that does not call back, in seconds.
_PATIENCE = 0.002


def run_task_plan(
    dynamic: Dynamic,
    values: Mapping[str, Any],
    where: ExecutionManager,
    *,
    watchers: Watchers,
    origin: Any,
    request: Request,
) -> dict[str, Any]:
    """Carry out a task plan.

    Args:
        dynamic: The plan.
        values: Name to value of everything it must be given.
        where: Which executor runs which task.
        watchers: What is told of the run.
        origin: The driver, for tasks that go to other processes.
        request: Names asked for, of given inputs and of given overrides.

    Returns:
        Name to value of the outputs, in the order of the request. What is collected is in the order of the items.

    Raises:
        StepError: When a feature's function raises: what has not begun is cancelled, what runs is waited for, and
            of several failures that of the earliest item counts.
        FeaturecatError: What steps raise on purpose.
    """
    watchers = replace(watchers, overrides=frozenset(request[2]))
    shipping = Shipping(origin, request)
    run = _Run(dynamic, values, where, watchers=watchers, shipping=shipping)
    with watching(watchers.adapters.steps, dynamic.plan):
        where.init()
        try:
            return run.finish()
        except (KeyboardInterrupt, SystemExit):
            run.cancel()
            for executor in getattr(where, "executors", ()):
                if hasattr(executor, "interrupt"):
                    executor.interrupt()
            raise
        finally:
            where.finalize()


class _Run:
    """One run of a task plan."""

    def __init__(
        self,
        dynamic: Dynamic,
        values: Mapping[str, Any],
        where: ExecutionManager,
        *,
        watchers: Watchers,
        shipping: Shipping,
    ) -> None:
        self.dynamic, self.where, self.watchers, self.shipping = dynamic, where, watchers, shipping
        plan = self.plan = dynamic.plan
        self.given = {name: values[name] for name in plan.given}
        self.wanted = frozenset(plan.outputs)
        self.values: dict[str, Any] = {}
        #: Name to the number of tasks that are still to take its one value.
        self.uses: dict[str, int] = {}
        self.followers: dict[str, list[TaskSpec]] = {}
        self.missing: dict[str, set[str]] = {}
        for spec in plan.tasks:
            self.missing[spec.name] = set(spec.once)
            for name in spec.once:
                self.uses[name] = self.uses.get(name, 0) + 1
                self.followers.setdefault(name, []).append(spec)
        nodes = {node.name: node for spec in plan.tasks for node in spec.nodes}
        self.blocks = {
            name: Items(
                nodes.get(name) or Node(name, Any, iter, ()),
                [spec for spec in plan.tasks if spec.block == name],
                name in plan.listed,
            )
            for name in plan.expanders
        }
        self.collected: dict[str, dict[int, Any]] = {name: {} for name in plan.gathered}
        self.ready: deque[tuple[TaskSpec, int | None]] = deque()
        #: Executors, each with what waits until it has room again.
        self.crowded: list[tuple[TaskExecutor, deque[tuple[TaskSpec, int | None]]]] = []
        self.flying: dict[Task, TaskFuture] = {}
        self.landed: queue.SimpleQueue[Task] = queue.SimpleQueue()
        #: Tasks whose executor does not call back.
        self.polled: set[Task] = set()

    # --- the loop -------------------------------------------------------------------------------

    def finish(self) -> dict[str, Any]:
        """Run everything; the values asked for."""
        names = [spec.name for spec in self.plan.tasks]
        tell(self.watchers.adapters.grouping, "run_after_task_grouping", run_id=self.watchers.run_id, task_ids=names)
        try:
            self._start()
            while self._advance():
                pass
        except Exception as error:  # whatever stops the loop stops what still runs
            earliest = self._earliest(error)
            if earliest is error:
                raise
            raise earliest from earliest.__cause__
        return {name: self.values[name] for name in self.plan.outputs}

    def _start(self) -> None:
        self.ready += [(spec, None) for spec in self.plan.tasks if spec.block is None and not spec.once]
        given, self.given = self.given, {}
        for name in list(given):
            value = given.pop(name)
            if name in self.blocks:
                self._begin_block(name, value, None)
            else:
                self._publish(name, value)

    def _advance(self) -> bool:
        """Do what can be done next; whether anything is left to do."""
        self._land_all()
        if self._submit_ready() or self._pull_somewhere():
            return True
        if self.flying:
            self._wait()
            return True
        if any(waiting for _, waiting in self.crowded) or any(block.begun for block in self.blocks.values()):
            time.sleep(_PATIENCE)  # somebody else keeps the executor busy
            return True
        return False

    def _land_all(self) -> None:
        """Take the results of all tasks that have ended by now."""
        while not self.landed.empty():
            self._land(self.landed.get())

    def _wait(self) -> None:
        """Wait until a task has ended."""
        if not self.polled:
            self._land(self.landed.get())
            return
        for task in [task for task in self.polled if self.flying[task].done()]:
            self.landed.put(task)
            self.polled.discard(task)
        try:
            self._land(self.landed.get(timeout=_PATIENCE))
        except queue.Empty:
            return

    # --- submitting -----------------------------------------------------------------------------

    def _submit_ready(self) -> bool:
        """Submit what is ready and has room; whether any of it was."""
        submitted = False
        for executor, waiting in self.crowded:
            while waiting and executor.can_submit_task():
                self._submit(self._task(*waiting.popleft())[0], executor)
                submitted = True
                self._land_all()
        while self.ready:
            spec, index = self.ready.popleft()
            task, executor = self._task(spec, index)
            waiting = self._queue_for(executor)
            if waiting or not executor.can_submit_task():
                waiting.append((spec, index))
                continue
            self._submit(task, executor)
            submitted = True
            self._land_all()
        return submitted

    def _queue_for(self, executor: TaskExecutor) -> deque[tuple[TaskSpec, int | None]]:
        """What waits until an executor has room again."""
        for known, waiting in self.crowded:
            if known is executor:
                return waiting
        self.crowded.append((executor, deque()))
        return self.crowded[-1][1]

    def _task(self, spec: TaskSpec, index: int | None) -> tuple[Task, TaskExecutor]:
        """A task without its values, and where it runs."""
        spawned_by = None if spec.block is None else self.blocks[spec.block].spawned_by
        program = self.dynamic.program(spec)
        task = Task(spec, program, {}, watchers=self.watchers, index=index, spawned_by=spawned_by)
        return task, self.where.get_executor_for_task(task)

    def _submit(self, task: Task, executor: TaskExecutor) -> None:
        spec = task.spec
        if spec.block is None:
            task.values = {name: self._last_or_not(name) for name in spec.once}
        else:
            assert task.index is not None  # a task of a block is for an item
            task.values = {name: self.values[name] for name in spec.once}
            task.values.update(self.blocks[spec.block].take(spec, task.index))
        if self.watchers.adapters.submission:
            tell(self.watchers.adapters.submission, "run_before_task_submission", **task.facts(), **task.given_facts())
        task.ship = self.shipping
        future = self.flying[task] = executor.submit_task(task)
        if hasattr(future, "add_done_callback"):
            future.add_done_callback(lambda _: self.landed.put(task))
        else:
            self.polled.add(task)

    def _last_or_not(self, name: str) -> Any:
        """A value for a task; nothing of it is kept here when the task is the last to take it."""
        return self.values.pop(name) if self._use(name) else self.values[name]

    def _use(self, name: str) -> bool:
        """Count a use; whether it was the last."""
        self.uses[name] -= 1
        return not self.uses[name] and name not in self.wanted

    # --- items ----------------------------------------------------------------------------------

    def _begin_block(self, name: str, value: Any, task_id: str | None) -> None:
        block = self.blocks[name]
        block.begin(value, task_id)
        if self.watchers.adapters.grouping:
            tell(
                self.watchers.adapters.grouping,
                "run_after_task_expansion",
                run_id=self.watchers.run_id,
                task_id=task_id or name,
                parameters={str(index): item for index, item in enumerate(block.expand())},
            )
        if not block.specs:
            while self._pull(name):
                pass

    def _pull_somewhere(self) -> bool:
        """Pull one item of a block whose first task has room; whether one could be pulled or the block is at its end."""
        for name, block in self.blocks.items():
            if not block.begun:
                continue
            for spec in block.specs.values():
                if block.after[spec.name] or self.missing[spec.name]:
                    continue
                if self._task(spec, block.pulled)[1].can_submit_task():
                    self._pull(name)
                    return True
        return False

    def _pull(self, name: str) -> bool:
        block = self.blocks[name]
        if block.pull():
            index = block.pulled - 1
            self.ready += [(spec, index) for spec in block.specs.values() if self._can_run(block, spec, index)]
            return True
        if block.listed is not None:
            listed, block.listed = block.listed, None
            self._publish(name, listed)
        for spec in block.specs.values():
            self._complete(block, spec)
        return False

    def _can_run(self, block: Items, spec: TaskSpec, index: int) -> bool:
        return not self.missing[spec.name] and block.ready(spec, index)

    def _complete(self, block: Items, spec: TaskSpec) -> None:
        """Hand on what was collected, once a task ran for every item."""
        if not block.complete(spec):
            return
        for name in spec.outputs:
            if name in self.collected:
                by_index = self.collected.pop(name)
                self._publish(name, [by_index.pop(index) for index in range(block.pulled)])
        for name in spec.once:
            if self._use(name):
                self.values.pop(name, None)  # not there yet, where there are no items to wait for it
        self.shipping.forget(spec.once)

    # --- results --------------------------------------------------------------------------------

    def _publish(self, name: str, value: Any) -> None:
        """A value is there: keep it for those who want it, and see who can run now."""
        if self.uses.get(name) or name in self.wanted:
            self.values[name] = value
        for spec in self.followers.get(name, ()):
            missing = self.missing[spec.name]
            missing.discard(name)
            if missing:
                continue
            if spec.block is None:
                self.ready.append((spec, None))
            else:
                block = self.blocks[spec.block]
                self.ready += [(spec, index) for index in block.indexes() if block.ready(spec, index)]

    def _land(self, task: Task) -> None:
        """Take the results of a task that has ended."""
        results: dict[str, Any] | None = None
        error: BaseException | None = None
        try:
            results = self._results(task)
        except BaseException as raised:
            error = raised
            raise
        finally:
            if self.watchers.adapters.returns:
                tell_all(
                    self.watchers.adapters.returns,
                    "run_after_task_return",
                    result=results,
                    success=error is None,
                    error=error,
                    **task.facts(),
                )
        self._store(task, results)

    def _results(self, task: Task) -> dict[str, Any]:
        future = self.flying.pop(task)
        try:
            return future.result()
        except FeaturecatError as error:
            error.task = task  # type: ignore[attr-defined]
            raise
        except BrokenExecutor as error:
            raise _broken(task, error) from error

    def _store(self, task: Task, results: dict[str, Any]) -> None:
        spec = task.spec
        if spec.block is None:
            for name in spec.outputs:
                value = results.pop(name)
                if name in self.blocks:
                    self._begin_block(name, value, task.task_id)
                else:
                    self._publish(name, value)
            return
        assert task.index is not None  # a task of a block is for an item
        block = self.blocks[spec.block]
        for name in spec.outputs:
            if name in self.collected:
                self.collected[name][task.index] = results[name]
        waiting = block.store(spec, task.index, results)
        self.ready += [(other, task.index) for other in waiting if self._can_run(block, other, task.index)]
        self._complete(block, spec)

    # --- failing --------------------------------------------------------------------------------

    def cancel(self) -> None:
        """Start nothing more."""
        self.ready.clear()
        self.crowded.clear()
        for future in self.flying.values():
            future.cancel()

    def _earliest(self, error: Exception) -> Exception:
        """Cancel what has not begun, wait for what has, and choose among the failures that of the earliest item."""
        self.cancel()
        failures = [error]
        for task, future in list(self.flying.items()):
            if future.cancel():
                continue
            while task in self.polled and not future.done():
                time.sleep(_PATIENCE)
            try:
                future.result()
            except FeaturecatError as other:
                other.task = task  # type: ignore[attr-defined]
                failures.append(other)
            except Exception as other:  # noqa: BLE001 - cancelled, or broken with its pool: the first says why
                failures.append(other)
        self.flying.clear()
        known = [failure for failure in failures if hasattr(failure, "task") and failure.task.index is not None]
        if error in known:
            error = min(known, key=lambda failure: failure.task.index)
        for failure in failures:
            vars(failure).pop("task", None)
        return error


def _broken(task: Task, error: BaseException) -> RunError:
    names = ", ".join(node.name for node in task.nodes[:3])
    return RunError(
        Problem(
            "step-failed",
            f"a worker ended while it computed {names}: {error}",
            *task.nodes[0].place,
            'protect the program: if __name__ == "__main__": …; or it took too much memory',
            task.nodes[0].name,
        )
    )
