"""Frames whose body is a SQL query over the function's parameters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from featurecat.definition.body import has_empty_body
from featurecat.definition.modifier import Modifier, Phase, modifiers_of
from featurecat.definition.node import REQUIRED, DefinedFunction, Dependency, Node
from featurecat.definition.signature import define
from featurecat.definition.types import type_text, unwrapped
from featurecat.errors import DefinitionError, ModifierError, Problem, RequestError, did_you_mean
from featurecat.frames.kinds import kind_of_type

if TYPE_CHECKING:
    from featurecat.execution.sql import Mention  # contract: typing only

__all__ = ["QueryCall", "sql"]

_COROUTINE = 0x80
_MARKED_LINE = re.compile(r"LINE (\d+):")
#: Types that say nothing about whether a value is a table.
_OPEN = (Any, object)


class QueryCall:
    """Runs a query; stands where other nodes have the user's function.

    Args:
        text: The query.
        file: The query's own file, or None.
        parameters: All parameters, in the order of the signature.
        tables: Which of them the query reads as tables.
        values: The names the query writes after ``$``, to the parameters that fill them.
        engine: Whose frame to return.
    """

    #: Rows of a query are its own, and tables need not share theirs.
    own_rows: ClassVar[bool] = True
    reads_only: ClassVar[bool] = True

    __slots__ = ("engine", "file", "parameters", "tables", "text", "values")

    def __init__(
        self,
        text: str,
        file: str | None,
        *,
        parameters: tuple[str, ...],
        tables: tuple[str, ...],
        values: Mapping[str, str],
        engine: str,
    ) -> None:
        self.text = text
        self.file = file
        self.parameters = parameters
        self.tables = tables
        self.values = dict(values)
        self.engine = engine

    def __call__(self, *given: Any, **named: Any) -> Any:
        """The frame that the query makes of the arguments."""
        from featurecat.execution.sql import run_query  # defining a query must not load what runs it

        arguments = {**dict(zip(self.parameters, given, strict=False)), **named}
        return run_query(
            self.text,
            tables={name: arguments[name] for name in self.tables},
            values={name: arguments[parameter] for name, parameter in self.values.items()},
            engine=self.engine,
            file=self.file,
        )


class sql(Modifier):  # noqa: N801 - a decorator's name
    """Compute the frame by a SQL query in DuckDB's dialect, whose tables are the function's parameters.

    The body stays empty. Frames of any engine are tables (a column is a table of one column of its name), other
    parameters are values: ``$year``. The return annotation says whose frame to make: ``pd.DataFrame``,
    ``pl.DataFrame``, ``pl.LazyFrame`` or ``pa.Table``. The query sees its parameters only: no files, no network, no
    extensions. The rows of the result are its own, unless ``@feature(entity=…)`` says whose they are; their order is
    DuckDB's, unless the query has ``ORDER BY``.

    NaN is null. Named index levels of pandas are columns, categories are text, times with a zone are in UTC. Integers
    are 64 bits wide, sums of them included. A number written with a point is a decimal in DuckDB, and so is what it is
    multiplied with: write ``0.5::DOUBLE``.

    The function itself is not changed, and returns None. :meth:`run` runs its query, in tests for example.

    Args:
        query: The query.
        file: Instead of it: a file that holds the query, relative to the module's folder.

    Example:
        >>> import polars
        >>> @sql("SELECT origin, count(*) AS n FROM flights WHERE year = $year GROUP BY origin")
        ... def departures(flights: polars.DataFrame, year: int) -> polars.DataFrame:
        ...     '''Departures by origin.'''
        >>> flights = polars.DataFrame({"origin": ["EWR", "EWR"], "year": [2012, 2013]})
        >>> sql.run(departures, flights=flights, year=2013).rows()
        [('EWR', 1)]
    """

    phase: ClassVar[Phase] = Phase.GENERATE
    single: ClassVar[bool] = True

    def __init__(self, query: str | None = None, *, file: str | Path | None = None) -> None:
        self.query = query
        self.file = file

    @staticmethod
    def run(function: Callable[..., Any], /, **arguments: Any) -> Any:
        """Run the query of a decorated function.

        Args:
            function: The function.
            arguments: Its arguments by name; defaults stand in for those that are left out.

        Returns:
            The frame, as a driver would compute it.

        Raises:
            RequestError: When the function has no query, or the arguments are not its parameters.
            ModifierError: When the query is wrong.
            RunError: When the query does not fit the tables.
        """
        attached = next((one for one in modifiers_of(function) if isinstance(one, sql)), None)
        if attached is None:
            raise RequestError(
                f"{getattr(function, '__name__', function)!r} has no query", hint="put @sql('…') above it"
            )
        defined = define(function)
        known = {dependency.parameter: dependency.default for dependency in defined.dependencies}
        problems = [
            Problem("unknown-input", f"{defined.name} has no parameter {name!r}", hint=did_you_mean(name, known))
            for name in arguments
            if name not in known
        ]
        filled = {name: arguments.get(name, default) for name, default in known.items()}
        problems += [
            Problem("missing-input", f"{defined.name} needs {name!r}", hint=f"sql.run({defined.name}, {name}=…)")
            for name, value in filled.items()
            if value is REQUIRED
        ]
        if problems:
            raise RequestError(problems)
        return attached.call(defined)(**filled)

    def reads(self, function: Callable[..., Any]) -> tuple[Path, ...]:
        """The files beside the module that the function's meaning depends on: that of the query."""
        return () if self.file is None else (self._path(function),)

    def check(self, function: Callable[..., Any]) -> None:
        """Check that there is one query, and a function whose body is empty."""
        if (self.query is None) == (self.file is None):
            raise self.error("takes a query, or file= that holds one", function, '@sql("SELECT * FROM flights")')
        given = self.query if self.file is None else self.file
        if not isinstance(given, str | Path) or (self.file is None and not isinstance(given, str)):
            raise self.error(f"takes the query as text, not {given!r}", function, '@sql("SELECT * FROM flights")')
        if not has_empty_body(function):
            raise self.error(
                "its body is not empty, and would never run",
                function,
                "leave only the docstring or ...; the query does the work",
            )
        if unwrapped(function).__code__.co_flags & _COROUTINE:
            raise self.error("a query is not waited for", function, "write def, not async def")

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """The same node, computed by the query.

        Raises:
            ModifierError: With every fault of the query, each with its place in the text.
        """
        (node,) = nodes
        return [node.with_(function=self.call(defined))]

    def call(self, defined: DefinedFunction) -> QueryCall:
        """What runs the query in the place of the function.

        Raises:
            ModifierError: With every fault of the query, each with its place in the text.
        """
        engine = self._engine(defined)
        text, file = self._text(defined)
        tables, values = self._uses(text, defined, file)
        return QueryCall(
            text,
            file,
            parameters=tuple(one.parameter for one in defined.dependencies),
            tables=tuple(one.parameter for _, one in tables if one is not None),
            values={mention.name: one.parameter for mention, one in values if one is not None},
            engine=engine,
        )

    def _engine(self, defined: DefinedFunction) -> str:
        kind = kind_of_type(defined.returns)
        if kind is None or kind.shape != "frame":
            raise self.error(
                f"needs a function that returns a frame, not {type_text(defined.returns)}",
                defined,
                "annotate -> pd.DataFrame, pl.DataFrame, pl.LazyFrame or pa.Table; @extract_columns makes its columns features",
            )
        return kind.engine

    def _uses(self, text: str, defined: DefinedFunction, file: str | None) -> tuple[_Uses, _Uses]:
        """The tables and values of the query, each with the parameter that fills it."""
        from featurecat.execution.sql import fold, read_query  # only modules with queries pay for what reads them

        try:
            query = read_query(text)
        except DefinitionError as error:
            raise ModifierError(self._placed(problem, defined, file) for problem in error.problems) from error
        parameters = {fold(one.parameter): one for one in defined.dependencies}
        tables = [(mention, parameters.get(fold(mention.name))) for mention in query.tables]
        values = [(mention, parameters.get(fold(mention.name))) for mention in query.values]
        faults = [*_unknown(tables, defined, "reads {!r}"), *_unknown(values, defined, "takes ${}")]
        # a name that is misspelt leaves a parameter unused: that is one fault
        faults = faults or [*_unused(defined, [mention.name for mention, _ in (*tables, *values)], fold)]
        faults += [*_unfit_tables(tables), *_unfit_values(values)]
        if faults:
            raise ModifierError(self._fault(fault, text, defined, file) for fault in faults)
        return tables, values

    def _text(self, defined: DefinedFunction) -> tuple[str, str | None]:
        """The query, and the file it is in if it has one of its own."""
        if self.query is not None:
            return self.query, None
        path = self._path(defined.function)
        try:
            return path.read_text(encoding="utf-8"), str(path)
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8"
            raise self.error(
                f"the query cannot be read from {path}: {reason}",
                defined,
                f"file= is relative to {path.parent if path.name == str(self.file) else 'the folder of the module'}",
            ) from error

    def _path(self, function: Callable[..., Any]) -> Path:
        code = unwrapped(function).__code__
        return Path(code.co_filename).parent / str(self.file)

    def _fault(
        self, fault: tuple[str, str, int | None], text: str, defined: DefinedFunction, file: str | None
    ) -> Problem:
        from featurecat.execution.sql import marked

        message, hint, offset = fault
        problem = Problem("invalid-sql", message, hint=hint, details=marked(text, offset))
        return self._placed(problem, defined, file)

    def _placed(self, problem: Problem, defined: DefinedFunction, file: str | None) -> Problem:
        """A fault of the query at its line of the query's file, else at the function."""
        place = defined.place
        if file is not None:
            found = next((match for line in problem.details if (match := _MARKED_LINE.match(line))), None)
            place = file, int(found[1]) if found else 1
        message = f"@{self.name} on {defined.function.__name__}: {problem.message}"
        return Problem(problem.code, message, *place, problem.hint, defined.name, problem.details)


