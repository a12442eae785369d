"""``schema``: a whole frame or column is as a schema of another library describes it."""

from __future__ import annotations

from typing import Any

from featurecat.errors import ModifierError
from featurecat.expectations.adapters import ADAPTERS, SchemaAdapter
from featurecat.expectations.kind import Judge
from featurecat.expectations.plugins import plugin_adapters

__all__ = ["Schema"]


class Schema:
    """Expects what a schema of pandera or a suite of Great Expectations says, or what a plugin's adapter takes.

    The value itself is never changed, not even where a schema coerces. In Hamilton a coercing schema changes the data
    that flow on; write the cast into the function instead. Data without rows give nothing to judge.
    """

    kind = "schema"
    example = "schema=pandera.pandas.DataFrameSchema({…}), a model of it, or the same of pandera.polars"

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters: library and name of the schema, and what it says.

        Args:
            argument: A schema of ``pandera.pandas`` (frame or series) or ``pandera.polars`` (frame), a model of
                either, a suite or an expectation of Great Expectations, or what a plugin takes.

        Raises:
            ModifierError: When it is anything else.
        """
        return self._adapter(argument).normalise(argument)

    def judge(self, argument: Any) -> Judge:
        """What judges frames and columns by a schema."""
        return self._adapter(argument).judge(argument)

    def argument_of(self, annotation: Any) -> Any:
        """The model of an annotation such as ``pandera.typing.DataFrame[Model]``, or None."""
        # return annotations are read of every function: those of plugins would all have to be imported
        given = (adapter.argument_of(annotation) for adapter in ADAPTERS)
        return next((one for one in given if one is not None), None)

    def _adapter(self, argument: Any) -> SchemaAdapter:
        for adapter in ADAPTERS:
            if adapter.recognises(argument):
                return adapter
        others = plugin_adapters()
        for adapter in others:
            if adapter.recognises(argument):
                return adapter
        *most, last = [adapter.name for adapter in (*ADAPTERS, *others)]
        ways = "; ".join(f"for {adapter.name}: {adapter.installation}" for adapter in (*ADAPTERS, *others))
        raise ModifierError(
            f"schema takes a schema of {', '.join(most)} or {last}, not a {type(argument).__name__}",
            hint=f"write {self.example}; {ways}",
        )
