"""Pages of the catalog: complete, escaped, linked, small, and the same each time."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

pytestmark = pytest.mark.component("sphinx")
pytest.importorskip("sphinx")

from featurecat_sphinx.model import (  # noqa: E402
    Change,
    Check,
    Consumer,
    Feature,
    Module,
    Profile,
    Run,
    Similar,
    Snapshot,
    Source,
    Variant,
    Verdict,
    slug,
)
from featurecat_sphinx.options import SiteOptions  # noqa: E402
from featurecat_sphinx.pages import Composer, Page  # noqa: E402
from featurecat_sphinx.reading import read_snapshot  # noqa: E402
from tests.support.projects import Nursery  # noqa: E402
from tests.support.site_catalogs import HOSTILE_TEXTS, tiny_project  # noqa: E402

MOMENT = datetime(2026, 11, 23, 12, 40)
#: What other parts of the site write.
ELSEWHERE = ("index.html", "feed.atom", "data/", "_static/")
ATTACK = "</script><script>attack()</script>\"'><img src=x onerror=attack()>{{ 7 * 191 }}"


class Outline(HTMLParser):
    """Links, headings, elements and handlers of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.headings: list[int] = []
        self.identifiers: list[str] = []
        self.elements: set[str] = set()
        self.handlers: list[str] = []
        self.unnamed_regions = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.elements.add(tag)
        self.handlers += [name for name in given if name.startswith("on")]
        self.links += [text for name, text in attributes if name in ("href", "src") and text is not None]
        self.identifiers += [text for name, text in attributes if name == "id" and text]
        self.unnamed_regions += given.get("role") in ("region", "img") and not given.get("aria-label")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))


def feature(name: str, **changes: Any) -> Feature:
    """A feature of which little is known."""
    variant = Variant(
        "pandas", "pandas", [], "shop", name, "shop.py", 3, 5, "double", "(x: pd.Series)", f"def {name}(x):"
    )
    plain = Feature(
        feature=name, role="feature", doc="Doc.", summary="Doc.", dtype="double", observed_dtype=None, unit=None,
        entity=(), event_timestamp=None, grain=None, personal_data=False, status=None, sunset=None, replaced_by=None,
        freshness=None, tags={}, owners=(), taints=(), variants=(variant,), sections=(), checks=(), profiles=(), runs=(),
        columns=(), raw_columns=(), consumers=(), similar=(), upstream=(), downstream=(), check_state="none",
        stale=False, as_of_run=None,
    )  # fmt: skip
    return replace(plain, **changes)


def rich(name: str = "margin", **changes: Any) -> Feature:
    """A feature of which everything is known."""
    history = tuple(Verdict(status, MOMENT) for status in ("pass", "warn", "fail"))
    check = Check(
        "c1", None, "range", {"low": 0.0, "high": 1.0}, "error", "check_output", "shop.py", 3, "fail", "2 rows beyond",
        10, 2, 0.2, MOMENT, "r1", history,
    )  # fmt: skip
    profile = Profile(
        None, "numeric", 10, 1, 9, 0.0, 4.0, 2.0, 1.0, None, None, None, {"low": 0, "high": 4, "counts": [1, 5, 3]},
        [{"value": 2.0, "count": 4}], MOMENT,
    )  # fmt: skip
    earlier = replace(profile, nulls=2, mean=1.5, committed_at=MOMENT - timedelta(days=1))
    clause = {"key": "region", "operator": "not_equal", "value": "us"}
    two = feature(name).variants[0]
    known: dict[str, Any] = {
        "unit": "EUR", "entity": ("order",), "event_timestamp": "at", "personal_data": True, "status": "deprecated",
        "sunset": "2026-01-01", "replaced_by": "price", "freshness": "1d", "tags": {"team": ("sales",)},
        "owners": (("ops", "feature"),), "taints": ("pii",), "checks": (check,), "profiles": (profile, earlier),
        "variants": (two, replace(two, variant="abroad", condition=[clause], line=9, source_text="def abroad(): ...")),
        "runs": (Run("r1", "materialize", "published", "pandas", MOMENT, 1.5, 10, None),),
        "raw_columns": ("orders.amount",), "consumers": (Consumer("report", "dashboard", None),),
        "similar": (Similar("price", "name", 0.8),), "upstream": ("orders", "price"), "check_state": "failing",
        "stale": True, "as_of_run": MOMENT,
    }  # fmt: skip
    return feature(name, **(known | changes))


