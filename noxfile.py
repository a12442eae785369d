"""The version matrix: each session is an environment with its own constraints file."""

from __future__ import annotations

import nox

nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_external_run = True
nox.options.sessions = ["oldest", "spark"]

CORE = ("-q", "-n", "2", "--ignore=tests/acceptance", "--ignore=tests/faults")


def core_suites(session: nox.Session, *, constraints: str, extras: str) -> None:
    """Install the package with ``extras`` under the named constraints and run the core suites."""
    session.install("--quiet", "--constraint", f"constraints/{constraints}.txt", "--editable", f".[{extras}]")
    session.run("python", "-m", "pytest", *CORE, *session.posargs)


@nox.session
def oldest(session: nox.Session) -> None:
    """Every library at the lower bound that pyproject.toml promises."""
    core_suites(session, constraints="oldest", extras="test,demo,docs")


@nox.session
def spark(session: nox.Session) -> None:
    """Beside Spark, whose own conversions need pandas 2."""
    core_suites(session, constraints="spark", extras="test,demo,spark")
