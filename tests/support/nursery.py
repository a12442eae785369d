"""A process that has imported everything once and forks a fresh child for each command line.

A child has its own process, modules and signals, as a command at a prompt has, without paying for imports each
time. Requests and answers are lines of JSON on standard input and output; a request is a list of cases that start
together.
"""

from __future__ import annotations

import fcntl
import importlib
import json
import os
import select
import signal
import struct
import sys
import tempfile
import termios
import traceback
import warnings
from pathlib import Path
from typing import Any

PRELOADED = (
    "duckdb", "narwhals", "pandas", "polars", "pyarrow.parquet", "pyarrow.compute", "pyarrow.dataset", "pyarrow.csv",
    "pydantic", "rich.progress", "featurecat.driver", "featurecat.function_modifiers", "featurecat.project.repair",
    "featurecat.io.registry",
)  # fmt: skip

#: Stands behind all that a child wrote to its terminal.
END = b"\x00\x00end\x00"


def preload() -> None:
    for name in PRELOADED:
        importlib.import_module(name)
    from featurecat.cli.main import COMMANDS

    for name in COMMANDS:
        importlib.import_module(f"featurecat.cli.{name}")


class Child:
    """One command line in a process of its own."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.streams = [tempfile.TemporaryFile() for _ in range(3)]  # noqa: SIM115 - closed when the child has ended
        self.streams[0].write(case.get("stdin", "").encode())
        self.streams[0].seek(0)
        self.master = None
        if case.get("terminal"):
            self.master, self.slave = os.openpty()
            size = struct.pack("HHHH", 24, case.get("columns", 80), 0, 0)
            fcntl.ioctl(self.slave, termios.TIOCSWINSZ, size)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons mention threads, which sleep here
            self.process = os.fork()
        if not self.process:
            self._live()
        self.streams[0].close()

    def _live(self) -> None:
        code = 3
        try:
            ends = [stream.fileno() for stream in self.streams]
            if self.master is not None:
                os.setsid()
                ends[1] = self.slave
                ends[2] = self.slave if self.case["terminal"] == "both" else ends[2]
            for number, end in enumerate(ends):
                os.dup2(end, number)
            for name, text in self.case.get("environment", {}).items():
                os.environ[name] = text
            os.chdir(self.case["directory"])
            os.umask(0o022)
            if user := self.case.get("user"):
                os.setgid(user)
                os.setuid(user)
            code = self._run()
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _run(self) -> int:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False, buffering=1)
        sys.argv = ["featurecat", *self.case["arguments"]]
        from featurecat.cli.main import main

        return main()

    def wait(self) -> dict[str, Any]:
        shown, status = self._watch() if self.master is not None else (b"", os.waitpid(self.process, 0)[1])
        texts = []
        for stream in self.streams[1:]:
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace"))
            stream.close()
        out = shown.decode("utf-8", "replace").replace("\r\n", "\n") if self.case.get("terminal") else texts[0]
        return {"code": os.waitstatus_to_exitcode(status), "out": out, "err": texts[1]}

    def _watch(self) -> tuple[bytes, int]:
        """What the terminal showed, and how the child ended.

        The other end stays open until a mark has come through behind all the child wrote: a terminal whose last
        writer goes may drop what was not read yet.
        """
        shown, status = b"", None
        while status is None or not shown.endswith(END):
            ready, _, _ = select.select([self.master], [], [], 0.02)
            if ready:
                shown += os.read(self.master, 65536)
            elif status is None:
                ended, code = os.waitpid(self.process, os.WNOHANG)
                if ended:
                    status = code
                    os.write(self.slave, END)
        os.close(self.slave)
        os.close(self.master)
        return shown.removesuffix(END), status


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.dont_write_bytecode = True
    preload()
    warnings.simplefilter("error")
    for line in sys.stdin:
        children = [Child(case) for case in json.loads(line)]
        answers.write(json.dumps([child.wait() for child in children]) + "\n")
        answers.flush()
    answers.close()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    sys.path.remove(str(Path(__file__).resolve().parent))
    main()