def snapshot_of(*features: Feature, **changes: Any) -> Snapshot:
    """A catalog of these features and one source."""
    edges = tuple(sorted((above, one.feature) for one in features for above in one.upstream))
    readers = tuple(child for parent, child in edges if parent == "orders")
    plain = Snapshot(
        project="shop",
        as_of=MOMENT,
        features={one.feature: one for one in sorted(features, key=lambda one: one.feature)},
        sources={"orders": Source("orders", "parquet", "data/orders.parquet", None, ("amount",), readers)},
        modules={"shop": Module("shop", "shop.py", "What is sold.", None)},
        edges=edges,
        changes=(Change("margin", "s2", MOMENT, "0123456789ab", "breaking", ("unit",), None),),
    )
    return replace(plain, **changes)


def pages_of(composer: Composer) -> dict[str, Page]:
    """Every page by its address."""
    pages = [composer.feature(key, "") for key in composer.snapshot.features]
    pages += [draft.make() for draft in composer.others()]
    found = {page.address: page for page in pages}
    assert len(found) == len(pages)
    return found


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Composer:
    """Pages of a real project."""
    project = tiny_project(tmp_path_factory.mktemp("pages") / "shop", nursery)
    return Composer(read_snapshot(project.store.catalog, project="shop"), SiteOptions(project="shop"))


@pytest.fixture
def shop() -> Composer:
    """Pages of a catalog made by hand."""
    options = SiteOptions(project="shop", source_url="https://code.example/{path}#L{line}-L{end_line}")
    return Composer(snapshot_of(rich(), feature("price", upstream=("orders",), downstream=("margin",))), options)


def dead_links(pages: dict[str, Page]) -> list[tuple[str, str]]:
    """Links within the site that lead to no page, or to no place on one."""
    outlines = {address: Outline(page.body) for address, page in pages.items()}
    dead = []
    for address, outline in outlines.items():
        for link in outline.links:
            path, _, place = link.partition("#")
            if re.match("[a-z]+:", path):
                continue
            target = posixpath.normpath(posixpath.join(posixpath.dirname(address), path)) if path else address
            known = target in pages or target.startswith(ELSEWHERE)
            by_script = target in ("explorer.html", "lineage.html")
            if not known or (place and not by_script and place not in outlines[target].identifiers):
                dead.append((address, link))
    return dead


def test_every_link_of_a_real_project_leads_somewhere(tiny):
    pages = pages_of(tiny)
    pages["start.html"] = Page("start.html", "", "", tiny.start())
    assert dead_links(pages) == []


def test_every_link_of_a_catalog_by_hand_leads_somewhere(shop):
    assert dead_links(pages_of(shop)) == []


def test_structure_that_readers_of_screens_need(tiny):
    for page in pages_of(tiny).values():
        outline = Outline(page.body)
        assert outline.headings.count(1) == 1, page.address
        assert outline.headings[0] == 1, page.address
        assert all(after <= before + 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))
        assert len(set(outline.identifiers)) == len(outline.identifiers), page.address
        assert not outline.unnamed_regions, page.address


def test_the_same_catalog_gives_the_same_pages(shop):
    again = Composer(shop.snapshot, shop.options)
    assert pages_of(again) == pages_of(shop)
    assert again.start() == shop.start()


def test_feature_page(shop, golden: Callable[[str, str], None]):
    golden(shop.feature("margin", "<p>What is left.</p>").body, "feature_page.html")


