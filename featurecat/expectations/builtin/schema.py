"""``schema``: a whole frame or column is as a pandera schema describes it."""

from __future__ import annotations

import sys
from typing import Any

from featurecat.errors import ModifierError
from featurecat.expectations.kind import Judge

__all__ = ["Schema"]


class Schema:
    """Expects what a pandera schema or model says; the value itself is never changed, not even where it coerces.

    In Hamilton a coercing schema changes the data that flow on; write the cast into the function instead.
    """

    kind = "schema"
    example = "schema=pandera.pandas.DataFrameSchema({…}), a model of it, or the same of pandera.polars"

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters: library and name of the schema, and what it says of each column.

        Args:
            argument: A schema of ``pandera.pandas`` (frame or series) or ``pandera.polars`` (frame), or a model.

        Raises:
            ModifierError: When it is anything else.
        """
        if not _is_pandera(argument):
            raise ModifierError(
                f"schema takes a schema of pandera, not a {type(argument).__name__}",
                hint=f"write {self.example}; pandera comes with: pip install 'featurecat[pandera]'",
            )
        from featurecat.expectations.pandera import describe_schema

        return describe_schema(argument)

    def judge(self, argument: Any) -> Judge:
        """What judges frames and columns by a schema."""
        from featurecat.expectations.pandera import SchemaJudge

        return SchemaJudge(argument)

    def argument_of(self, annotation: Any) -> Any:
        """The model of an annotation such as ``pandera.typing.DataFrame[Model]``, or None."""
        if "pandera" not in sys.modules:  # then no annotation can name it
            return None
        from featurecat.expectations.pandera import schema_of_annotation

        return schema_of_annotation(annotation)


def _is_pandera(argument: Any) -> bool:
    bases = (argument if isinstance(argument, type) else type(argument)).__mro__
    return any(base.__module__.partition(".")[0] == "pandera" for base in bases)
