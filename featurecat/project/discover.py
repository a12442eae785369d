"""Finds the project, its store and its modules."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from featurecat.errors import DefinitionError, Problem, RequestError, did_you_mean
from featurecat.project.settings import Settings, has_settings, read_settings
from featurecat.storage.layout import Store

__all__ = ["LoadedModules", "Project", "find_project", "load_modules", "relative_problems"]


@dataclass(frozen=True, slots=True)
class Project:
    """A project at work.

    Attributes:
        root: Its folder; relative paths in settings start here.
        settings: What ``[tool.featurecat]`` says.
        store: Where its catalog and artifacts lie.
        declared: Whether there is a ``[tool.featurecat]`` at all.
        modules: Modules named on the command line, beside the declared ones.
    """

    root: Path
    settings: Settings
    store: Store
    declared: bool
    modules: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The project's name."""
        return self.settings.name or self.root.name

    def modules_of(self, graph: str) -> list[str]:
        """Modules of a graph, those of the command line with the default one."""
        extra = self.modules if graph == "default" else ()
        return list(dict.fromkeys([*self.settings.modules_of(graph), *extra]))

    def shown(self, path: str | Path | None) -> str | None:
        """A path as the user would type it: relative to the project where it lies inside."""
        if path is None:
            return None
        with contextlib.suppress(ValueError):
            return str(Path(path).relative_to(self.root))
        return str(path)


def find_project(
    directory: Path | None = None, store: Path | None = None, modules: Iterable[str] = ()
) -> Project:
    """The project around a directory.

    Args:
        directory: Where to look, with its parents; None takes ``FEATURECAT_PROJECT``, else the current directory.
        store: Where the store lies; None takes ``FEATURECAT_STORE``, else what the settings say.
        modules: Further modules, as ``--module`` names them.

    Raises:
        DefinitionError: When the directory does not exist or the settings are wrong.
    """
    given = directory or (Path(os.environ["FEATURECAT_PROJECT"]) if os.environ.get("FEATURECAT_PROJECT") else None)
    start = (given or Path.cwd()).absolute()
    if not start.is_dir():
        raise RequestError(f"there is no directory {start}", code="no-project", hint="check -C or FEATURECAT_PROJECT")
    root = next(
        (folder for folder in [start, *start.parents] if has_settings(folder / "pyproject.toml")),
        None,
    )
    settings = Settings() if root is None else read_settings(root / "pyproject.toml")
    place = root or start
    chosen = store or (Path(os.environ["FEATURECAT_STORE"]) if os.environ.get("FEATURECAT_STORE") else None)
    store_root = (Path.cwd() / chosen) if chosen is not None else place / settings.store
    return Project(place, settings, Store(store_root.absolute()), root is not None, tuple(modules))


@dataclass(slots=True)
class LoadedModules:
    """Imported modules per graph, and what kept others from being imported."""

    by_graph: dict[str, list[ModuleType]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    failed: dict[str, Problem] = field(default_factory=dict)


def load_modules(project: Project) -> LoadedModules:
    """Import the declared modules, and only those.

    The project root and ``src/`` join ``sys.path``. What modules print while they are imported goes to
    standard error, so that answers on standard output stay clean.

    Raises:
        DefinitionError: Code ``no-project``, when no module is named at all.
    """
    named = [name for graph in project.settings.graph_names for name in project.modules_of(graph)]
    if not named:
        raise DefinitionError(
            "no feature modules are named",
            code="no-project",
            file=str(project.root / "pyproject.toml") if project.declared else None,
            hint='set modules = ["my_features"] under [tool.featurecat], or give --module my_features',
        )
    loaded = LoadedModules()
    with _import_path(project.root), contextlib.redirect_stdout(sys.stderr or io.StringIO()):
        for graph in project.settings.graph_names:
            modules = loaded.by_graph[graph] = []
            for name in project.modules_of(graph):
                if name in loaded.failed:
                    continue
                module = _import(name, project, loaded)
                if module is not None:
                    modules.append(module)
    return loaded


@contextlib.contextmanager
def _import_path(root: Path) -> Iterator[None]:
    for folder in (root / "src", root):
        if folder.is_dir() and str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    yield


def _import(name: str, project: Project, loaded: LoadedModules) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except DefinitionError as error:  # a decorator refused; it says where
        problems = [_shortened(problem, project) for problem in error.problems]
    except SyntaxError as error:
        hint = "mend the syntax; other modules are not affected"
        message = f"{name} is not valid Python: {error.msg}"
        problems = [Problem("syntax-error", message, project.shown(error.filename), error.lineno, hint)]
    except BaseException as error:  # a module may raise anything, SystemExit included
        problems = [_import_problem(name, error, project)]
    loaded.problems += problems
    loaded.failed[name] = problems[0]
    return None


def _shortened(problem: Problem, project: Project) -> Problem:
    return Problem(
        problem.code,
        problem.message,
        project.shown(problem.file),
        problem.line,
        problem.hint,
        problem.feature,
        problem.details,
    )


def _import_problem(name: str, error: BaseException, project: Project) -> Problem:
    if isinstance(error, ModuleNotFoundError) and error.name is not None and (
        name == error.name or name.startswith(f"{error.name}.")
    ):
        message = f"there is no module {name!r}"
        settings = project.root / "pyproject.toml"
        near = did_you_mean(name, _module_files(project.root))
        hint = near or "modules are looked for in the project's folder and in src/"
        return Problem("import-error", message, project.shown(settings) if project.declared else None, None, hint)
    file, line = None, None
    for frame in traceback.extract_tb(error.__traceback__):
        if Path(frame.filename).is_relative_to(project.root):
            file, line = frame.filename, frame.lineno
    text = (str(error).strip().splitlines() or [""])[0]
    message = f"{name} raised {type(error).__name__} while it was imported" + (f": {text}" if text else "")
    return Problem("import-error", message, project.shown(file), line, "other modules are not affected")


def _module_files(root: Path) -> list[str]:
    found = []
    for folder in (root, root / "src"):
        for path in [*folder.glob("*.py"), *folder.glob("*/*.py")]:
            found.append(".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__"))
    return found


def relative_problems(problems: Iterable[Problem], project: Project) -> list[Problem]:
    """Problems with their files as the user would type them."""
    return [_shortened(problem, project) for problem in problems]
