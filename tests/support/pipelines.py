"""Jobs of GitHub Actions and GitLab CI run on this machine: their scripts, in a clone, with the variables of the service.

Steps that are actions of others do nothing here, but for their conditions; ``pip install`` is what the environment of
the tests has done already.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

__all__ = ["Forge", "Job", "Ran", "github_job", "gitlab_job", "without_service"]

#: What tells a process that it is in a job; a test that runs in one takes it away first.
_TELLING = re.compile(r"(CI|GITHUB|GITLAB|RUNNER|PRE_COMMIT|GIT)(_|$)")


def without_service(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """An environment as at a desk: no service around, and git with a name and nothing else of this machine."""
    for name in os.environ:
        if _TELLING.match(name):
            monkeypatch.delenv(name)
    home.mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PRE_COMMIT_HOME", str(home / "pre-commit"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ann")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ann@shop.example")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


@dataclass(frozen=True)
class Ran:
    """A script that ran.

    Attributes:
        script: Its text.
        code: What it ended with.
        out: What it wrote to standard output.
        err: What it wrote to standard error.
    """

    script: str
    code: int
    out: str
    err: str


@dataclass
class Job:
    """What became of a job.

    Attributes:
        folder: The clone it ran in.
        ran: Its scripts, in their order.
        used: The actions that would have run, each with what it was given.
        summary: Of GitHub: the page of the run.
    """

    folder: Path
    ran: list[Ran] = field(default_factory=list)
    used: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    summary: str = ""

    @property
    def codes(self) -> list[int]:
        return [one.code for one in self.ran]

    @property
    def green(self) -> bool:
        return not any(self.codes)

    @property
    def out(self) -> str:
        return "".join(one.out for one in self.ran)

    @property
    def err(self) -> str:
        return "".join(one.err for one in self.ran)

    def uploads(self, action: str) -> list[Mapping[str, Any]]:
        """What the uses of one action were given."""
        return [given for name, given in self.used if name.startswith(action)]


class Forge:
    """A repository with branches, as a service has it.

    Args:
        bare: The repository.
        rooms: A folder for clones.
    """

    def __init__(self, bare: Path, rooms: Path) -> None:
        self.bare = bare
        self.rooms = rooms

    def clone(self, name: str, *, branch: str, merged: bool) -> Path:
        """A whole clone with a branch checked out as a job has it: GitHub merges it into the main one, GitLab does not."""
        folder = self.rooms / name
        git(self.rooms, "clone", "-q", str(self.bare), str(folder))
        if merged:
            git(folder, "checkout", "-q", "--detach", "origin/main")
            git(folder, "merge", "-q", "--no-ff", "-m", "Merge", f"origin/{branch}")
        else:
            git(folder, "checkout", "-q", "--detach", f"origin/{branch}")
        return folder


def git(folder: Path, *words: str) -> str:
    """What git answers."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["git", *words], cwd=folder, text=True, capture_output=True, check=False)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout.strip()


def github_job(job: Mapping[str, Any], folder: Path, event: str, variables: Mapping[str, str]) -> Job:
    """Run the steps of a job of GitHub Actions whose own condition holds.

    Args:
        job: The job, as its file says.
        folder: The clone.
        event: The name of what started it.
        variables: Further variables of the environment.
    """
    page = folder.with_name(f"{folder.name}-summary.md")
    around = {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": event,
        "GITHUB_WORKSPACE": str(folder),
        "GITHUB_STEP_SUMMARY": str(page),
        **variables,
    }
    done = Job(folder)
    outcomes: dict[str, str] = {}
    for step in job["steps"]:
        failed = not done.green
        if not _holds(step.get("if", "${{ success() }}"), folder, event, outcomes, failed=failed):
            outcomes[step.get("id", "")] = "skipped"
            continue
        outcomes[step.get("id", "")] = "success"
        if "uses" in step:
            done.used.append((step["uses"], step.get("with", {})))
        elif not _is_install(step["run"]):
            assert "${{" not in step["run"], "what comes from outside reaches a script as a variable only"
            done.ran.append(_bash(step["run"], folder, around))
    if page.exists():
        done.summary = page.read_text(encoding="utf-8")
    return done


def _holds(condition: str, folder: Path, event: str, outcomes: Mapping[str, str], *, failed: bool) -> bool:
    """Whether a step runs; the few words that the recipes use are read as Python."""
    text = condition.strip().removeprefix("${{").removesuffix("}}").replace("\n", " ")
    if not re.search(r"\b(success|cancelled|always|failure)\(\)", text):
        text = f"success() && ({text})"
    text = re.sub(r"hashFiles\('([^']*)'\)", lambda found: repr("there" if any(folder.glob(found[1])) else ""), text)
    text = re.sub(r"steps\.(\w+)\.outcome", lambda found: repr(outcomes.get(found[1], "")), text)
    text = text.replace("github.event.pull_request.head.repo.full_name", "'shop/shop'")
    text = text.replace("github.repository", "'shop/shop'").replace("github.event_name", repr(event))
    text = text.replace("cancelled()", "False").replace("success()", str(not failed))
    python = re.sub(r"!(?!=)", " not ", text.replace("&&", " and ").replace("||", " or ")).strip()
    left = re.sub(r"'[^']*'", "", python)
    assert re.fullmatch(r"(?:and|or|not|True|False|==|!=|[() ])*", left), python
    return bool(eval(python))  # noqa: S307 - nothing but truth values and texts is left


def gitlab_job(jobs: Mapping[str, Any], name: str, folder: Path, variables: Mapping[str, str]) -> Job:
    """Run the script of a job of GitLab CI.

    Args:
        jobs: All of its file.
        name: The job.
        folder: The clone.
        variables: Further variables of the environment.
    """
    job = {**jobs[jobs[name]["extends"]], **jobs[name]}
    lines = [line for line in [*job["before_script"], *job["script"]] if not _is_install(line)]
    around = {"CI": "true", "GITLAB_CI": "true", "CI_PROJECT_DIR": str(folder), **job["variables"], **variables}
    return Job(folder, [_bash("\n".join(lines), folder, around)])


def _is_install(script: str) -> bool:
    return script.startswith("pip install")


def _bash(script: str, folder: Path, variables: Mapping[str, str]) -> Ran:
    words: Sequence[str] = [shutil.which("bash") or "bash", "--noprofile", "--norc", "-euo", "pipefail", "-c", script]
    done = subprocess.run(
        words, cwd=folder, env={**os.environ, **variables}, text=True, capture_output=True, check=False
    )
    return Ran(script, done.returncode, done.stdout, done.stderr)
