"""Runs plans in an event loop: what can be waited for is waited for together, plain functions run in between.

What happens around a step (alignment, errors) is that of :mod:`featurecat.execution.run`. Slots of a plan are used
again in the order of its steps; here steps finish in any order, so every value has a place of its own and is let go
after its last use.
"""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from heapq import heapify, heappop, heappush
from inspect import isawaitable
from typing import Any

from featurecat.definition.asynchronous import is_asynchronous, wraps_asynchronous
from featurecat.definition.node import Node
from featurecat.errors import FeaturecatError
from featurecat.execution.adapters import Adapters
from featurecat.execution.hooks import Hook
from featurecat.execution.run import _aligned, _place, isolated, run_plan, step_error
from featurecat.execution.watching import NodeFacts, methods_of, plain_tags_of
from featurecat.frames.alignment import AlignmentMemo
from featurecat.frames.describe import describe_value
from featurecat.plan.planner import Plan, Step

__all__ = ["AsyncProgram", "awaited", "run_anyhow", "tell_all_waiting", "tell_waiting"]


def run_anyhow(plan: Plan, values: Mapping[str, Any], hooks: Sequence[Hook] = ()) -> dict[str, Any]:
    """Run a plan and return when it is done, in an event loop of its own where it has coroutine functions.

    Args:
        plan: What to run.
        values: Name to value of everything the plan must be given.
        hooks: What watches the run.

    Returns:
        Name to value of the outputs, in the order of the request.

    Raises:
        StepError: When a feature's function raises; the original is its cause.
        FeaturecatError: What steps raise on purpose: alignment, expectations.
    """
    if not any(_may_wait(step.node.function) for step in plan.steps):
        return run_plan(plan, values, hooks)

    def run() -> dict[str, Any]:
        return asyncio.run(AsyncProgram(plan).run(values, hooks))

    try:
        asyncio.get_running_loop()
        inside = True
    except RuntimeError:
        inside = False
    if not inside:
        return run()
    # a notebook's loop waits for this very call: another thread has a loop of its own
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(contextvars.copy_context().run, run).result()


def _positional(node: Node) -> Callable[..., Any]:
    """The node's function as one that takes positional arguments only."""
    if not node.keywords:
        return node.function
    function, keywords = node.function, node.keywords
    split = len(node.arguments) - len(keywords)
    return lambda *values: function(*values[:split], **dict(zip(keywords, values[split:], strict=True)))


def _may_wait(function: Callable[..., Any]) -> bool:
    return is_asynchronous(function) or wraps_asynchronous(function)


class AsyncProgram:
    """A plan made ready to run in an event loop, many times and at the same time.

    Args:
        plan: What to run.
    """

    __slots__ = ("arguments", "followers", "functions", "given", "needed", "outputs", "plain", "plan", "start", "uses")

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.functions = [isolated(step, _positional(step.node), plan) for step in plan.steps]
        self.plain = [not _may_wait(step.node.function) for step in plan.steps]
        #: Given values and constants; the place of a step's value is its position after them.
        self.start: list[Any] = [None] * len(plan.given) + [value for _, value in plan.constants]
        self.given = {name: place for place, name in enumerate(plan.given)}
        current = {
            slot: place for place, slot in enumerate([*plan.given.values(), *(one for one, _ in plan.constants)])
        }
        self.arguments: list[tuple[int, ...]] = []
        for position, step in enumerate(plan.steps):
            self.arguments.append(tuple(current[slot] for slot in step.arguments))
            current[step.output] = len(self.start) + position
        self.outputs = {name: current[slot] for name, slot in plan.outputs.items()}
        self._count()

    def _count(self) -> None:
        """Who waits for whom: per step how many, per place by whom, and how many uses it has."""
        first = len(self.start)
        self.needed: list[int] = []
        self.followers: dict[int, list[int]] = {}
        self.uses = [0] * (first + len(self.plan.steps))
        for position, arguments in enumerate(self.arguments):
            places = set(arguments)
            self.needed.append(sum(place >= first for place in places))
            for place in places:
                self.followers.setdefault(place, []).append(position)
                self.uses[place] += 1
        for place in self.outputs.values():
            self.uses[place] += 1

    async def run(
        self,
        values: Mapping[str, Any],
        hooks: Sequence[Any] = (),
        *,
        adapters: Adapters | None = None,
        run_id: str = "",
    ) -> dict[str, Any]:
        """Compute the plan's outputs.

        The first failure cancels what still runs, and so does cancelling the task that waits here.

        Args:
            values: Name to value of everything the plan must be given.
            hooks: What watches the run; what its methods return is awaited where it can be.
            adapters: What is put around nodes; awaited in the same way.
            run_id: What adapters are told the run is called.

        Returns:
            Name to value of the outputs, in the order of the request.

        Raises:
            StepError: When a feature's function raises; the original is its cause.
            FeaturecatError: What steps raise on purpose: alignment, expectations.
        """
        around = Adapters() if adapters is None else adapters
        watch = _NodeWatch(self.plan, hooks, around, run_id) if hooks or around.around_nodes else None
        run = _Run(self, values, watch)
        if not hooks:
            return await run.finish()
        error: BaseException | None = None
        await tell_waiting([hook.before_run for hook in hooks], self.plan)
        try:
            return await run.finish()
        except BaseException as raised:
            error = raised
            raise
        finally:
            await tell_waiting([hook.after_run for hook in hooks], error)