# --- faults: message, hint, offset ------------------------------------------------------------------

_Uses = list[tuple["Mention", Dependency | None]]
_Faults = Iterator[tuple[str, str, int | None]]


def _unknown(uses: _Uses, defined: DefinedFunction, wording: str) -> _Faults:
    names = [one.parameter for one in defined.dependencies]
    for mention, parameter in uses:
        if parameter is None:
            hint = (
                did_you_mean(mention.name, names) or f"make it one: def {defined.function.__name__}({mention.name}: …)"
            )
            yield f"it {wording.format(mention.name)}, which is no parameter", hint, mention.offset


def _unfit_tables(uses: _Uses) -> _Faults:
    """Parameters that the query reads as tables, but whose types are none."""
    for mention, parameter in uses:
        if parameter is None or parameter.type in _OPEN:
            continue
        kind = kind_of_type(parameter.type)
        if kind is None:
            hint = f"as a value it is ${parameter.parameter}"
        elif kind == ("polars-lazy", "column"):
            hint = "take the frame, and write the expression in SQL"
        else:
            continue
        shown = type_text(parameter.type)
        yield f"it reads {parameter.parameter} as a table, but that is {shown}", hint, mention.offset


def _unfit_values(uses: _Uses) -> _Faults:
    """Parameters that the query takes as values, but whose types are tables."""
    for mention, parameter in uses:
        if parameter is not None and kind_of_type(parameter.type) is not None:
            shown, hint = type_text(parameter.type), f"as a table it is FROM {parameter.parameter}"
            yield f"it takes ${mention.name} as a value, but that is {shown}", hint, mention.offset


def _unused(defined: DefinedFunction, used: Iterable[str], fold: Callable[[str], str]) -> _Faults:
    names = {fold(name) for name in used}
    seen: dict[str, str] = {}
    for dependency in defined.dependencies:
        parameter = dependency.parameter
        other = seen.setdefault(fold(parameter), parameter)
        if other != parameter:
            yield f"its parameters {other} and {parameter} are one name in SQL", "rename one of them", None
        elif fold(parameter) not in names:
            yield f"the query does not use its parameter {parameter}", "leave it out, or read it", None
