"""The definitions at another time: at a commit, in a snapshot; and what has changed since.

A commit's files are laid out in a temporary folder, with an index file of its own, so that neither the work tree nor
anything below ``.git`` is touched, and indexed there by a process of its own, because their modules have the names of
today's. What that found is kept by commit: asking again costs one call of git.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from featurecat.catalog.canonical import content_hash
from featurecat.catalog.snapshot import SNAPSHOT_VERSION, read_newest_snapshot
from featurecat.clock import Clock
from featurecat.definition.fingerprint import digest
from featurecat.errors import CatalogError, Problem, RequestError, did_you_mean
from featurecat.project.changes import REDUCTION, States, as_plain, compare, reduce_tables, reduced_from
from featurecat.project.diff.reduction import Side
from featurecat.project.disclosure import without_folders
from featurecat.project.discover import Project
from featurecat.project.outline import has_settings
from featurecat.project.stamp import installed, newest_snapshot, replace_file

__all__ = ["fork_point", "newest_side", "side_at", "snapshot_named", "states_against"]

_SNAPSHOT: Final = "snapshot:"
#: What hooks tell the commands they start about the repository; it would send ours into the caller's index.
_OF_THE_CALLER: Final = (
    "GIT_CONFIG", "GIT_DIR", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE",
)  # fmt: skip
#: Nothing is fetched, asked for or run on the way: no missing objects, no large files, no hooks.
_QUIETLY: Final = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_LFS_SKIP_SMUDGE": "1", "LC_ALL": "C"}
_MOST_SECONDS: Final = 1_800
_INTERRUPTED: Final = 130
_MOST_KEPT: Final = 32
_MOST_TOLD: Final = 3


def states_against(
    project: Project,
    clock: Clock,
    reference: str,
    *,
    tables: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> States:
    """What has become of every public feature since a reference.

    Args:
        project: The project.
        clock: Tells the time, by which what is kept of old commits is cleared.
        reference: A branch, tag or commit of git; ``snapshot:NAME`` for a snapshot of the store, by the beginning of
            its name; or the path of a snapshot's file.
        tables: The newer side, as :func:`featurecat.project.index.definition_tables` gives it; None takes the newest
            snapshot of the store.

    Returns:
        The states, by catalog key.

    Raises:
        RequestError: Code ``against-unusable``: there is no git, no such commit or snapshot, or the modules cannot be
            imported there.
        CatalogError: Code ``catalog-missing``, when nothing was indexed yet and no ``tables`` are given.
    """
    now = newest_side(project) if tables is None else reduce_tables(tables)
    before = side_at(project, clock, reference)
    states = compare(before, now, reference=reference, commit=before.commit)
    return replace(states, notices=before.notices)


def newest_side(project: Project) -> Side:
    """The definitions as they were indexed last.

    Args:
        project: The project.

    Raises:
        CatalogError: Code ``catalog-missing``, when nothing was indexed yet.
    """
    name = newest_snapshot(project)
    if name is None:
        raise CatalogError("there is no catalog yet", code="catalog-missing", hint="featurecat index makes it")
    return _kept_snapshot(project, name)


def _kept_snapshot(project: Project, name: str) -> Side:
    """A snapshot of the store, reduced once."""
    kept = _Kept(project, f"snapshot-{Path(name).stem}")
    found = kept.read()
    if found is None:
        found = _snapshot(project.store.snapshots / name)
        kept.write(found)
    return found


def side_at(project: Project, clock: Clock, reference: str) -> Side:
    """The definitions at a reference.

    Args:
        project: The project.
        clock: Tells the time, by which what is kept of old commits is cleared.
        reference: As :func:`states_against` takes it.

    Raises:
        RequestError: Code ``against-unusable``.
    """
    if reference.startswith(_SNAPSHOT):
        return _kept_snapshot(project, snapshot_named(project, reference.removeprefix(_SNAPSHOT)).name)
    if reference.endswith(".json") and Path(reference).is_file():
        return _snapshot(Path(reference))
    repository = _Repository.around(project)
    commit = repository.resolve(reference)
    kept = _Kept(project, f"{commit}-{_key(project, repository.prefix)}")
    found = kept.read()
    if found is None:
        found = _indexed(project, repository, commit, reference)
        kept.write(found)
    kept.use(clock)
    return found


# --- snapshots -----------------------------------------------------------------------------------


def snapshot_named(project: Project, name: str) -> Path:
    """The file of a snapshot; the beginning of its name is enough where it fits one alone."""
    names = sorted(path.name for path in project.store.snapshots.glob("[0-9]*.json"))
    found = [one for one in names if one == name or (name and one.startswith(name))]
    if len(found) == 1:
        return project.store.snapshots / found[0]
    problem = f"{len(found)} snapshots begin with {name!r}" if found else f"there is no snapshot {name!r}"
    hint = did_you_mean(name, names) or 'featurecat sql "FROM snapshots" lists them'
    raise RequestError(problem, code="against-unusable", hint=hint)


def _snapshot(path: Path) -> Side:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        tables = document["tables"]
        if document["schema_version"] != SNAPSHOT_VERSION or content_hash(tables) != document["content_hash"]:
            raise ValueError("it comes from another version, or was changed")
        return reduce_tables(tables, commit=document["git_commit"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error).partition("\n")[0]
        hint = "name a file that featurecat index wrote into the store's folder snapshots"
        raise _unusable(f"{path} cannot be read as a snapshot: {reason}", hint) from error


# --- git -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Repository:
    """The repository around a project; ``prefix`` is where the project lies in it, with a closing slash."""

    root: Path
    top: Path
    prefix: str

    @classmethod
    def around(cls, project: Project) -> _Repository:
        try:
            # one at a time: folders may have line breaks in their names
            top, prefix = (_git(project.root, "rev-parse", one) for one in ("--show-toplevel", "--show-prefix"))
        except FileNotFoundError:
            raise _unusable("git is not installed", "--against also takes snapshot:NAME") from None
        except subprocess.CalledProcessError as error:
            reason = _said(error)
            hint = "run it in a git checkout, or compare with a snapshot: --against snapshot:NAME"
            message = f"{project.root} is in no git checkout"
            raise _unusable(message if "not a git repository" in reason else f"{message}: {reason}", hint) from error
        return cls(project.root, Path(top.removesuffix("\n")), prefix.removesuffix("\n"))

    def resolve(self, reference: str) -> str:
        """The commit of a reference.

        Raises:
            RequestError: When there is none.
        """
        with contextlib.suppress(subprocess.CalledProcessError):
            asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}")
            if reference and (commit := _git(self.root, *asked).strip()):
                return commit
        raise _unusable(f"git knows no commit {reference!r} here", self._way_to(reference))

    def _way_to(self, reference: str) -> str:
        """How to get a commit that is not there."""
        if reference == "HEAD":
            return "nothing was committed yet: git commit, or compare with a snapshot: snapshot:NAME"
        if self._is_shallow():
            return "this clone is shallow: git fetch --unshallow; in GitHub Actions, fetch-depth: 0 of actions/checkout"
        with contextlib.suppress(subprocess.CalledProcessError):
            named = _git(self.root, "for-each-ref", "--format=%(refname:short)").split()
            if near := did_you_mean(reference, named):
                return near
        remote, _, branch = reference.partition("/")
        return f"git fetch {remote} {branch}" if branch else "name a branch, a tag or a commit; git fetch gets new ones"

    def _is_shallow(self) -> bool:
        try:
            return _git(self.root, "rev-parse", "--is-shallow-repository").strip() == "true"
        except subprocess.CalledProcessError:
            return False

    def lay_out(self, commit: str, folder: Path) -> None:
        """Write the files of a commit into an empty folder.

        Raises:
            RequestError: When git cannot.
        """
        own_index = {"GIT_INDEX_FILE": str(folder.with_name("index"))}
        try:
            _git(self.top, "read-tree", commit, **own_index)
            _git(self.top, "checkout-index", "--all", "--quiet", f"--prefix={folder}/", **own_index)
        except subprocess.CalledProcessError as error:
            hint = "git fetch gets missing objects; git fsck tells whether the repository is sound"
            raise _unusable(f"the files of {commit[:12]} cannot be laid out: {_said(error)}", hint) from error


def fork_point(project: Project) -> tuple[str, str]:
    """The commit at which the work tree left the main branch.

    Args:
        project: The project.

    Returns:
        The commit, and what the main branch is called: that of the pull request where GitHub or GitLab says so, else
        the remote's default branch, else ``main`` or ``master``.

    Raises:
        RequestError: Code ``against-unusable``: there is no git, or no such branch.
    """
    repository = _Repository.around(project)
    asked = [os.environ.get(name) for name in ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME")]
    named = [f"origin/{name}" for name in asked if name]
    for branch in [*named, "origin/HEAD", "origin/main", "origin/master", "main", "master"]:
        with contextlib.suppress(subprocess.CalledProcessError):
            commit = _git(project.root, "merge-base", "--end-of-options", branch, "HEAD").strip()
            if commit:
                return commit, branch
    repository.resolve("HEAD")  # tells what is wrong with a repository without commits
    raise _unusable("no main branch is known to compare with", "name what to compare with: featurecat diff BASE")


def _git(folder: Path, *words: str, **environment: str) -> str:
    """What git answers.

    Raises:
        FileNotFoundError: There is no git.
        subprocess.CalledProcessError: Git refuses.
    """
    around = {name: text for name, text in os.environ.items() if name not in _OF_THE_CALLER}
    command = ["git", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never", "-C", str(folder), *words]
    return subprocess.run(
        command,
        env={**around, **_QUIETLY, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=True,
    ).stdout


def _said(error: subprocess.CalledProcessError) -> str:
    first = (str(error.stderr).strip().splitlines() or ["git says nothing"])[0]
    return first.removeprefix("fatal: ").removeprefix("error: ")


def _unusable(message: str, hint: str, details: Sequence[str] = ()) -> RequestError:
    return RequestError(Problem("against-unusable", message, hint=hint, details=tuple(details)))


# --- indexing a commit ---------------------------------------------------------------------------


def _indexed(project: Project, repository: _Repository, commit: str, reference: str) -> Side:
    """Lay a commit out and index the project in it."""
    with tempfile.TemporaryDirectory(prefix="featurecat-against-", ignore_cleanup_errors=True) as temporary:
        place = Path(temporary).resolve()
        tree = place / "tree"
        tree.mkdir()
        repository.lay_out(commit, tree)
        there = tree / repository.prefix
        extra = [name for name in project.modules if _has_module(there, name)]
        declared = has_settings(there / "pyproject.toml")
        if not (declared or extra):
            told = f"the project is not in {reference} ({commit[:12]}): every feature is new"
            return Side(commit=commit, notices=(told,))
        answer = _index_there(project, there, place, extra)
        if answer.returncode == _INTERRUPTED:  # whoever ends a command ends it for both processes
            raise KeyboardInterrupt
        snapshot, _ = read_newest_snapshot(place / "store" / "snapshots")
        if snapshot is None:
            return _nothing_indexed(answer, reference, commit, place)
        _check_modules(snapshot.tables, reference)
        return reduce_tables(snapshot.tables, commit=commit, notices=_notices(snapshot.tables, reference))


def _index_there(
    project: Project, there: Path, place: Path, modules: Sequence[str]
) -> subprocess.CompletedProcess[str]:
    empty = place / "empty"
    empty.mkdir()  # the folder that a command starts in is one that modules are imported from
    words = ["index", "--json", "-C", str(there), "--store", str(place / "store")]
    words += ["--hamilton"] if project.hamilton else []
    words += [word for name in modules for word in ("--module", name)]
    left_out = ("FEATURECAT_PROJECT", "FEATURECAT_STORE", *_OF_THE_CALLER)
    environment = {name: text for name, text in os.environ.items() if name not in left_out}
    try:
        return subprocess.run(
            [sys.executable, "-B", "-m", "featurecat", *words],
            cwd=empty,
            env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _unusable(
            f"indexing that commit took more than {_MOST_SECONDS} seconds", "look for a module there that waits"
        ) from error


def _nothing_indexed(answer: subprocess.CompletedProcess[str], reference: str, commit: str, place: Path) -> Side:
    """What to make of an index that left no snapshot: there are no modules there, or something is wrong."""
    problems = [without_folders(one, [place]) for one in _told_problems(answer.stderr)]
    if any(problem.code == "no-project" for problem in problems):
        return Side(
            commit=commit, notices=(f"no modules are named in {reference} ({commit[:12]}): every feature is new",)
        )
    details = [f"{problem.place or 'there'}: {problem.message}" for problem in problems[:_MOST_TOLD]]
    last = (answer.stderr.strip().splitlines() or [f"exit code {answer.returncode}"])[-1]
    message = f"the definitions at {reference} cannot be read"
    raise _unusable(message, "compare with a commit where featurecat index works", details or [last])


def _told_problems(text: str) -> Iterator[Problem]:
    """The errors that ``--json`` printed."""
    for line in text.splitlines():
        with contextlib.suppress(ValueError, KeyError, TypeError):
            for one in json.loads(line)["errors"]:
                yield Problem(**{**one, "details": tuple(one["details"])})


def _check_modules(tables: Mapping[str, Sequence[Mapping[str, Any]]], reference: str) -> None:
    """Refuse to compare with a commit some of whose modules cannot be imported: what is in them would count as new."""
    broken = {row["module"] for row in tables.get("modules", ()) if row["status"] == "error"}
    if not broken:
        return
    found = [row for row in tables.get("index_errors", ()) if row["module"] in broken or row["code"] == "import-error"]
    details = [f"{_place(row)}{row['message']}" for row in found[:_MOST_TOLD]]
    names = ", ".join(sorted(broken)[:_MOST_TOLD])
    raise _unusable(
        f"at {reference}, {names} cannot be imported",
        "compare with a later commit, or install what that one needs",
        details,
    )


def _place(row: Mapping[str, Any]) -> str:
    return f"{row['file']}:{row['line']}: " if row["file"] and row["line"] else ""


def _notices(tables: Mapping[str, Sequence[Any]], reference: str) -> Iterator[str]:
    if count := len(tables.get("index_errors", ())):
        problems = "1 problem" if count == 1 else f"{count} problems"
        yield f"{problems} in the definitions at {reference}: what is hidden by them counts as new"


def _has_module(folder: Path, name: str) -> bool:
    stem = Path(*name.split("."))
    starts = (folder, folder / "src")
    return any((start / stem.with_suffix(".py")).is_file() or (start / stem).is_dir() for start in starts)


# --- what is kept --------------------------------------------------------------------------------


class _Kept:
    """Reduced definitions in the store's cache; what cannot be read or written is made again.

    Args:
        project: The project.
        name: What they are of.
    """

    def __init__(self, project: Project, name: str) -> None:
        self.path = project.store.cache / "against" / f"{name}.json"

    def read(self) -> Side | None:
        try:
            document = json.loads(self.path.read_text(encoding="utf-8"))
            if document["reduction"] != REDUCTION:
                return None
            return reduced_from(document)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, side: Side) -> None:
        document = {"reduction": REDUCTION, **as_plain(side)}
        with contextlib.suppress(OSError):  # a store that cannot be written only costs time
            replace_file(self.path, json.dumps(document, separators=(",", ":")))

    def use(self, clock: Clock) -> None:
        """Mark it as used, and let go of those that were not for longest."""
        with contextlib.suppress(OSError):
            moment = clock.now().timestamp()
            os.utime(self.path, (moment, moment))
            kept = sorted(self.path.parent.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
            for path in kept[_MOST_KEPT:]:
                path.unlink(missing_ok=True)


def _key(project: Project, prefix: str) -> str:
    """What decides, beside the commit, what an index finds."""
    return digest(json.dumps([installed(), prefix, project.hamilton, sorted(project.modules)]))[:12]