async def awaited(value: Any) -> Any:
    """The value itself, or what awaiting it gives where it can be awaited."""
    return await value if isawaitable(value) else value


async def tell_waiting(methods: Iterable[Callable[..., Any]], /, *facts: Any, **named: Any) -> None:
    """Call every method in order; what it returns is awaited where it can be."""
    for method in methods:
        await awaited(method(*facts, **named))


async def tell_all_waiting(
    methods: Iterable[Callable[..., Any]], /, *, error: BaseException | None, **facts: Any
) -> None:
    """Call every method, also when one of them raises; as :func:`featurecat.execution.watching.tell_all`.

    Args:
        methods: Methods of adapters.
        error: What went wrong before, which they are told; what a method raises is noted on it, as it matters less.
        facts: What else to tell.

    Raises:
        Exception: The first that a method raised, if nothing went wrong before.
    """
    first: Exception | None = None
    for method in methods:
        try:
            await awaited(method(error=error, **facts))
        except Exception as raised:  # noqa: BLE001 - an adapter may raise anything; the others are told nevertheless
            if error is not None:
                error.add_note(f"then {type(raised).__name__} in {method.__name__} of an adapter: {raised}")
            first = first or raised
    if first is not None and error is None:
        raise first


class _NodeWatch:
    """Puts hooks and the node method around steps; what they return is awaited where it can be."""

    def __init__(self, plan: Plan, hooks: Sequence[Any], adapters: Adapters, run_id: str) -> None:
        self.hooks = hooks
        self.before = methods_of(adapters.nodes, "run_before_node_execution")
        self.after = methods_of(adapters.nodes, "run_after_node_execution")
        self.method = adapters.methods[0].run_to_execute_node if adapters.methods else None
        self.told = {"run_id": run_id, "task_id": None}
        self.present = frozenset([*plan.given, *plan.names]) if adapters.around_nodes else None

    async def value(self, step: Step, function: Callable[..., Any], values: Sequence[Any]) -> Any:
        """The value of a step, with everything around it."""
        await tell_waiting([hook.before_step for hook in self.hooks], step.node)
        start = time.perf_counter()
        if self.present is None:
            value = await awaited(function(*values))
        else:
            value = await self._told(NodeFacts.of(step, self.present), function, values)
        seconds = time.perf_counter() - start
        await tell_waiting([hook.after_step for hook in self.hooks], step.node, value, seconds)
        return value

    async def _told(self, facts: NodeFacts, function: Callable[..., Any], values: Sequence[Any]) -> Any:
        node, given = facts.node, facts.given(values)
        shared = {**self.told, "node_name": node.name, "node_tags": plain_tags_of(node), "node_kwargs": given}
        told = {**shared, "node_return_type": node.type}
        result: Any = None
        error: BaseException | None = None
        try:
            await tell_waiting(self.before, node_input_types=facts.types, **told)
            if self.method is None:
                result = await awaited(function(*values))
            else:
                call = facts.by_name(function, values)
                result = await awaited(self.method(node_callable=call, is_expand=False, is_collect=False, **shared))
        except BaseException as raised:
            error = raised
            raise
        finally:
            await tell_all_waiting(self.after, result=result, error=error, success=error is None, **told)
        return result


