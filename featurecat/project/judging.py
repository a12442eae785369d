"""Where the expectations of a feature are judged: on the file it is written to, or while the run goes on."""

from __future__ import annotations

from collections.abc import Collection

from featurecat.definition.node import Node, Role
from featurecat.expectations.spec import judged_by_columns

__all__ = ["judged_on_file"]


def judged_on_file(node: Node, beside: Collection[str]) -> bool:
    """Whether a feature's expectations are judged on the column of the file it is written to.

    Others are judged on the value the function returned: a schema or a validator of the user's own wants to see it, of
    a frame a column is but a part, and what a feature is compared with may be in no file, or in another one.

    Args:
        node: The feature's node.
        beside: The features that are written to the same file.
    """
    if node.role is Role.FRAME or not judged_by_columns(node.expectations):
        return False
    return all(other in beside for spec in node.expectations for other in spec.others)
