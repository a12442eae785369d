"""Reads the modules in a process of its own: what hangs or ends it is one module's fault, and the others are read.

The process is a fork of this one, which has imported no user code. It says before each module which one comes, and
leaves its findings as JSON in a file without a name. What modules start or leave behind ends with it.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import json
import os
import select
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import IO, Any, Final, NoReturn

from featurecat import errors
from featurecat.errors import DefinitionError, FeaturecatError, Problem
from featurecat.project.disclosure import without_secrets
from featurecat.project.discover import Project, module_line
from featurecat.project.storing import Findings, problem_of, read_findings

__all__ = ["isolated", "read_isolated"]

#: Says whether modules are read in a process of their own: 0 or 1, whatever the settings say.
_SWITCH: Final = "FEATURECAT_INDEX_ISOLATED"
#: How long featurecat itself may take for what the modules define.
_READING_SECONDS: Final = 900.0
#: How often a process that says nothing is looked after.
_LOOK_SECONDS: Final = 0.1
#: A process whose parent is gone outlives the time of its module by this.
_GRACE_SECONDS: Final = 10.0

#: Reads the modules of a project: those left out with their problems, what to call with the name of each before it is
#: imported and with "" after the last, and where to write the findings.
Reader = Callable[[Project, Mapping[str, Problem], Callable[[str], None], IO[bytes]], None]


def isolated(project: Project) -> bool:
    """Whether modules are read in a process of their own.

    Raises:
        DefinitionError: Code ``invalid-settings``.
    """
    wished = os.environ.get(_SWITCH)
    return hasattr(os, "fork") and (wished == "1" if wished in ("0", "1") else project.settings.index.isolated)


def read_isolated(project: Project, reader: Reader) -> Findings:
    """Read the modules of a project in a process of its own.

    Args:
        project: The project.
        reader: Does it; writes its findings to the stream it is given.

    Returns:
        The findings. A module that took too long or ended the process is among their problems.

    Raises:
        FeaturecatError: As the reader raises it.
    """
    _ = project.secrets  # settings are read once, and what is wrong with them is raised here
    left_out: dict[str, Problem] = {}
    while True:
        with tempfile.TemporaryFile() as answer, _worker(project, left_out, reader, answer) as worker:
            fault = worker.watch(project.settings.index.seconds)
            if fault is None:
                answer.seek(0)
                return read_findings(answer)
        if worker.module is None or worker.module in left_out:
            raise DefinitionError(
                f"the process that read the modules {fault.what}",
                code=fault.code,
                hint="FEATURECAT_INDEX_ISOLATED=0 reads them in this process",
            )
        left_out[worker.module] = _problem(project, worker.module, fault)


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why a process did not finish: a code, and what it did."""

    code: str
    what: str