class _Run:
    """One run of a program."""

    def __init__(self, program: AsyncProgram, values: Mapping[str, Any], watch: _NodeWatch | None) -> None:
        self.program = program
        self.watch = watch
        self.memo = AlignmentMemo()
        self.values: list[Any] = [*program.start, *([None] * len(program.plan.steps))]
        for name, place in program.given.items():
            self.values[place] = values[name]
        self.uses = program.uses.copy()
        self.needed = program.needed.copy()
        #: What can start, what is to be waited for first, else in the order of the plan.
        self.ready = [(program.plain[position], position) for position, needed in enumerate(self.needed) if not needed]
        heapify(self.ready)
        self.tasks: dict[asyncio.Task[Any], int] = {}
        self.finished: deque[asyncio.Task[Any]] = deque()
        self.woken = asyncio.Event()

    async def finish(self) -> dict[str, Any]:
        """Run to the end, and leave no task behind however it ends."""
        try:
            await self._loop()
        finally:
            await self._cancel()
        return {name: self.values[place] for name, place in self.program.outputs.items()}

    async def _loop(self) -> None:
        while self.ready or self.tasks:
            while self.finished:
                self._settle(self.finished.popleft())
            if self.ready:
                plain, position = heappop(self.ready)
                if plain and self.watch is None:
                    await self._compute_here(position)
                else:
                    self._start_task(self._computed(position), position)
            elif self.tasks:
                self.woken.clear()
                await self.woken.wait()

    async def _compute_here(self, position: int) -> None:
        """Call a plain function, which blocks the loop."""
        await asyncio.sleep(0)  # what is waited for gets on, and so does whoever else uses this loop
        try:
            value = self._call(position)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a feature may raise anything, SystemExit included
            raise self._failure(position, error) from error
        if isawaitable(value):
            self._start_task(self._guarded(position, lambda: value), position)
            await asyncio.sleep(0)  # a coroutine that is cancelled before it starts would complain
        else:
            self._keep(position, value)

    async def _computed(self, position: int) -> Any:
        """A step's value, with everything around it; its function is called within the task."""
        watch = self.watch
        if watch is None:
            return await self._guarded(position, lambda: self._call(position))
        step = self.program.plan.steps[position]
        values = self._arguments(position)
        return await self._guarded(position, lambda: watch.value(step, self._function(position), values))

    def _call(self, position: int) -> Any:
        return self._function(position)(*self._arguments(position))

    def _arguments(self, position: int) -> list[Any]:
        return [self.values[place] for place in self.program.arguments[position]]

    def _function(self, position: int) -> Callable[..., Any]:
        """A step's function, with its alignment around it."""
        step, function = self.program.plan.steps[position], self.program.functions[position]
        return function if step.alignment is None else _aligned(step, function, self.memo)

    async def _guarded(self, position: int, call: Callable[[], Any]) -> Any:
        """What a call gives, awaited where it can be; its errors named after the step."""
        try:
            return await awaited(call())
        except (KeyboardInterrupt, asyncio.CancelledError, GeneratorExit):
            raise
        except BaseException as error:  # a feature may raise anything, SystemExit included
            raise self._failure(position, error) from error

    def _failure(self, position: int, error: BaseException) -> FeaturecatError:
        step = self.program.plan.steps[position]
        if isinstance(error, FeaturecatError):
            _place(error, step.node)
            return error
        inputs = [
            f"{argument.parameter}: {describe_value(self.values[place])}"
            for argument, place in zip(step.node.arguments, self.program.arguments[position], strict=False)
        ]
        return step_error(step.node, error, inputs)

    def _start_task(self, coroutine: Any, position: int) -> None:
        task = asyncio.get_running_loop().create_task(coroutine, name=self.program.plan.steps[position].node.name)
        self.tasks[task] = position
        task.add_done_callback(self._note)

    def _note(self, task: asyncio.Task[Any]) -> None:
        self.finished.append(task)
        self.woken.set()

    def _settle(self, task: asyncio.Task[Any]) -> None:
        position = self.tasks.pop(task)
        if task.cancelled():  # by something inside: whoever cancels the run cancels the loop above, too
            error = asyncio.CancelledError()
            raise self._failure(position, error) from error
        self._keep(position, task.result())

    def _keep(self, position: int, value: Any) -> None:
        """Put a step's value into its place, let go what it was the last to use, and see who can start now."""
        place = len(self.program.start) + position
        if self.uses[place]:
            self.values[place] = value
        for argument in set(self.program.arguments[position]):
            self.uses[argument] -= 1
            if not self.uses[argument]:
                self.values[argument] = None
        for follower in self.program.followers.get(place, ()):
            self.needed[follower] -= 1
            if not self.needed[follower]:
                heappush(self.ready, (self.program.plain[follower], follower))

    async def _cancel(self) -> None:
        """Cancel what still runs and wait until it has ended, so that nothing goes on behind the caller's back."""
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
