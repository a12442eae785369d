"""Composes pages and blocks from a snapshot of the catalog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from featurecat_sphinx.drawing import Adjacency, module_svg, neighbourhood, neighbourhood_svg
from featurecat_sphinx.model import Change, Feature, Module, Snapshot, slug
from featurecat_sphinx.options import SiteOptions
from featurecat_sphinx.pages import figures, words
from featurecat_sphinx.pages.code import highlighted, without_docstring
from featurecat_sphinx.pages.page import Draft, Page
from featurecat_sphinx.pages.quality import numbers_that_matter, shortcomings

__all__ = ["Composer"]

_TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
_MOST_LISTED = 20
_MOST_ROWS = 200
_MOST_LINKS = 2000
_MOST_MODULES = 40
_MOST_CHANGES = 400
_LABELS = {
    "failing": ("b", "failing"),
    "warning": ("w", "warning"),
    "passing": ("g", "checks pass"),
    "unknown": ("n", "not judged yet"),
    "none": ("n", "no checks"),
}
_STATUSES = {"deprecated": "w", "experimental": "n", "retired": "b"}
#: Title, one word for what is listed, and address of the pages that list features of a kind.
_KINDS = {
    "modules": ("Modules", "module"),
    "owners": ("Owners", "owner"),
    "tags": ("Tags", "tag"),
    "entities": ("Entities", "entity"),
    "checks": ("Checks", "check"),
}


class Composer:
    """Makes HTML of a catalog.

    Args:
        snapshot: The catalog.
        options: How it is shown.
    """

    def __init__(self, snapshot: Snapshot, options: SiteOptions) -> None:
        self.snapshot = snapshot
        self.options = options
        self._names = [*sorted(snapshot.features), *sorted(snapshot.sources)]
        self._numbers = {name: place for place, name in enumerate(self._names)}
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        self._environment.filters |= {
            "condition": words.condition,
            "moment": words.moment,
            "number": words.number,
            "parameters": words.parameters,
            "plural": words.plural,
            "highlighted": highlighted,
            "without_docstring": without_docstring,
            "verdicts": figures.verdicts,
            "histogram": figures.histogram,
            "slug": slug,
        }
        self._environment.globals |= {
            "badges": self.badges,
            "tags_of": self.tags,
            "link": self.link,
            "share": words.share,
            "trend": figures.trend,
            "source_link": self.source_link,
            "project": options.project,
            "options": options,
            "snapshot": snapshot,
            "check_labels": _LABELS,
        }
        self._badges: dict[str, list[tuple[str, str]]] = {}
        self._changes: dict[str, list[Change]] = {}
        for change in snapshot.changes:
            self._changes.setdefault(change.feature, []).append(change)

    # --- what templates ask ---------------------------------------------------------------------

    def tags(self, one: Feature) -> list[tuple[str, str]]:
        """The tags that may be shown, one (key, value) each."""
        hidden = self.options.private_tags
        return [(key, text) for key, texts in one.tags.items() if key not in hidden for text in texts]

    def badges(self, one: Feature) -> list[tuple[str, str]]:
        """What must be seen at once: (class, words)."""
        known = self._badges.get(one.feature)
        if known is None:
            known = self._badges[one.feature] = self._badges_of(one)
        return known

    def _badges_of(self, one: Feature) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        taints = [taint for taint in one.taints if taint != "pii"]
        if one.personal_data or "pii" in one.taints:
            found.append(("p", "personal data"))
        found += [("p", taint) for taint in taints]
        if one.status and one.status != "active":
            found.append((_STATUSES.get(one.status, "n"), one.status))
        if one.stale:
            found.append(("w", "stale"))
        if one.check_state in ("failing", "warning"):
            found.append(_LABELS[one.check_state])
        found += [("n", label) for name, label in sorted(self.options.badges.items()) if _tagged(one, name)]
        return found

    def link(self, name: str, root: str, *, plain: bool = False) -> Markup:
        """A name as a link to its page, where it has one; as code, unless it is to be plain."""
        address = self.snapshot.address(name)
        shown = escape(name) if plain else f"<code>{escape(name)}</code>"
        # addresses are made of what stands for itself in HTML
        return Markup(shown if address is None else f'<a href="{root}{address}">{shown}</a>')

    def source_link(self, path: str, line: int, end_line: int | None) -> str:
        """Where a line of source can be seen; empty if nobody said."""
        if not self.options.source_url:
            return ""
        return self.options.source_url.format(path=path, line=line, end_line=end_line or line)

    # --- pages ----------------------------------------------------------------------------------

    def feature(self, key: str, documentation: str) -> Page:
        """The page of a feature.

        Args:
            key: The feature.
            documentation: Its docstring as HTML; empty if it has none.
        """
        one = self.snapshot.features[key]
        body = self._rendered(
            "feature",
            one=one,
            root="../../",
            documentation=Markup(documentation),
            picture=self._picture(key, "../../"),
            most=_MOST_LISTED,
            changes=self._changes.get(key, [])[:10],
            trends=_trends(one),
            read_columns=_read_columns(one, _MOST_LISTED),
            shared=self._shared_source(one),
        )
        # all pages of features lie in one folder, and most links are among them
        body = body.replace('="../../features/', '="../').replace("docutils literal notranslate", "literal")
        return Page(one.address, key, one.summary or f"The feature {key}.", body)

    def _shared_source(self, one: Feature) -> str:
        """The frame whose function makes this feature as one of its columns, and others; empty if there is none."""
        if one.role == "frame" or not one.variants:
            return ""
        places = {(variant.file, variant.line) for variant in one.variants}
        above = [self.snapshot.features[name] for name in one.upstream if name in self.snapshot.features]
        return next(
            (
                other.feature
                for other in above
                if other.role == "frame" and places == {(variant.file, variant.line) for variant in other.variants}
            ),
            "",
        )

    def others(self) -> Iterator[Draft]:
        """Every page but those of features."""
        yield from self._modules()
        for kind, groups in self._groups.items():
            if kind != "modules":
                for name, members in groups.items():
                    yield self._group(kind, name, members)
        for source in self.snapshot.sources.values():
            readers = [self.snapshot.features.get(name) for name in source.readers]
            told = (source, self._told([one for one in readers if one is not None]))
            yield self._draft(source.address, f"source {source.source}", "source", "../", told=told, one=source)
        for kind, (title, word) in _KINDS.items():
            groups = self._groups[kind]
            yield self._draft(f"{kind}.html", title, "overview", "", kind=kind, heading=title, word=word, groups=groups)
        yield self._draft("sources.html", "Sources", "sources", "")
        yield self._draft("explorer.html", "Explorer", "explorer", "", few=len(self.snapshot.features) <= _MOST_LINKS)
        yield self._draft("lineage.html", "Lineage explorer", "lineage", "")
        yield self._matrix()
        yield self._draft("quality.html", "Quality", "quality", "", lists=self._quality(), most=_MOST_ROWS)
        yield self._draft("changelog.html", "Changes", "changelog", "", days=self._days(None, _MOST_CHANGES))

    def _group(self, kind: str, name: str, members: Sequence[Feature]) -> Draft:
        title = _KINDS[kind][1]
        return self._draft(
            f"{kind}/{slug(name)}.html",
            f"{title} {name}",
            "group",
            "../",
            told=(kind, name, self._told(members)),
            kind=title,
            name=name,
            members=members,
        )

    def _modules(self) -> Iterator[Draft]:
        for name, module in self.snapshot.modules.items():
            members = self.snapshot.by_module.get(name, [])
            yield Draft(module.address, (module, self._told(members)), partial(self._module, module, members))

    def _module(self, module: Module, members: Sequence[Feature]) -> Page:
        picture = self._module_picture(members)
        return self._draft(
            module.address, f"module {module.module}", "module", "../", one=module, members=members, picture=picture
        ).make()

    def _told(self, members: Sequence[Feature]) -> object:
        """Everything that decides how a table of features looks: what is said of them, and where links lead."""
        return self._places, [one.digest or one for one in members]

    @cached_property
    def _places(self) -> str:
        addresses = [(name, self.snapshot.address(name)) for name in self._names]
        return sha256(repr(addresses).encode("utf-8", "surrogatepass")).hexdigest()

    def _matrix(self) -> Draft:
        counts: Counter[tuple[str, str]] = Counter()
        features = self.snapshot.features
        for parent, child in self.snapshot.edges:
            if parent in features and child in features:
                counts[features[parent].module, features[child].module] += 1
        names = sorted({name for pair in counts for name in pair})
        pairs = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
        return self._draft(
            "matrix.html",
            "Module matrix",
            "matrix",
            "",
            names=names if len(names) <= _MOST_MODULES else [],
            counts=counts,
            pairs=pairs[:_MOST_ROWS],
            total=len(pairs),
        )

    def _draft(
        self, address: str, title: str, template: str, root: str, *, told: object = None, **values: Any
    ) -> Draft:
        def make() -> Page:
            description = f"{title} of {self.options.project}"
            return Page(address, title, description, self._rendered(template, root=root, **values))

        return Draft(address, told, make)

    # --- blocks that documents embed ------------------------------------------------------------

    def start(self, root: str = "") -> str:
        """The start page: numbers that matter, what changed, and where to go."""
        return self._rendered("start", root=root, numbers=self._numbers_that_matter, days=self._days(None, 12))

    def card(self, key: str, root: str = "") -> str:
        """A feature in a few lines."""
        return self._rendered("card", root=root, one=self.snapshot.features[key])

    def table(self, keys: Sequence[str], columns: Sequence[str] = (), root: str = "") -> str:
        """A table of features."""
        members = [self.snapshot.features[key] for key in keys]
        return self._rendered("table", root=root, members=members, columns=tuple(columns))

    def lineage_block(self, key: str, root: str = "") -> str:
        """A feature's picture with what it is made of and what is made of it."""
        one = self.snapshot.features[key]
        return self._rendered("lineage_block", root=root, one=one, picture=self._picture(key, root), most=_MOST_LISTED)

    def quality_block(self, root: str = "") -> str:
        """What fails, what nobody judged, documented or owns."""
        return self._rendered("quality_block", root=root, lists=self._quality(), most=_MOST_LISTED)

    def owners_block(self, root: str = "") -> str:
        """Who answers for how many features."""
        return self._rendered("groups", root=root, kind="owners", word="owner", groups=self._groups["owners"])

    def changelog_block(self, root: str = "", since: str | None = None, limit: int = 50) -> str:
        """What changed, newest first."""
        return self._rendered("changelog_block", root=root, days=self._days(since, limit))

    def statistics_block(self, root: str = "") -> str:
        """The numbers of the start page."""
        return self._rendered("numbers", root=root, numbers=self._numbers_that_matter)

    # --- parts ----------------------------------------------------------------------------------

    def _rendered(self, template: str, **values: Any) -> str:
        return self._environment.get_template(f"fc/{template}.html.jinja").render(**values)

    @cached_property
    def _groups(self) -> dict[str, Mapping[str, list[Feature]]]:
        hidden = tuple(f"{key}=" for key in self.options.private_tags)
        tags = {name: group for name, group in self.snapshot.by_tag.items() if not (hidden and name.startswith(hidden))}
        return {
            "modules": {name: self.snapshot.by_module.get(name, []) for name in self.snapshot.modules},
            "owners": self.snapshot.by_owner,
            "tags": tags,
            "entities": self.snapshot.by_entity,
            "checks": self.snapshot.by_check,
        }

    @cached_property
    def _adjacency(self) -> Adjacency:
        edges = [(self._numbers[parent], self._numbers[child]) for parent, child in self.snapshot.edges]
        return Adjacency([edge[0] for edge in edges], [edge[1] for edge in edges], len(self._names))

    @cached_property
    def _node_kinds(self) -> list[str]:
        features = self.snapshot.features
        return [
            "s" if name not in features else "p" if ("p", "personal data") in self.badges(features[name]) else ""
            for name in self._names
        ]

    def _links(self, root: str) -> _Links:
        return _Links(self._names, lambda name: f"{root}{self.snapshot.address(name)}")

    def _picture(self, key: str, root: str) -> Markup:
        near = neighbourhood(
            self._adjacency, self._numbers[key], hops=self.options.lineage_hops, most=self.options.lineage_nodes
        )
        drawn = neighbourhood_svg(near, labels=self._names, links=self._links(root), kinds=self._node_kinds)
        return Markup(drawn)

    def _module_picture(self, members: Sequence[Feature]) -> Markup | None:
        nodes = [self._numbers[one.feature] for one in members]
        inside = set(nodes)
        edges = [(node, other) for node in nodes for other in self._adjacency.down[node] if other in inside]
        drawn = module_svg(nodes, edges, labels=self._names, links=self._links("../"), kinds=self._node_kinds)
        return None if drawn is None else Markup(drawn)

    @cached_property
    def _numbers_that_matter(self) -> list[tuple[str, str, str, str]]:
        return numbers_that_matter(self.snapshot)

    def _quality(self) -> list[tuple[str, str, list[Feature], str]]:
        return shortcomings(self.snapshot)

    def _days(self, since: str | None, limit: int) -> list[tuple[str, list[Change]]]:
        """Changes by day, newest first."""
        days: dict[str, list[Change]] = {}
        for change in self.snapshot.changes[:limit]:
            day = f"{change.at:%Y-%m-%d}"
            if since is None or day >= since:
                days.setdefault(day, []).append(change)
        return list(days.items())


class _Links(Sequence[str]):
    """Addresses of nodes, made when they are asked for."""

    def __init__(self, names: Sequence[str], address: Callable[[str], str]) -> None:
        self._names = names
        self._address = address

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, place: Any) -> Any:
        return self._address(self._names[place])


def _tagged(one: Feature, name: str) -> bool:
    key, _, text = name.partition("=")
    return text in one.tags.get(key, ())


def _read_columns(one: Feature, most: int) -> list[tuple[str, list[str]]]:
    """The raw columns it is made of, by source."""
    found: dict[str, list[str]] = {}
    for column in one.raw_columns[:most]:
        source, _, name = column.partition(".")
        found.setdefault(source, []).append(name)
    return list(found.items())


def _trends(one: Feature) -> dict[str | None, tuple[list[float | None], list[float | None]]]:
    """Share of nulls and mean of each column over the runs, oldest first."""
    found: dict[str | None, tuple[list[float | None], list[float | None]]] = {}
    for profile in reversed(one.profiles):
        shares, means = found.setdefault(profile.column, ([], []))
        shares.append(profile.nulls / profile.rows if profile.rows and profile.nulls is not None else None)
        means.append(profile.mean)
    return found
