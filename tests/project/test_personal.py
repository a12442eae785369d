"""What a run masks is what the catalog says: one definition of personal, over frames and all variants."""

from __future__ import annotations

from typing import Any

import pytest

from featurecat.errors import ModifierError
from featurecat.project.discover import find_project
from featurecat.project.index import definition_tables, read_project
from featurecat.project.personal import personal_nodes
from featurecat.project.prepare import resolve_graph

SETTINGS = """
[tool.featurecat]
modules = ["{module}"]
[tool.featurecat.sources.people]
path = "people.parquet"
key = ["person"]
pii = ["mail"]
[tool.featurecat.sources.visits]
path = "visits.parquet"
key = ["visit"]
"""
HEAD = """
import {library} as frames
from featurecat import Declassify, check_output, config, extract_columns, feature, tag
"""
JOINED = {
    "pandas": 'visits.merge(people[["person", "mail", "born"]], on="person")',
    "polars": 'visits.join(people.select("person", "mail", "born"), on="person")',
}
LOOKUP = """
@feature(entity=["visit"])
@extract_columns("mail", "born", "pages")
def seen(visits: frames.DataFrame, people: frames.DataFrame) -> frames.DataFrame:
    return {joined}

def age(born: frames.Series) -> frames.Series: return 2026 - born
def domain(mail: frames.Series) -> frames.Series: return mail
def pages_by_age(pages: frames.Series, age: frames.Series) -> frames.Series: return pages / age
@check_output(allow_nans=False)
@feature(declassify=Declassify("pii", method="hash", reason="salted", approved_by="privacy"))
def key(mail: frames.Series) -> frames.Series: return mail
@check_output(allow_nans=False)
@tag(pii="False")
def checked(domain: frames.Series) -> frames.Series: return domain
"""
PERSONAL = {"people", "seen", "mail", "domain", "checked", "checked_raw"}


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_lookup_makes_personal_only_what_reads_the_column(make_module: Any, library: str) -> None:
    module = make_module(HEAD.format(library=library) + LOOKUP.format(joined=JOINED[library]))
    (make_module.root / "pyproject.toml").write_text(SETTINGS.format(module=module.__name__), encoding="utf-8")
    project = find_project(make_module.root)
    read = read_project(project)
    tables, problems = definition_tables(read)
    assert problems == []
    assert {row["feature"] for row in tables["features"] if row["pii"]} == PERSONAL

    graph = resolve_graph(read, "default", config={}, engine=None)
    masked = personal_nodes(project, graph, read.fingerprints, definitions=read.definitions["default"])
    assert {name for name in masked if not name.endswith("_validator")} == PERSONAL
    assert any(name.startswith("checked_") and name.endswith("_validator") for name in masked)
    assert not any(name.startswith("key") for name in masked)


@pytest.mark.parametrize("region", ["us", "eu"])
def test_what_any_variant_makes_personal_is_masked_in_every_run(make_module: Any, region: str) -> None:
    text = """
@feature(pii=True)
def mail(a: frames.Series) -> frames.Series: return a
@config.when(region="us")
def key__us(mail: frames.Series) -> frames.Series: return mail
@config.when_not(region="us")
def key__elsewhere(a: frames.Series) -> frames.Series: return a
def parity(key: frames.Series) -> frames.Series: return key
"""
    module = make_module(HEAD.format(library="pandas") + text)
    (make_module.root / "pyproject.toml").write_text(
        f'[tool.featurecat]\nmodules = ["{module.__name__}"]', encoding="utf-8"
    )
    project = find_project(make_module.root)
    read = read_project(project)
    graph = resolve_graph(read, "default", config={"region": region}, engine=None)
    masked = personal_nodes(project, graph, read.fingerprints, definitions=read.definitions["default"])
    assert masked == {"mail", "key", "parity"}
    tables, _ = definition_tables(read)
    assert {row["feature"] for row in tables["features"] if row["pii"]} == masked


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ('declassify="hash"', "declassify='hash' does not say how, why and who approved it"),
        ('declassify={"pii": "hash"}', "does not say how, why and who approved it"),
        ('declassify=Declassify("pii", method="hash", reason="salted")', "of 'pii' has no approved_by"),
        ('declassify=Declassify("pii", method="hash", approved_by=" ")', "of 'pii' has no reason and no approved_by"),
        ("declassify=Declassify(3)", "of 3 has no taint and no method and no reason and no approved_by"),
        ("declassify=[]", "declassify=[] does not say"),
        (
            'pii=True, declassify=Declassify("pii", method="m", reason="r", approved_by="a")',
            "declares 'pii' and declas",
        ),
        (
            'taints=["x"], declassify=Declassify("x", method="m", reason="r", approved_by="a")',
            "declares 'x' and declas",
        ),
        ('declassify=[Declassify("x", method="m", reason="r", approved_by="a")] * 2', "declassifies 'x' twice"),
        ('pii=False, taints="pii"', "contradict each other"),
        ("taints=3", "taints=3 must be a name or a list of different names"),
    ],
)
def test_what_is_said_of_taints_is_whole(make_module: Any, arguments: str, message: str) -> None:
    with pytest.raises(ModifierError) as caught:
        make_module(HEAD.format(library="pandas") + f"@feature({arguments})\ndef x(a: float) -> float:\n    return a\n")
    assert message in str(caught.value)
    assert caught.value.problems[0].line