class _Worker:
    """The process that reads the modules, as this one sees it.

    Args:
        process: Its id, and that of its group.
        events: Where it tells what it is at.
    """

    def __init__(self, process: int, events: int) -> None:
        self.module: str | None = None
        self._process = process
        self._events = events
        self._said = b""
        self._open = True
        self._done = False
        self._failure: Mapping[str, Any] | None = None

    def watch(self, seconds: float) -> _Fault | None:
        """Wait until it has finished; None when it did so well.

        Args:
            seconds: How long a module may take.

        Raises:
            FeaturecatError: As it was raised there.
            KeyboardInterrupt: When a module raised it.
        """
        deadline = time.monotonic() + max(seconds, _GRACE_SECONDS)
        while not self._done:
            left = deadline - time.monotonic()
            if self._heard(min(max(left, 0.0), _LOOK_SECONDS)):
                deadline = time.monotonic() + (seconds if self.module is not None else _READING_SECONDS)
            elif (status := self._ended()) is not None and not self._heard(0.0):
                return _Fault("import-crashed", _ending(status))
            elif left <= 0:
                return _Fault("import-timeout", f"took longer than {seconds:g} s")
        if self._failure:
            _raise(self._failure)
        return None

    def end(self) -> None:
        """End it and all that it has started, and let nothing of it remain."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):  # before it had a group of its own
            os.kill(self._process, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._process, 0)
        os.close(self._events)

    def _heard(self, seconds: float) -> bool:
        """Whether it said something within some time."""
        if not self._open:
            time.sleep(seconds)
            return False
        ready, _, _ = select.select([self._events], [], [], seconds)
        if not ready:
            return False
        piece = os.read(self._events, 65_536)
        self._open = bool(piece)
        *lines, self._said = (self._said + piece).split(b"\n")
        for line in lines:
            event = json.loads(line)
            self.module = event.get("module")
            self._done = self._done or "done" in event
            self._failure = event.get("done", self._failure)
        return bool(lines)

    def _ended(self) -> int | None:
        """How it ended, as ``waitpid`` says it; None while it lives. Its id stays taken."""
        found = os.waitid(os.P_PID, self._process, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if found is None:
            return None
        return found.si_status if found.si_code == os.CLD_EXITED else -found.si_status


@contextmanager
def _worker(project: Project, left_out: Mapping[str, Problem], reader: Reader, answer: IO[bytes]) -> Iterator[_Worker]:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # or both processes write what was waiting
            stream.flush()
    events, told = os.pipe()
    try:
        process = os.fork()
    except OSError as error:
        os.close(events)
        os.close(told)
        raise DefinitionError(
            f"no process can be started to read the modules in: {error.strerror}",
            code="import-crashed",
            hint=f"{_SWITCH}=0 reads them in this process",
        ) from error
    if process == 0:
        _live(project, left_out, reader, answer=answer, told=told)
    os.close(told)
    worker = _Worker(process, events)
    try:
        yield worker
    finally:
        worker.end()


def _ending(status: int) -> str:
    if status >= 0:
        return f"was ended with code {status}"
    with contextlib.suppress(ValueError):
        return f"was killed by {signal.Signals(-status).name}"
    return f"was killed by signal {-status}"


def _problem(project: Project, module: str, fault: _Fault) -> Problem:
    """That a module is not read, where it is named, and what to do."""
    file, line = module_line(module, project)
    if fault.code == "import-timeout":
        message = f"{module} {fault.what} to import"
        hint = "do no work at import; [tool.featurecat.index] seconds allows more time"
    else:
        message = f"the process {fault.what} while {module} was imported"
        hint = f"python -X faulthandler -c 'import {module}' shows where; other modules are not affected"
    return Problem(fault.code, message, file, line, hint)


def _raise(failure: Mapping[str, Any]) -> NoReturn:
    """Raise what was raised in the other process."""
    if failure["kind"] == "KeyboardInterrupt":
        raise KeyboardInterrupt
    kind = getattr(errors, failure["kind"], None)
    if isinstance(kind, type) and issubclass(kind, FeaturecatError):
        raise kind([problem_of(one) for one in failure["problems"]])
    raise RuntimeError(f"{failure['kind']}: {failure['text']}")


# --- the other process ------------------------------------------------------------------------------------------------


def _live(
    project: Project, left_out: Mapping[str, Problem], reader: Reader, *, answer: IO[bytes], told: int
) -> NoReturn:
    """Read the modules, tell of it, and end without the farewells of whatever was imported."""
    code = 1
    try:
        own = os.getpid()
        os.setsid()  # so that what is started here ends with it, and a Ctrl-C reaches the parent alone
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        _redirect()
        gc.disable()  # what is made here is kept
        _tell(told, {})

        def announce(name: str) -> None:
            if os.getpid() != own:
                os._exit(0)  # a module has forked, and its child returned
            seconds = project.settings.index.seconds if name else _READING_SECONDS
            signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE_SECONDS)
            _tell(told, {"module": name or None})

        try:
            reader(project, left_out, announce, answer)
            failure: dict[str, Any] = {}
        except BaseException as error:  # noqa: BLE001 - the parent raises it
            failure = _failure(error, project)
        if os.getpid() == own:
            _tell(told, {"done": failure})
        code = 0
    finally:
        os._exit(code)


def _redirect() -> None:
    """No input; what modules print goes to standard error, whoever prints it."""
    with contextlib.suppress(OSError):
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
    with contextlib.suppress(OSError):
        os.dup2(2, 1)


def _tell(told: int, event: Mapping[str, Any]) -> None:
    try:
        text = json.dumps(event).encode() + b"\n"
        while text:
            text = text[os.write(told, text) :]
    except OSError as error:
        if error.errno == errno.EPIPE:  # nobody waits any more
            os._exit(1)
        raise


def _failure(error: BaseException, project: Project) -> dict[str, Any]:
    """An exception as JSON, without secrets."""
    kind = type(error).__name__
    if isinstance(error, FeaturecatError):
        secrets = (*project.secrets, *error.secrets)
        return {"kind": kind, "problems": [asdict(without_secrets(one, secrets)) for one in error.problems]}
    problem = without_secrets(Problem("step-failed", str(error)), project.secrets)
    return {"kind": kind, "text": problem.message}
