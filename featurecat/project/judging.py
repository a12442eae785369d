"""Where the expectations of a feature are judged: on the file it is written to, or while the run goes on."""

from __future__ import annotations

from featurecat.definition.node import Node, Role
from featurecat.expectations.spec import judged_by_columns

__all__ = ["judged_on_file"]


def judged_on_file(node: Node) -> bool:
    """Whether a feature's expectations are judged on the column of the file it is written to.

    Others are judged on the value the function returned: a schema or a validator of the user's own wants to see it, and
    of a frame a column is but a part.

    Args:
        node: The feature's node.
    """
    return node.role is not Role.FRAME and judged_by_columns(node.expectations)
