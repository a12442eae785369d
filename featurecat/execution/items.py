"""The items of one ``Parallelizable`` on their way through a block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from featurecat.definition.node import Node
from featurecat.execution.run import step_error
from featurecat.frames.describe import describe_value
from featurecat.plan.tasks import TaskSpec

__all__ = ["Items"]


class _Item:
    """One item: values that are still to be taken, and how far its tasks are."""

    __slots__ = ("began", "done", "queued", "values")

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values
        self.queued: set[str] = set()
        self.began: set[str] = set()
        self.done: set[str] = set()


class Items:
    """The items of one ``Parallelizable``, pulled one by one, each let go when its tasks are done.

    Args:
        node: The ``Parallelizable``.
        specs: The tasks that run once per item.
        listed: Whether a list of all items is asked for.
    """

    def __init__(self, node: Node, specs: Sequence[TaskSpec], listed: bool) -> None:
        self.node = node
        self.specs = {spec.name: spec for spec in specs}
        self.listed: list[Any] | None = [] if listed else None
        self.spawned_by: str | None = None
        self.exhausted = False
        self.pulled = 0
        self.count = dict.fromkeys(self.specs, 0)
        self._source: Iterator[Any] | None = None
        self._items: dict[int, _Item] = {}
        self._takers: dict[str, set[str]] = {}
        for spec in specs:
            for name in spec.per_item:
                self._takers.setdefault(name, set()).add(spec.name)
        makers = {name: spec.name for spec in specs for name in spec.outputs}
        #: Task to the tasks of the same item that it waits for.
        self.after = {spec.name: {makers[name] for name in spec.per_item if name in makers} for spec in specs}

    @property
    def begun(self) -> bool:
        """Whether the items are there to be pulled."""
        return self._source is not None

    def begin(self, value: Any, spawned_by: str | None) -> None:
        """Take what the ``Parallelizable`` returned.

        Raises:
            StepError: When it is nothing to iterate.
        """
        self.spawned_by = spawned_by
        try:
            self._source = iter(value)
        except TypeError:
            text = f"a Parallelizable yields its items or returns an iterable, not {describe_value(value)}"
            raise step_error(self.node, TypeError(text)) from None

    def expand(self) -> list[Any]:
        """Compute all items now, and keep them to be pulled."""
        items = []
        for item in self._rest():
            items.append(item)
        self._source = iter(items)
        return items

    def _rest(self) -> Iterator[Any]:
        assert self._source is not None  # begun
        while True:
            try:
                item = next(self._source)
            except StopIteration:
                return
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # a feature may raise anything
                raise step_error(self.node, error) from error
            yield item

    def pull(self) -> bool:
        """Take the next item; whether there was one."""
        for item in self._rest():
            if self.listed is not None:
                self.listed.append(item)
            if self.specs:
                self._items[self.pulled] = _Item({self.node.name: item} if self.node.name in self._takers else {})
            self.pulled += 1
            return True
        self.exhausted = True
        self._source = None
        return False

    def ready(self, spec: TaskSpec, index: int) -> bool:
        """Whether a task of an item can run and was not told so before."""
        item = self._items[index]
        if spec.name in item.queued or not self.after[spec.name] <= item.done:
            return False
        item.queued.add(spec.name)
        return True

    def indexes(self) -> list[int]:
        """The items with tasks that have not run."""
        return list(self._items)

    def take(self, spec: TaskSpec, index: int) -> dict[str, Any]:
        """What a task takes of an item. What it is the last to take is gone from here."""
        item = self._items[index]
        item.began.add(spec.name)
        return {
            name: item.values.pop(name) if self._takers[name] <= item.began else item.values[name]
            for name in spec.per_item
        }

    def store(self, spec: TaskSpec, index: int, results: dict[str, Any]) -> list[TaskSpec]:
        """Keep a task's results for the others of its item; which of them wait for it."""
        item = self._items[index]
        item.done.add(spec.name)
        item.values.update({name: value for name, value in results.items() if name in self._takers})
        self.count[spec.name] += 1
        if len(item.done) == len(self.specs):
            del self._items[index]
            return []
        return [other for other in self.specs.values() if spec.name in self.after[other.name]]

    def complete(self, spec: TaskSpec) -> bool:
        """Whether a task ran for every item."""
        return self.exhausted and self.count[spec.name] == self.pulled
