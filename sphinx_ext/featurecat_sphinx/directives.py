"""Directives that show parts of the catalog in documents."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from featurecat_sphinx.model import Snapshot
from featurecat_sphinx.pages import Composer
from featurecat_sphinx.placements import digest_of_block, note_use
from featurecat_sphinx.selecting import SelectionError, selected
from featurecat_sphinx.state import composer_of, snapshot_of

__all__ = ["DIRECTIVES", "add_blocks"]

_logger = logging.getLogger(__name__)
#: Columns of ``fc:table``.
_COLUMNS = (
    "feature", "summary", "dtype", "unit", "owner", "tags", "checks", "entity", "grain", "status", "freshness",
    "module", "role",
)  # fmt: skip


class fc_block(nodes.General, nodes.Element):  # type: ignore[misc] # noqa: N801 - docutils names visitors after nodes
    """A part of the catalog; its children say the same in plain nodes, for builders that write no HTML."""


class _Block(SphinxDirective):
    """A directive that becomes a block."""

    kind = ""
    has_content = False
    option_spec: ClassVar[dict[str, Callable[[str], Any]]] = {}

    def run(self) -> list[nodes.Node]:
        """Ask the catalog, and write down what was asked."""
        snapshot = snapshot_of(self.env)
        argument = self.asked()
        note_use(self.env, f"block:{self.kind}:{argument}", digest_of_block(snapshot, self.kind, argument))
        problem = self.problem(snapshot, argument)
        if problem:
            _logger.warning("%s", problem, location=self.get_location(), type="fc", subtype=self.kind)
            return []
        block = fc_block("", kind=self.kind, **self.told(snapshot, argument))
        block += self.plainly(snapshot, argument)
        self.set_source_info(block)
        return [block]

    def asked(self) -> str:
        """What is asked for."""
        return self.arguments[0].strip() if self.arguments else ""

    def problem(self, snapshot: Snapshot, argument: str) -> str | None:
        """Why it cannot be shown."""
        return None

    def told(self, snapshot: Snapshot, argument: str) -> dict[str, Any]:
        """What the writer has to know."""
        return {}

    def plainly(self, snapshot: Snapshot, argument: str) -> list[nodes.Node]:
        """The same without HTML."""
        return []


class _AboutFeature(_Block):
    """A block about one feature."""

    required_arguments = 1

    def problem(self, snapshot: Snapshot, argument: str) -> str | None:
        """An unknown feature, with the nearest one."""
        if argument in snapshot.features:
            return None
        near = difflib.get_close_matches(argument, snapshot.features, n=1)
        return f"the catalog has no feature {argument!r}" + (f"; did you mean {near[0]}?" if near else "")

    def told(self, snapshot: Snapshot, argument: str) -> dict[str, Any]:
        """Its key."""
        return {"key": argument}

    def plainly(self, snapshot: Snapshot, argument: str) -> list[nodes.Node]:
        """Its name and what it is."""
        return [_listed([argument], snapshot)]


class FeatureCard(_AboutFeature):
    """``fc:feature``: a feature in a few lines."""

    kind = "card"


class FeatureLineage(_AboutFeature):
    """``fc:lineage``: what a feature is made of, and what is made of it, as a picture and lists."""

    kind = "lineage"

    def plainly(self, snapshot: Snapshot, argument: str) -> list[nodes.Node]:
        """What it is made of, and what is made of it."""
        one = snapshot.features[argument]
        found: list[nodes.Node] = []
        for title, names in (("Made of", one.upstream), ("Made of it", one.downstream)):
            if names:
                found += [nodes.paragraph("", title), _listed(list(names), snapshot)]
        return found


class FeatureTable(_Block):
    """``fc:table``: the features of a selection."""

    kind = "table"
    option_spec: ClassVar[dict[str, Callable[[str], Any]]] = {
        "select": directives.unchanged_required,
        "columns": directives.unchanged_required,
        "limit": directives.positive_int,
        "sort": lambda text: directives.choice(text, ("feature", "owner", "module", "check_state")),
    }

    def asked(self) -> str:
        """The selection."""
        return str(self.options.get("select", "")).strip()

    def problem(self, snapshot: Snapshot, argument: str) -> str | None:
        """A selection or column that is not known."""
        unknown = [name for name in self._columns() if name not in _COLUMNS]
        if unknown:
            near = difflib.get_close_matches(unknown[0], _COLUMNS, n=1)
            return f"there is no column {unknown[0]!r}; " + (
                f"did you mean {near[0]}?" if near else ", ".join(_COLUMNS)
            )
        try:
            selected(snapshot, argument)
        except SelectionError as error:
            return str(error)
        return None

    def told(self, snapshot: Snapshot, argument: str) -> dict[str, Any]:
        """Keys and columns."""
        return {"keys": self._keys(snapshot, argument), "columns": self._columns()}

    def plainly(self, snapshot: Snapshot, argument: str) -> list[nodes.Node]:
        """Names and summaries."""
        return [_listed(self._keys(snapshot, argument), snapshot)]

    def _keys(self, snapshot: Snapshot, argument: str) -> list[str]:
        keys = selected(snapshot, argument)
        sort = self.options.get("sort", "feature")
        if sort == "owner":
            keys = sorted(keys, key=lambda key: (snapshot.features[key].owners[:1], key))
        elif sort != "feature":
            keys = sorted(keys, key=lambda key: (getattr(snapshot.features[key], sort), key))
        return keys[: self.options.get("limit")]

    def _columns(self) -> list[str]:
        return [name.strip() for name in self.options.get("columns", "").split(",") if name.strip()]


class Summary(_Block):
    """A block about all of the catalog."""

    option_spec: ClassVar[dict[str, Callable[[str], Any]]] = {
        "since": directives.unchanged_required,
        "limit": directives.positive_int,
    }

    def told(self, snapshot: Snapshot, argument: str) -> dict[str, Any]:
        """Since when, and how much."""
        return {"since": self.options.get("since"), "limit": self.options.get("limit", 50)}

    def plainly(self, snapshot: Snapshot, argument: str) -> list[nodes.Node]:
        """How many features there are."""
        return [nodes.paragraph("", f"{len(snapshot.features):,} features of {snapshot.project}")]


def _summary(name: str) -> type[Summary]:
    return type(f"{name.title()}Block", (Summary,), {"kind": name, "__doc__": f"``fc:{name}``."})


DIRECTIVES: dict[str, Any] = {
    "feature": FeatureCard,
    "lineage": FeatureLineage,
    "table": FeatureTable,
    "list": FeatureTable,
    **{name: _summary(name) for name in ("quality", "owners", "changelog", "stats", "start")},
}


def add_blocks(app: Sphinx) -> None:
    """Register the node and its visitors."""
    plain = (lambda _self, _node: None, lambda _self, _node: None)
    app.add_node(
        fc_block, html=(_visit_html, lambda _self, _node: None), latex=plain, text=plain, man=plain, texinfo=plain
    )


def _visit_html(self: Any, node: fc_block) -> None:
    """Write HTML in place of the plain children."""
    builder = self.builder
    composer = composer_of(builder.env)
    document = builder.current_docname
    root = "../" * document.count("/")
    if builder.name == "dirhtml":
        root = "../" * (document.count("/") + (document != "index"))
    self.body.append(_html(composer, node, root))
    raise nodes.SkipNode


def _html(composer: Composer, node: fc_block, root: str) -> str:
    match node["kind"]:
        case "card":
            return composer.card(node["key"], root)
        case "lineage":
            return composer.lineage_block(node["key"], root)
        case "table":
            return composer.table(node["keys"], node["columns"], root)
        case "quality":
            return composer.quality_block(root)
        case "owners":
            return composer.owners_block(root)
        case "changelog":
            return composer.changelog_block(root, node["since"], node["limit"])
        case "stats":
            return composer.statistics_block(root)
        case _:
            return composer.start(root)


def _listed(keys: list[str], snapshot: Snapshot) -> nodes.bullet_list:
    """Names and summaries as a list."""
    items = nodes.bullet_list()
    for key in keys:
        one = snapshot.features.get(key)
        paragraph = nodes.paragraph("", "", nodes.literal("", key))
        if one is not None and one.summary:
            paragraph += nodes.Text(f" – {one.summary}")
        items += nodes.list_item("", paragraph)
    return items