def test_pages_are_small(tiny):
    sizes = sorted(len(tiny.feature(key, "").body) for key in tiny.snapshot.features)
    assert sizes[len(sizes) // 2] < 8000
    assert sizes[-1] < 14_000


@pytest.mark.parametrize("text", [*HOSTILE_TEXTS, ATTACK, "x" * 100_000, "\x00\x1b"])
def test_what_attacks_stays_text(text):
    module = Module(text, text, text, text)
    variant = Variant(
        text, text, [{"key": text, "operator": text, "value": text}], text, text, text, 1, 2, text, text, text
    )
    check = Check("c", text, text, {text: text}, text, text, text, 1, text, text, 1, 1, 1.0, MOMENT, text, ())
    check = replace(check, history=(Verdict(text, MOMENT), Verdict(text, MOMENT)))
    profile = Profile(
        text, text, 2, 0, 2, None, None, None, None, None, None, None, None, [{"value": text, "count": 1}], MOMENT
    )
    hostile = rich(
        text, doc=text, summary=text, dtype=text, unit=text, entity=(text,), status=text, sunset=text,
        replaced_by=text, freshness=text, tags={text: (text,)}, owners=((text, text),), taints=(text,),
        variants=(variant,), checks=(check,), profiles=(profile,), columns=((text, text, text),),
        raw_columns=(f"{text}.{text}",), consumers=(Consumer(text, text, text),), similar=(Similar(text, text, 1.0),),
        upstream=(f"s{text}",), runs=(Run(text, text, text, text, MOMENT, 1.0, 1, text),),
    )  # fmt: skip
    name = f"s{text}"
    composer = Composer(
        snapshot_of(
            hostile,
            sources={name: Source(name, text, text, text, (text,), (text,))},
            modules={text: module},
            changes=(Change(text, text, MOMENT, text, text, (text,), text),),
            index_errors=((text, text),),
        ),
        SiteOptions(project=text, badges={f"{text}={text}": text}),
    )
    pages = pages_of(composer)
    blocks = [composer.start(), composer.card(text), composer.table([text], ("feature", "tags", "unit", "owner"))]
    blocks += [composer.lineage_block(text), composer.quality_block(), composer.owners_block()]
    blocks += [composer.changelog_block(), composer.statistics_block()]
    for body in [*(page.body for page in pages.values()), *blocks]:
        outline = Outline(body)
        assert not outline.handlers
        assert not outline.elements & {"img", "b", "iframe", "style"}
        assert "1337" not in body
        assert all(not link.startswith("javascript:") for link in outline.links)
        scripts = re.findall(r"<script[^>]*>(.*?)</script>", body, re.DOTALL)
        assert not any(scripts), scripts
    assert dead_links(pages) == []


def test_what_is_unknown_has_no_section():
    composer = Composer(snapshot_of(feature("lonely", doc=None, summary="", variants=())), SiteOptions())
    body = composer.feature("lonely", "").body
    assert re.findall('<h2 id="([a-z]+)"', body) == ["facts", "lineage"]
    assert "Nobody has documented this feature." in body
    assert "undefined" not in body.lower()


def test_badges_say_what_must_be_known(shop):
    words = [text for _, text in shop.badges(shop.snapshot.features["margin"])]
    assert words == ["personal data", "deprecated", "stale", "failing"]


def test_private_tags_are_nowhere():
    one = feature("salary", tags={"cost": ("secret-42",), "team": ("sales",)})
    composer = Composer(snapshot_of(one), SiteOptions(private_tags=("cost",)))
    pages = pages_of(composer)
    assert "tags/" + slug("team=sales") + ".html" in pages
    assert not [address for address, page in pages.items() if "secret-42" in page.body or "secret-42" in address]


def test_frequent_values_only_where_wanted():
    with_values = rich(profiles=(replace(rich().profiles[0], top=[{"value": "frequent!", "count": 4}]),))
    price = feature("price", downstream=("margin",))
    for shown in (True, False):
        composer = Composer(snapshot_of(with_values, price), SiteOptions(profile_values=shown))
        assert ("frequent!" in composer.feature("margin", "").body) is shown


def test_a_column_of_a_frame_leads_to_the_source_of_the_frame():
    frame = feature("table", role="frame", downstream=("column",))
    column = feature("column", upstream=("table",), variants=frame.variants)
    composer = Composer(snapshot_of(frame, column), SiteOptions())
    assert 'class="highlight"' in composer.feature("table", "").body
    body = composer.feature("column", "").body
    assert 'class="highlight"' not in body
    assert "A column of <a" in body


def test_long_lists_end_with_how_many_more():
    children = [feature(f"child_{number:03}", upstream=("hub",)) for number in range(50)]
    hub = feature("hub", downstream=tuple(child.feature for child in children))
    body = Composer(snapshot_of(hub, *children), SiteOptions()).feature("hub", "").body
    assert '<a href="../../lineage.html#f=hub">and 30 more</a>' in body


def test_quality_lists_end_at_200():
    many = [feature(f"feature_{number:03}") for number in range(201)]
    pages = pages_of(Composer(snapshot_of(*many), SiteOptions()))
    assert 'and 1 more: <a href="explorer.html#check=none">' in pages["quality.html"].body
    assert pages["quality.html"].body.count("feature_200.html") == 0


def test_a_matrix_of_many_modules_lists_pairs():
    modules = {f"m{number:02}": Module(f"m{number:02}", None, None, None) for number in range(42)}
    chain = []
    for number, name in enumerate(modules):
        variant = replace(feature("x").variants[0], module=name)
        above = (f"f{number - 1:02}",) if number else ()
        chain.append(feature(f"f{number:02}", variants=(variant,), upstream=above))
    page = pages_of(Composer(snapshot_of(*chain, modules=modules), SiteOptions()))["matrix.html"]
    assert '<th scope="col">Edges</th>' in page.body
    assert page.body.count("<tr>") == 42


def test_changes_can_be_limited(shop):
    assert "breaking" in shop.changelog_block(since="2026-11-23")
    assert "breaking" not in shop.changelog_block(since="2026-11-24")
    assert "breaking" not in shop.changelog_block(limit=0)
