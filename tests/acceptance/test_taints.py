"""Personal data and other taints: declared, carried along exact columns, stopped only where somebody answers for it."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.support.projects import REPOSITORY, Nursery, ShopProject

SETTINGS = """
[project]
name = "club"
version = "1.0"

[tool.featurecat]
modules = ["members"]

[tool.featurecat.sources.people]
path = "data/people.csv"
key = ["person"]
pii = ["mail"]
taints = {{ consent = ["mail", "phone"] }}

[tool.featurecat.sources.scores]
path = "data/scores.csv"
key = ["person"]
taints = {{ licence_nc = ["*"] }}

[tool.featurecat.consumers.churn]
kind = "model"
features = "mail_domain"
owner = "ds"
cleared = [{cleared}]
"""
MEMBERS = {
    "pandas": '''
import pandas as pd

from featurecat import Declassify, check_output, extract_columns, feature, tag


@extract_columns("mail", "born")
def table(people: pd.DataFrame) -> pd.DataFrame:
    """People, as they come."""
    return people


def age(people: pd.DataFrame) -> pd.Series:
    """Years since birth."""
    return 2026 - people["born"]


@tag(pii="False")
def birth_decade(born: pd.Series) -> pd.Series:
    """Decade of birth."""
    return born // 10


@feature(owner="crm")
@check_output(allow_nans=False)
def mail_domain(mail: pd.Series) -> pd.Series:
    """Where the member has mail."""
    return mail.str.partition("@")[2]


@feature(declassify=Declassify("pii", method="hash", reason="salted, 128 bits", approved_by="privacy"))
@check_output(allow_nans=False)
def mail_key(mail: pd.Series) -> pd.Series:
    """A key made of the mail."""
    return mail.str.len() * 7


def key_parity(mail_key: pd.Series) -> pd.Series:
    """Whether the key is odd."""
    return mail_key % 2


@feature(taints="internal")
def rank(scores: pd.DataFrame) -> pd.Series:
    """Rank of the score."""
    return scores["score"].rank()


def rank_and_parity(rank: pd.Series, key_parity: pd.Series) -> pd.Series:
    """Both."""
    return rank + key_parity
''',
}
MEMBERS["polars"] = (
    MEMBERS["pandas"]
    .replace("import pandas as pd", "import polars as pl")
    .replace("pd.", "pl.")
    .replace('mail.str.partition("@")[2]', 'mail.str.split("@").list.get(1)')
    .replace("mail.str.len()", "mail.str.len_chars()")
)
BORNE = {
    "people": {"pii", "consent"},
    "table": {"pii", "consent"},
    "mail": {"pii", "consent"},
    "mail_domain": {"pii", "consent"},
    "mail_key": {"consent"},
    "key_parity": {"consent"},
    "scores": {"licence_nc"},
    "rank": {"licence_nc", "internal"},
    "rank_and_parity": {"licence_nc", "internal", "consent"},
}


@pytest.fixture(params=["pandas", "polars"])
def club(request: pytest.FixtureRequest, tmp_path: Path, nursery: Nursery) -> ShopProject:
    """Members of a club, in either library."""
    project = ShopProject(tmp_path / "club", nursery)
    project.write("pyproject.toml", SETTINGS.format(cleared=""))
    project.write("members.py", MEMBERS[request.param])
    project.write(
        "data/people.csv", "person,born,mail,phone\n1,1980,ann@mail1.example,11\n2,1991,bob@mail2.example,22\n"
    )
    project.write("data/scores.csv", "person,score\n1,0.5\n2,0.25\n")
    return project


def borne(project: ShopProject) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in project.ok("pii", "--json").rows:
        found.setdefault(row["feature"], set()).add(row["taint"])
    return found


def found_by_lint(project: ShopProject, rule: str) -> dict[str, str]:
    checks = [result["check"] for result in project.run("lint", "--json").rows["results"]]
    return {check["feature"]: check["message"] for check in checks if check["kind"] == rule}


def test_taints_follow_exactly_the_columns_they_are_declared_on(club: ShopProject) -> None:
    club.ok("index")
    assert borne(club) == BORNE
    personal = {feature for feature, taints in BORNE.items() if "pii" in taints} - {"people"}
    assert {row["feature"] for row in club.ok("list", "pii:true", "--json").rows} == personal
    assert {row["feature"] for row in club.ok("pii", "--taint", "licence_nc", "--json").rows} == {
        feature for feature, taints in BORNE.items() if "licence_nc" in taints
    }


def test_the_proof_leads_from_the_column_to_the_feature(club: ShopProject) -> None:
    club.ok("index")
    (proof,) = club.ok("pii", "--explain", "mail_domain", "--taint", "pii", "--json").rows
    assert [(step["feature"], step["column"]) for step in proof["path"]] == [
        ("people", "mail"), ("table", "mail"), ("mail", None), ("mail_domain", None),
    ]  # fmt: skip
    lines = {name: (club.root / name).read_text().splitlines() for name in ("pyproject.toml", "members.py")}
    declared, *steps = [lines[step["file"]][step["line"] - 1] for step in proof["path"]]
    assert declared == 'pii = ["mail"]'
    assert steps[2] in ('@feature(owner="crm")', '    return mail.str.partition("@")[2]')
    told = club.ok("pii", "--explain", "mail_domain", "--taint", "pii").out
    assert "people.mail" in told and "pyproject.toml:" in told and "members.py:" in told
    assert max(map(len, told.splitlines())) <= 80

    (stopped,) = club.ok("pii", "--explain", "key_parity", "--taint", "pii", "--json").rows
    assert stopped["origin"] is None and stopped["path"] == []
    (stop,) = stopped["stops"]
    assert (stop["feature"], stop["taken"], stop["method"], stop["approved_by"]) == (
        "mail_key",
        "mail",
        "hash",
        "privacy",
    )
    assert "does not bear pii" in club.ok("pii", "--explain", "age", "--taint", "pii").out


def test_any_client_gets_the_same_way(club: ShopProject) -> None:
    club.ok("index")
    statement = "SELECT array_to_string(route, ' > ') AS way, hops FROM taint_path('mail_domain', 'pii')"
    expected = ("people.mail > table.mail > mail > mail_domain_raw > mail_domain", 4)
    with duckdb.connect(club.store.catalog, read_only=True) as client:
        assert client.execute(statement).fetchall() == [expected]
        assert client.execute("FROM taint_path('age', 'pii')").fetchall() == []
    (row,) = club.ok("sql", "--json", statement).rows
    assert tuple(row.values()) == expected


def test_saying_that_it_is_not_personal_stops_nothing(club: ShopProject) -> None:
    """The talk's own pii='False' gets no badge where nothing flows in, and is an error where something does."""
    assert not found_by_lint(club, "undeclassified")
    club.replace("members.py", '@feature(owner="crm")', '@feature(owner="crm", pii=False)')
    club.ok("index")
    assert borne(club) == BORNE
    assert found_by_lint(club, "undeclassified") == {
        "mail_domain": "it says pii=False, and is made of personal data: it takes mail"
    }
    assert club.run("lint", "mail_domain").code == 1
    assert "***" in club.ok("preview", "mail_domain").out


