"""Roles that show a value instead of leading somewhere."""

from __future__ import annotations

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from featurecat_sphinx.placements import digest_of_block, note_use
from featurecat_sphinx.selecting import SelectionError, selected
from featurecat_sphinx.state import snapshot_of

__all__ = ["CountRole"]

_logger = logging.getLogger(__name__)


class CountRole(SphinxRole):
    """How many features a selection has: ``:fc:count:`tag:topic=weather```."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The number as text."""
        snapshot = snapshot_of(self.env)
        note_use(self.env, f"block:count:{self.text}", digest_of_block(snapshot, "count", self.text))
        try:
            count = len(selected(snapshot, self.text))
        except SelectionError as error:
            _logger.warning("%s", error, location=self.get_location(), type="fc", subtype="selection")
            return [nodes.literal("", self.text)], []
        return [nodes.Text(f"{count:,}")], []
