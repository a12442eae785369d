"""Finds the project, its store and its modules."""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.abc
import io
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from featurecat.errors import DefinitionError, Problem, RequestError, did_you_mean
from featurecat.expectations.plugins import use_plugins
from featurecat.expectations.registry import JUDGED_KINDS, KINDS
from featurecat.project.disclosure import without_folders, without_secrets
from featurecat.project.outline import Outline, has_settings, read_outline
from featurecat.storage.layout import Store
from featurecat.storage.redact import DEFAULT_PATTERNS, secret_values

if TYPE_CHECKING:
    from featurecat.project.settings import Settings

__all__ = [
    "LoadedModules",
    "Project",
    "find_project",
    "load_modules",
    "module_line",
    "relative_problems",
]


class Project:
    """A project at work.

    Args:
        root: Its folder; relative paths in settings start here.
        store: Where its catalog and artifacts lie.
        outline: The settings that finding those took.
        declared: Whether there is a ``[tool.featurecat]`` at all.
        modules: Modules named on the command line, beside the declared ones.
        hamilton: Whether the command line says that ``import hamilton`` means featurecat's modules.
    """

    def __init__(
        self,
        root: Path,
        store: Store,
        outline: Outline,
        *,
        declared: bool,
        modules: tuple[str, ...] = (),
        hamilton: bool = False,
    ) -> None:
        self.root = root
        self.store = store
        self.outline = outline
        self.declared = declared
        self.modules = modules
        self.hamilton = hamilton

    @functools.cached_property
    def settings(self) -> Settings:
        """What ``[tool.featurecat]`` says, in full; validated when it is first asked for.

        Raises:
            DefinitionError: Code ``invalid-settings``, with every fault.
        """
        from featurecat.project.settings import Settings, read_settings

        return read_settings(self.root / "pyproject.toml") if self.declared else Settings()

    @functools.cached_property
    def secrets(self) -> tuple[str, ...]:
        """Texts that must appear nowhere: of the settings, and of the environment.

        Raises:
            DefinitionError: Code ``invalid-settings``.
        """
        settings = self.settings
        options = {name: source.options for name, source in settings.sources.items()}
        return secret_values(
            {"configs": settings.configs, "sources": options},
            uris=[source.path for source in settings.sources.values()],
            environment=os.environ,
            patterns=(*DEFAULT_PATTERNS, *settings.redact),
        )

    @property
    def name(self) -> str:
        """The project's name."""
        return self.outline.name or self.root.name

    @property
    def graph_names(self) -> list[str]:
        """All graphs, ``default`` first."""
        return list(self.outline.modules)

    def modules_of(self, graph: str) -> list[str]:
        """Modules of a graph, those of the command line with the default one."""
        extra = self.modules if graph == "default" else ()
        return list(dict.fromkeys([*self.outline.modules[graph], *extra]))

    def shown(self, path: str | Path | None) -> str | None:
        """A path as the user would type it: relative to the project where it lies inside."""
        if path is None:
            return None
        with contextlib.suppress(ValueError):
            return str(Path(path).relative_to(self.root))
        return str(path)


def find_project(
    directory: Path | None = None, store: Path | None = None, modules: Iterable[str] = (), *, hamilton: bool = False
) -> Project:
    """The project around a directory.

    Args:
        directory: Where to look, with its parents; None takes ``FEATURECAT_PROJECT``, else the current directory.
        store: Where the store lies; None takes ``FEATURECAT_STORE``, else what the settings say.
        modules: Further modules, as ``--module`` names them.
        hamilton: As ``--hamilton`` says, or ``FEATURECAT_HAMILTON``; see :class:`Project`.

    Raises:
        DefinitionError: When the directory does not exist or the settings are wrong.
    """
    start = (directory or _from_environment("FEATURECAT_PROJECT") or Path.cwd()).absolute()
    if not start.is_dir():
        raise RequestError(f"there is no directory {start}", code="no-project", hint="check -C or FEATURECAT_PROJECT")
    root = next((folder for folder in [start, *start.parents] if has_settings(folder / "pyproject.toml")), None)
    outline = Outline() if root is None else _outline(root / "pyproject.toml")
    place = root or start
    chosen = store or _from_environment("FEATURECAT_STORE")
    store_root = Path.cwd() / chosen if chosen is not None else place / outline.store
    if place.is_relative_to(os.path.realpath(store_root)):
        raise RequestError(
            f"the store {store_root} would hold the project itself",
            code="invalid-option",
            hint="name a folder of its own",
        )
    return Project(
        place,
        Store(store_root.absolute()),
        outline,
        declared=root is not None,
        modules=tuple(modules),
        hamilton=hamilton or bool(os.environ.get("FEATURECAT_HAMILTON")),
    )


def _from_environment(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value) if value else None


def _outline(pyproject: Path) -> Outline:
    outline = read_outline(pyproject)
    if outline is not None:
        return outline
    from featurecat.project.settings import outline_of, read_settings

    return outline_of(read_settings(pyproject))