def test_only_a_whole_declassification_is_one(club: ShopProject) -> None:
    club.replace("members.py", ', reason="salted, 128 bits", approved_by="privacy")', ")")
    told = club.run("index")
    assert told.code == 2
    assert "its declassification of 'pii' has no reason and no approved_by" in " ".join(told.err.split())
    assert "approved_by=" in told.err


def test_a_declassification_of_nothing_is_told(club: ShopProject) -> None:
    club.replace("members.py", 'Declassify("pii", method="hash"', 'Declassify("pi", method="hash"')
    club.ok("index")
    assert "pii" in borne(club)["key_parity"]
    assert found_by_lint(club, "idle-declassify") == {"mail_key": "it declassifies pi, which nothing it takes bears"}


def test_a_consumer_is_given_only_what_it_is_cleared_for(club: ShopProject) -> None:
    club.ok("index")
    told = club.run("pii", "--check")
    assert told.code == 1
    assert "not cleared: the model churn is given mail_domain (pii)" in told.err
    assert club.run("lint", "mail_domain").code == 1
    club.ok("materialize", "mail_domain")
    gate = club.run("check", "mail_domain", "--json")
    assert gate.code == 1
    assert "uncleared-consumer" in gate.out
    assert {(row["consumer"], row["owner"], row["taint"]) for row in club.ok("sql", "--json", "FROM tainted_consumers").rows} == {
        ("churn", "ds", "pii"), ("churn", "ds", "consent"),
    }  # fmt: skip

    club.write("pyproject.toml", SETTINGS.format(cleared='"pii", "consent"'))
    club.ok("index")
    assert club.ok("pii", "--check").err.endswith("sources included\n")
    assert "uncleared" not in club.run("lint", "mail_domain").out
    assert "uncleared" not in club.run("check", "mail_domain", "--json").out


def test_values_are_masked_exactly_where_they_are_personal(club: ShopProject) -> None:
    assert "***" in club.ok("preview", "mail_domain").out
    assert "***" in club.ok("preview", "mail").out
    for feature in ("born", "age", "mail_key", "key_parity", "rank_and_parity"):
        assert "***" not in club.ok("preview", feature).out, feature


def test_of_people_nothing_is_tainted_but_what_is_made_of_the_column(tmp_path: Path, nursery: Nursery) -> None:
    root = tmp_path / "people"
    shutil.copytree(REPOSITORY / "examples/people", root, ignore=shutil.ignore_patterns(".featurecat", "__pycache__"))
    people = ShopProject(root, nursery)
    people.replace("pyproject.toml", 'key = ["seqn"]', 'key = ["seqn"]\npii = ["sex"]')
    people.ok("index")
    tainted = set(borne(people))
    assert {"people", "person_table", "sex"} <= tainted
    # nothing of these looks at anybody's sex
    assert tainted.isdisjoint({"age", "height_cm", "bmi", "pack_years", "weight_change_kg"})
    (proof,) = people.ok("pii", "--explain", "sex", "--json").rows
    assert [(step["feature"], step["column"]) for step in proof["path"]] == [
        ("people", "sex"), ("person_table", "sex"), ("sex", None),
    ]  # fmt: skip
