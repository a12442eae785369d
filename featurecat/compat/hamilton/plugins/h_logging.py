"""Hamilton's ``plugins.h_logging``: what happens in a run, in the log, each line with what it is about."""

from __future__ import annotations

import logging
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from logging import LoggerAdapter
from typing import Any, NamedTuple

from featurecat.compat.hamilton._offer import offer

__all__ = ["AsyncLoggingAdapter", "ContextLogger", "LoggingAdapter", "get_logger"]

__getattr__, __dir__, _ = offer(
    __name__,
    {
        **dict.fromkeys(
            (
                "GraphExecutionHook",
                "NodeExecutionHook",
                "TaskExecutionHook",
                "TaskGroupingHook",
                "TaskReturnHook",
                "TaskSubmissionHook",
            ),
            "featurecat.lifecycle",
        ),
        "BasePostNodeExecuteAsync": "featurecat.compat.hamilton.lifecycle.base",
        "BasePreNodeExecute": "featurecat.compat.hamilton.lifecycle.base",
        "HamiltonNode": "featurecat.compat.hamilton.graph_types",
        "Node": "featurecat.compat.hamilton.node",
    },
    own=[*__all__, "LoggerAdapter"],
)


class _Subject(NamedTuple):
    """What a line of the log is about: the innermost that is known."""

    graph: str | None = None
    task: str | None = None
    node: str | None = None

    def prefix(self, with_node: bool) -> str:
        """How the line begins."""
        if self.task and self.node and with_node:
            return f"Task '{self.task}' - Node '{self.node}' - "
        for kind, name in (("Task", self.task), ("Node", self.node), ("Graph run", self.graph)):
            if name:
                return f"{kind} '{name}' - "
        return ""


_subject: ContextVar[_Subject | None] = ContextVar("hamilton_logging_subject", default=None)


def get_logger(name: str | None = None) -> ContextLogger:
    """A logger whose lines begin with the run, task or node that is under way."""
    return ContextLogger(logging.getLogger(name), extra={})


class ContextLogger(LoggerAdapter[logging.Logger]):
    """Begins each line with the run, task or node that is under way.

    ``extra`` may have ``override_context`` (what it is about instead), ``skip_context`` (nothing) and ``node_context``
    (the node, too, where a task is under way).
    """

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[str, MutableMapping[str, Any]]:
        """The line with its beginning."""
        extra: Mapping[str, Any] = {**(self.extra or {}), **(kwargs.get("extra") or {})}
        subject = extra.get("override_context") or _subject.get() or _Subject()
        prefix = "" if "skip_context" in extra else subject.prefix("node_context" in extra)
        return f"{prefix}{msg}", {**kwargs, "extra": extra}


def _listed(names: Any) -> str:
    return ", ".join(f"'{name}'" for name in names)


class LoggingAdapter:
    """Logs runs, tasks and nodes: what a run consists of at INFO, the steps in between at DEBUG.

    Args:
        logger: Where to log: a logger, or the name of one.
    """

    def __init__(self, logger: str | logging.Logger | ContextLogger | None = None) -> None:
        if isinstance(logger, ContextLogger):
            self.logger = logger
        elif isinstance(logger, logging.Logger):
            self.logger = ContextLogger(logger, extra={})
        else:
            self.logger = get_logger(logger or __name__)
        self._given: set[str] = set()

    def run_before_graph_execution(
        self,
        *,
        inputs: Mapping[str, Any] | None,
        overrides: Mapping[str, Any] | None,
        run_id: str,
        **future_kwargs: Any,
    ) -> None:
        """A run begins."""
        _subject.set(_Subject(run_id))
        self._given |= {*(inputs or ()), *(overrides or ())}
        self.logger.info("Starting graph execution")
        if inputs:
            self.logger.info("Using inputs %s", _listed(inputs))
        if overrides:
            self.logger.info("Using overrides %s", _listed(overrides))

    def run_after_graph_execution(self, *, success: bool, run_id: str, **future_kwargs: Any) -> None:
        """A run ended."""
        _subject.set(None)
        about = {"override_context": _Subject(run_id)}
        if success:
            self.logger.info("Finished graph execution [OK]", extra=about)
        else:
            self.logger.error("Graph execution failed due to errors", extra=about)

    def run_after_task_grouping(self, **future_kwargs: Any) -> None:
        """The run goes by tasks."""
        self.logger.info("Dynamic DAG detected; task-based logging is enabled")

    def run_after_task_expansion(self, **future_kwargs: Any) -> None:
        """Nothing to say."""

    def run_before_task_submission(
        self, *, run_id: str, task_id: str, spawning_task_id: str | None, **future_kwargs: Any
    ) -> None:
        """A task is handed on."""
        _subject.set(_Subject(run_id, task_id))
        what = "Spawning task" if spawning_task_id else "Initializing new task"
        self.logger.debug("%s and submitting to executor", what)

    def run_before_task_execution(self, *, task_id: str, run_id: str, nodes: Any, **future_kwargs: Any) -> None:
        """A task begins."""
        _subject.set(_Subject(run_id, task_id))
        if task_id not in self._given:
            names = [node.name for node in nodes]
            beyond = "" if names == [task_id] else f" of nodes {_listed(names)}"
            self.logger.debug("Starting execution%s", beyond)

    def run_after_task_execution(
        self, *, task_id: str, run_id: str, success: bool, error: BaseException | None, **future_kwargs: Any
    ) -> None:
        """A task ended."""
        _subject.set(_Subject(run_id))
        about = {"override_context": _Subject(run_id, task_id)}
        if task_id in self._given:
            return
        if success:
            self.logger.debug("Finished execution [OK]", extra=about)
        elif error is not None:
            self.logger.error("Execution failed due to errors", extra=about)

    def run_after_task_return(
        self, *, run_id: str, task_id: str, success: bool, error: BaseException | None, **future_kwargs: Any
    ) -> None:
        """A task came back."""
        _subject.set(_Subject(run_id))
        about = {"override_context": _Subject(run_id, task_id)}
        if success:
            level = logging.DEBUG if task_id in self._given else logging.INFO
            self.logger.log(level, "Task completed [OK]", extra=about)
        elif error is not None:
            self.logger.error("Task completion failed due to errors", extra=about, exc_info=error)

    def run_before_node_execution(
        self, *, node_name: str, node_kwargs: Mapping[str, Any], task_id: str | None, run_id: str, **future_kwargs: Any
    ) -> None:
        """A node begins."""
        _subject.set(_Subject(run_id, task_id, node_name))
        taken = f"with dependencies {_listed(node_kwargs)}" if node_kwargs else "without dependencies"
        self.logger.debug("Starting execution %s", taken)

    def run_after_node_execution(
        self,
        *,
        node_name: str,
        error: BaseException | None,
        success: bool,
        task_id: str | None,
        run_id: str,
        **future_kwargs: Any,
    ) -> None:
        """A node ended."""
        _subject.set(_Subject(run_id, task_id))
        about = {"override_context": _Subject(run_id, task_id, node_name), "node_context": True}
        if success:
            self.logger.log(logging.DEBUG if task_id else logging.INFO, "Finished execution [OK]", extra=about)
        elif error is not None:
            self.logger.error("Encountered error", extra=about, exc_info=error)


class AsyncLoggingAdapter(LoggingAdapter):
    """The same for the async driver."""