@dataclass(slots=True)
class LoadedModules:
    """Imported modules per graph, and what kept others from being imported."""

    by_graph: dict[str, list[ModuleType]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    failed: dict[str, Problem] = field(default_factory=dict)


def load_modules(
    project: Project,
    *,
    left_out: Mapping[str, Problem] | None = None,
    announce: Callable[[str], None] | None = None,
) -> LoadedModules:
    """Import the declared modules, and only those.

    The project root and ``src/`` join ``sys.path``. What modules print while they are imported goes to
    standard error, so that answers on standard output stay clean.

    Args:
        project: The project.
        left_out: Modules that are not to be imported, and why; others that import them fail.
        announce: Is called with the name of each module before it is imported.

    Raises:
        DefinitionError: Code ``no-project``, when no module is named at all.
    """
    named = [name for graph in project.graph_names for name in project.modules_of(graph)]
    if not named:
        raise DefinitionError(
            "no feature modules are named",
            code="no-project",
            file=str(project.root / "pyproject.toml") if project.declared else None,
            hint='set modules = ["my_features"] under [tool.featurecat], or give --module my_features',
        )
    if project.hamilton or project.settings.hamilton:
        from featurecat.compat.hamilton import install

        install()
    loaded = LoadedModules(problems=list((left_out or {}).values()), failed=dict(left_out or {}))
    if left_out:
        sys.meta_path.insert(0, _Refusing(left_out))
    with _import_path(project.root), contextlib.redirect_stdout(sys.stderr or io.StringIO()):
        _use_plugins(project)
        for graph in project.graph_names:
            loaded.by_graph[graph] = list(_imported(project.modules_of(graph), project, loaded, announce=announce))
    return loaded


def _imported(
    names: Iterable[str], project: Project, loaded: LoadedModules, *, announce: Callable[[str], None] | None
) -> Iterator[ModuleType]:
    """Import modules; what is wrong with one joins what was loaded."""
    for name in names:
        if name in loaded.failed:
            continue
        if announce is not None:
            announce(name)
        module = _import(name, project, loaded)
        if module is not None:
            yield module


class _Refusing(importlib.abc.MetaPathFinder):
    """Keeps modules from being imported by others."""

    def __init__(self, left_out: Mapping[str, Problem]) -> None:
        self._left_out = left_out

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """Raise for a module that is left out, and leave others to the next finder."""
        del path, target
        if fullname in self._left_out:
            raise ImportError(self._left_out[fullname].message)


def _use_plugins(project: Project) -> None:
    """Load the plugins that the settings name, before modules that use them.

    Raises:
        DefinitionError: Code ``plugin-unusable``.
    """
    targets = project.settings.plugins
    file = str(project.root / "pyproject.toml")
    line = next((line for target in targets if (line := _line_naming(target, Path(file)))), None)
    try:
        use_plugins(targets, reserved=(*KINDS, *JUDGED_KINDS), file=file, line=line)
    except DefinitionError as fault:
        raise DefinitionError(relative_problems(fault.problems, project)) from fault


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
        problems = relative_problems(error.problems, project)
    except SyntaxError as error:
        hint = "mend the syntax; other modules are not affected"
        message = f"{name} is not valid Python: {error.msg}"
        problems = [Problem("syntax-error", message, project.shown(error.filename), error.lineno, hint)]
    except BaseException as error:  # noqa: BLE001 - a module may raise anything, SystemExit included
        problems = relative_problems([_import_problem(name, error, project)], project)
    loaded.problems += problems
    loaded.failed[name] = problems[0]
    return None


def _import_problem(name: str, error: BaseException, project: Project) -> Problem:
    """What kept a module from being imported, where in the project, and what to do."""
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    if missing is not None and (name == missing or name.startswith(f"{missing}.")):
        return _no_module(name, project)
    file, line = _raised_at(error, project.root)
    if isinstance(error, TypeError):
        from featurecat.project.misuse import misused

        if (told := misused(error)) is not None:
            return Problem("invalid-modifier", told[0], project.shown(file), line, told[1])
    text = (str(error).strip().splitlines() or [""])[0]
    message = f"{name} raised {type(error).__name__} while it was imported" + (f": {text}" if text else "")
    return Problem("import-error", message, project.shown(file), line, _way_out(error, project))


def _no_module(name: str, project: Project) -> Problem:
    """That a module which is named is not there."""
    near = did_you_mean(name, _module_files(project.root))
    hint = near or "modules are looked for in the project's folder and in src/"
    file, line = module_line(name, project)
    return Problem("import-error", f"there is no module {name!r}", file, line, hint)


def _raised_at(error: BaseException, root: Path) -> tuple[str | None, int | None]:
    """The innermost line of the project that an exception passed."""
    file, line = None, None
    for frame in traceback.extract_tb(error.__traceback__):
        if Path(frame.filename).is_relative_to(root):
            file, line = frame.filename, frame.lineno
    return file, line


def _way_out(error: BaseException, project: Project) -> str:
    if not isinstance(error, ModuleNotFoundError) or (error.name or "").partition(".")[0] != "hamilton":
        return "other modules are not affected"
    if project.hamilton or project.settings.hamilton:
        return "featurecat stands in for hamilton, and has no such module: import what you need from featurecat"
    return "give --hamilton, or set hamilton = true under [tool.featurecat]: featurecat then stands in for it"


def _line_naming(name: str, file: Path) -> int | None:
    quoted = (f'"{name}"', f"'{name}'")
    lines = enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
    return next((number for number, line in lines if any(text in line for text in quoted)), None)


def module_line(name: str, project: Project) -> tuple[str | None, int | None]:
    """Where the settings name a module: file and line; None where they do not."""
    settings = project.root / "pyproject.toml"
    line = _line_naming(name, settings) if project.declared else None
    return (None, None) if line is None else (project.shown(settings), line)


def _module_files(root: Path) -> list[str]:
    found = []
    for folder in (root, root / "src"):
        for path in [*folder.glob("*.py"), *folder.glob("*/*.py")]:
            found.append(".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__"))
    return found


def relative_problems(problems: Iterable[Problem], project: Project) -> list[Problem]:
    """Problems without secrets, the files in them as the user would type them."""
    return [without_secrets(without_folders(problem, [project.root]), project.secrets) for problem in problems]
