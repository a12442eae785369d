"""The rules of ``lint``: each broken and each followed, on definitions read from real modules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.clock import SystemClock
from featurecat.errors import DefinitionError, RequestError
from featurecat.expectations.spec import check_id
from featurecat.project.discover import find_project
from featurecat.project.lint.definitions import LintedDefinitions
from featurecat.project.lint.registry import RULES, severities
from featurecat.project.lint.run import LintRequest, exit_code_of, findings, lint_project
from featurecat.project.settings import read_settings
from featurecat.records import GateReport, GateResult

#: In pandas and in Polars a project is the same to lint.
LIBRARIES = ("pandas", "polars")
HEAD = """
import {library} as frames
from featurecat import (
    Declassify, check_output, config, extract_columns, feature, parameterize, schema, source, subdag, tag, tag_outputs, value
)
"""
ALL_ON = "\n".join(f'{name} = "error"' for name in RULES)
TODAY = date(2026, 6, 15)
Lint = Callable[..., GateReport]


class NoonClock(SystemClock):
    """It is noon of :data:`TODAY`."""

    def now(self) -> datetime:
        return datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def lint(make_module: Any) -> Lint:
    """Lint the text of a module, or of several by graph, under some settings."""

    def run(
        source: str | dict[str, str], *selections: str, settings: str = "", library: str = "pandas", **options: Any
    ) -> GateReport:
        sources = source if isinstance(source, dict) else {"default": source}
        modules = {graph: make_module(HEAD.format(library=library) + text).__name__ for graph, text in sources.items()}
        lines = ["[tool.featurecat]", f'name = "shop"\nmodules = ["{modules.pop("default")}"]']
        lines += [f'[tool.featurecat.graphs.{graph}]\nmodules = ["{name}"]' for graph, name in modules.items()]
        lines.append(settings)
        (make_module.root / "pyproject.toml").write_text("\n".join(lines), encoding="utf-8")
        return lint_project(find_project(make_module.root), NoonClock(), LintRequest(tuple(selections), **options))

    return run


def only(*rules: str, options: str = "") -> str:
    """Settings under which these rules are errors and all others off."""
    lines = [f'{name} = "{"error" if name in rules else "off"}"' for name in RULES]
    return "\n".join(["[tool.featurecat.lint]", options, "[tool.featurecat.lint.rules]", *lines])


def told(report: GateReport) -> dict[str, str]:
    """Feature to message, of reports about one rule."""
    return {result.check.feature: result.check.message or "" for result in report.results}


# --- each rule ------------------------------------------------------------------------------------

#: Rule to functions that follow it, functions that break it, and what is said of those.
CASES: dict[str, tuple[str, str, str]] = {
    "owner": (
        """
        @feature(owner="ops")
        def by_feature(a: frames.Series) -> frames.Series: return a
        @tag(owner="ops")
        def by_tag(a: frames.Series) -> frames.Series: return a
        """,
        "def nobodys(a: frames.Series) -> frames.Series: return a",
        "nobody answers for it",
    ),
    "docstring": (
        """
        def net_amount(a: frames.Series) -> frames.Series:
            "Net amount in EUR."
            return a
        """,
        "def bare(a: frames.Series) -> frames.Series: return a",
        "it has no docstring",
    ),
    "unit": (
        """
        @feature(unit="EUR", dtype="double")
        def paid(a: frames.Series) -> frames.Series: return a
        @tag(unit="EUR")
        @feature(dtype="double")
        def tagged(a: frames.Series) -> frames.Series: return a
        """,
        """
        @feature(dtype="double")
        def unpaid(a: frames.Series) -> frames.Series: return a
        """,
        "it holds numbers without a unit",
    ),
    "naming": (
        "def net_amount_7d(a: frames.Series) -> frames.Series: return a",
        "def netAmount(a: frames.Series) -> frames.Series: return a",
        "its name is not written as snake_case",
    ),
    "pii": (
        """
        @feature(pii=True)
        def email(a: frames.Series) -> frames.Series: return a
        @feature(pii=False)
        def ip_count(a: frames.Series) -> frames.Series: return a
        @tag(pii="no")
        def phone_bills(a: frames.Series) -> frames.Series: return a
        def email_domain(email: frames.Series) -> frames.Series: return email
        def recipient(a: frames.Series) -> frames.Series: return a
        """,
        "def customer_emails(a: frames.Series) -> frames.Series: return a",
        "its name says 'email', and it is not marked as personal",
    ),
    "undeclassified": (
        """
        @feature(pii=True)
        def mail(a: frames.Series) -> frames.Series: return a
        @feature(pii=False)
        def age(a: frames.Series) -> frames.Series: return a
        @feature(pii=False, declassify=Declassify("pii", method="hash", reason="salted", approved_by="privacy"))
        def key(mail: frames.Series) -> frames.Series: return mail
        @tag(pii="no")
        def parity(key: frames.Series) -> frames.Series: return key
        def domain(mail: frames.Series) -> frames.Series: return mail
        """,
        """
        @feature(pii=True)
        def mail(a: frames.Series) -> frames.Series: return a
        @tag(pii="False")
        def domain(mail: frames.Series) -> frames.Series: return mail
        """,
        "it says pii=False, and is made of personal data: it takes mail",
    ),
    "idle-declassify": (
        """
        @feature(taints=("licence_nc", "internal"))
        def bought(a: frames.Series) -> frames.Series: return a
        @feature(declassify=Declassify("licence_nc", method="aggregate", reason="a mean", approved_by="legal"))
        def mean(bought: frames.Series) -> frames.Series: return bought
        """,
        """
        @feature(declassify=Declassify("licence_nc", method="aggregate", reason="a mean", approved_by="legal"))
        def mean(a: frames.Series) -> frames.Series: return a
        """,
        "it declassifies licence_nc, which nothing it takes bears",
    ),
    "uncleared-consumer": (
        """
        @feature(taints="internal")
        def cleared(a: frames.Series) -> frames.Series: return a
        def given(a: frames.Series) -> frames.Series: return a
        """,
        """
        def cleared(a: frames.Series) -> frames.Series: return a
        @feature(pii=True, taints="internal")
        def given(a: frames.Series) -> frames.Series: return a
        """,
        "it bears pii, and the model churn is not cleared for it",
    ),
    "unchecked": (
        """
        @check_output(allow_nans=False)
        def checked(a: frames.Series) -> frames.Series: return a
        """,
        "def trusted(a: frames.Series) -> frames.Series: return a",
        "nothing is expected of its values",
    ),
    "dtype": (
        """
        @feature(dtype="double")
        def declared(a: frames.Series) -> frames.Series: return a
        @check_output(data_type=float)
        def expected(a: frames.Series) -> frames.Series: return a
        def annotated(b: int) -> float: return 1.0
        """,
        "def open_type(a: frames.Series) -> frames.Series: return a",
        "the type of its values is declared nowhere",
    ),
    "entity": (
        """
        @feature(entity="order")
        def keyed(table: frames.DataFrame) -> frames.Series: return table["x"]
        def inherited(keyed: frames.Series) -> frames.Series: return keyed
        def scalar(keyed: frames.Series) -> float: return 1.0
        """,
        "def keyless(a: frames.Series) -> frames.Series: return a",
        "no key says whose rows it has",
    ),
    "sunset": (
        """
        @feature(sunset="2026-07-16")
        def later(a: frames.Series) -> frames.Series: return a
        """,
        """
        @feature(sunset="2026-06-14")
        def passed(a: frames.Series) -> frames.Series: return a
        """,
        "it was to be gone after 2026-06-14",
    ),
    "replaced": (
        """
        @feature(status="deprecated", replaced_by="paid")
        def unused_price(a: frames.Series) -> frames.Series: return a
        def paid(a: frames.Series) -> frames.Series: return a
        """,
        """
        @feature(status="deprecated")
        def price(a: frames.Series) -> frames.Series: return a
        def margin(price: frames.Series) -> frames.Series: return price
        """,
        "it is deprecated, and still used by margin",
    ),
    "unused": (
        """
        def first(second: frames.Series) -> frames.Series: return second
        def second(first: frames.Series) -> frames.Series: return first
        """,
        "def last(a: frames.Series) -> frames.Series: return a",
        "no feature and no consumer takes it",
    ),
    "tags": (
        """
        @tag(known="before", level="gold")
        def tagged(a: frames.Series) -> frames.Series: return a
        """,
        """
        @tag(known="beforehand")
        def mistagged(a: frames.Series) -> frames.Series: return a
        """,
        "the tag known is 'beforehand'; it lacks the tag level",
    ),
}  # fmt: skip
CONSUMERS = """
[tool.featurecat.consumers.churn]
features = "given | cleared"
cleared = ["internal"]
"""
TAGS = "[tool.featurecat.lint.tags]\nknown = ['before', 'after']\nlevel = true"


def dedented(text: str) -> str:
    return "\n".join(line.removeprefix("        ") for line in text.splitlines())


def test_every_rule_has_a_case() -> None:
    assert set(CASES) == set(RULES)


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_tells_what_breaks_it_from_what_follows_it(lint: Lint, rule: str, library: str) -> None:
    good, bad, message = CASES[rule]
    settings = only(rule).replace("[tool.featurecat.lint.rules]", f"{TAGS}\n[tool.featurecat.lint.rules]")
    settings += CONSUMERS if rule == "uncleared-consumer" else ""
    circular = rule == "unused"  # a circle is a problem of its own
    followed = lint(dedented(good), settings=settings, library=library)
    assert (told(followed), followed.exit_code) == ({}, 2 if circular else 0)

    broken = lint(dedented(bad), settings=settings, library=library)
    (result,) = broken.results
    check = result.check
    assert (check.kind, check.severity, check.status, result.outcome) == (rule, "error", "fail", "failed")
    assert (check.message, broken.exit_code) == (message, 1)
    assert check.check_id == check_id(check.feature, f"lint:{rule}", {})
    assert result.note and result.file and result.file.endswith(".py") and result.line
    assert broken.problems == () and check.variant


def test_a_declassification_is_of_every_variant(lint: Lint, library: str) -> None:
    text = """
@feature(pii=True)
def mail(a: frames.Series) -> frames.Series: return a
@config.when(region="us")
@feature(declassify=Declassify("pii", method="hash", reason="salted", approved_by="privacy"))
def key__us(mail: frames.Series) -> frames.Series: return mail
@config.when_not(region="us")
def key__elsewhere(mail: frames.Series) -> frames.Series: return mail
"""
    report = lint(text, settings=only("idle-declassify"), library=library)
    assert told(report) == {"key": "it declassifies pii and bears it all the same: not every variant says so"}


@pytest.mark.parametrize(
    ("doc", "message"),
    [
        ("Net amount.", "its docstring only repeats its name"),
        ("The net amount", "its docstring only repeats its name"),
        ("net_amount", "its docstring only repeats its name"),
        ("   ", "it has no docstring"),
        ("Net amount, less taxes.", None),
        ("Net amount.\n\n    Less taxes.", None),
    ],
)
def test_a_docstring_says_more_than_the_name(lint: Lint, doc: str, message: str | None) -> None:
    report = lint(f'def net_amount(a: float) -> float:\n    """{doc}"""\n    return a', settings=only("docstring"))
    assert told(report) == ({} if message is None else {"net_amount": message})


@pytest.mark.parametrize(
    ("decorator", "annotation", "numbers"),
    [
        ("", "frames.Series", False),
        ("", "float", True),
        ("", "int | None", True),
        ("", "bool", False),
        ("", "str", False),
        ("", "dict[str, float]", False),
        ('@feature(dtype="decimal128(10, 2)")', "frames.Series", True),
        ('@feature(dtype="uint8")', "frames.Series", True),
        ('@feature(dtype="bool")', "frames.Series", False),
        ('@feature(dtype="string")', "frames.Series", False),
        ('@feature(dtype="date32[day]")', "frames.Series", False),
        ('@feature(dtype="timestamp[us]")', "frames.Series", False),
        ("@check_output(data_type=int)", "frames.Series", True),
        ("@check_output(data_type=str)", "frames.Series", False),
        ("@check_output(range=(0, 1))", "frames.Series", True),
        ('@check_output(range=("a", "b"))', "frames.Series", False),
        ("@check_output(mean_in_range=(0, 1))", "frames.Series", True),
        ("@check_output(allow_nans=False)", "frames.Series", False),
    ],
)
def test_only_what_is_known_to_be_numbers_needs_a_unit(
    lint: Lint, decorator: str, annotation: str, numbers: bool
) -> None:
    report = lint(f"{decorator}\ndef x(a: frames.Series) -> {annotation}: return a", settings=only("unit"))
    assert list(told(report)) == (["x"] if numbers else [])


def test_columns_have_the_types_of_their_frames_schema(lint: Lint) -> None:
    text = """
@extract_columns("price", "note")
@schema.output(("price", "double"), ("note", "string"), target_="orders")
def orders(path: str) -> frames.DataFrame: return frames.DataFrame()
"""
    assert told(lint(text, settings=only("dtype"))) == {}
    assert list(told(lint(text, settings=only("unit")))) == ["price"]


@pytest.mark.parametrize(
    ("demand", "tags", "message"),
    [
        ("k = true", "", "it lacks the tag k"),
        ("k = true", "k='x'", None),
        ("k = ['a', 'b']", "k=['a', 'b']", None),
        ("k = ['a', 'b']", "k=['a', 'c', 'd']", "the tag k is 'c' and 'd'"),
        ("k = {values = ['a'], required = false}", "", None),
        ("k = {values = ['a'], required = false}", "k='b'", "the tag k is 'b'"),
        ("k = {}", "", "it lacks the tag k"),
        ("owner = ['ops']", "owner='crm'", "the tag owner is 'crm'"),
        ("status = ['active']", "status='experimental'", "the tag status is 'experimental'"),
        ("pii = true", "pii='false'", None),
    ],
)
def test_tags_that_are_asked_for(lint: Lint, demand: str, tags: str, message: str | None) -> None:
    settings = only("tags", options=f"[tool.featurecat.lint.tags]\n{demand}\n")
    decorator = f"@tag({tags})\n" if tags else ""
    report = lint(f"{decorator}def x(a: float) -> float: return a", settings=settings)
    assert told(report) == ({} if message is None else {"x": message})


def test_what_feature_says_counts_as_the_tag(lint: Lint) -> None:
    demands = "owner = ['ops']\nunit = ['EUR']\nstatus = ['active']\nentity = ['order']\npii = ['false']"
    settings = only("tags", options=f"[tool.featurecat.lint.tags]\n{demands}\n")
    text = '@feature(owner="ops", unit="EUR", status="active", entity="order", pii=False)\ndef x(a: frames.Series) -> frames.Series: return a'
    assert told(lint(text, settings=settings)) == {}
    report = lint("def x(a: frames.Series) -> frames.Series: return a", settings=settings)
    assert told(report)["x"].count("it lacks the tag") == 5


@pytest.mark.parametrize(
    ("name", "options", "message", "note"),
    [
        ("HTTPCode", "", "its name is not written as snake_case", "call it http_code"),
        ("a_1b", "", None, None),
        ("größe", "", "its name is not written as snake_case", "the whole name must match"),
        ("x" * 64, "", "its name has 64 characters, of at most 63", "shorten it"),
        ("xyz", "max_length = 2", "its name has 3 characters, of at most 2", "shorten it"),
        ("xyz", "naming = 'ft_.*'", "its name is not written as ft_.*", "the whole name must match ft_.*"),
        ("ft_xyz", "naming = 'ft_.*'", None, None),
        ("aFT", "naming = '[a-z_]+'", "its name is not written as [a-z_]+", "call it a_ft"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_how_names_are_written(lint: Lint, name: str, options: str, message: str | None, note: str | None) -> None:
    report = lint(f"def {name}(a: float) -> float: return a", settings=only("naming", options=options))
    assert told(report) == ({} if message is None else {name: message})
    assert note is None or note in (report.results[0].note or "")


@pytest.mark.parametrize(
    "name", ["ip", "clientIp", "ip_address", "date_of_birth", "e_mail", "home_addresses", "SSN", "phone1"]
)
def test_names_that_sound_personal(lint: Lint, name: str) -> None:
    found = told(lint(f"def {name}(a: float) -> float: return a", settings=only("pii")))
    assert list(found) == [name]


@pytest.mark.parametrize("name", ["trip", "shipping", "zip_ratio", "addressable", "birthrate_x", "graphone"])
def test_names_that_only_hold_such_letters(lint: Lint, name: str) -> None:
    assert told(lint(f"def {name}(a: float) -> float: return a", settings=only("pii"))) == {}


def test_further_personal_words(lint: Lint) -> None:
    text = "def tax_number(a: float) -> float: return a"
    assert told(lint(text, settings=only("pii"))) == {}
    assert list(told(lint(text, settings=only("pii", options="personal = ['tax number']")))) == ["tax_number"]


@pytest.mark.parametrize(
    ("sunset", "severity", "message"),
    [
        ("2026-06-14", "error", "it was to be gone after 2026-06-14"),
        ("2026-06-15", "warn", "it is to be gone after 2026-06-15, today"),
        ("2026-06-16", "warn", "it is to be gone after 2026-06-16, tomorrow"),
        ("2026-07-15", "warn", "it is to be gone after 2026-07-15, in 30 days"),
        ("2026-07-16", None, None),
    ],
)
def test_sunsets_by_the_clock(lint: Lint, sunset: str, severity: str | None, message: str | None) -> None:
    report = lint(
        f'@feature(sunset="{sunset}", replaced_by="y")\ndef x(a: float) -> float: return a\ndef y(a: float) -> float: return a',
        settings=only("sunset"),
    )
    assert [(one.check.severity, one.check.message) for one in report.results] == (
        [(severity, message)] if severity else []
    )
    assert all("y replaces it; " in (one.note or "") for one in report.results)
    assert report.exit_code == (1 if severity == "error" else 0)


def test_a_longer_notice_of_sunsets(lint: Lint) -> None:
    text = '@feature(sunset="2026-09-01")\ndef x(a: float) -> float: return a'
    assert list(told(lint(text, settings=only("sunset", options="sunset_days = 90")))) == ["x"]


def test_a_sunset_that_is_no_date() -> None:
    row = {
        "feature": "x",
        "name": "x",
        "graph": "default",
        "role": "feature",
        "public": True,
        "sunset": "soon",
        "replaced_by": None,
    }
    definitions = LintedDefinitions({"features": [row]}, TODAY)
    (result,) = findings(definitions, ["x"], {name: "warn" if name == "sunset" else "off" for name in RULES})
    assert (result.check.message, result.check.severity) == ("its sunset 'soon' is no date", "warn")


# --- replaced features ----------------------------------------------------------------------------

OLD = '@feature(replaced_by="new")\ndef old(a: frames.Series) -> frames.Series: return a\ndef new(a: frames.Series) -> frames.Series: return a\n'


@pytest.mark.parametrize(
    ("users", "named"),
    [
        ("def u(old: frames.Series) -> frames.Series: return old", "u"),
        ("@check_output(allow_nans=False)\ndef u(old: frames.Series) -> frames.Series: return old", "u"),
        (
            "@config.when(k=1)\ndef u__one(old: frames.Series) -> frames.Series: return old\n"
            "@config.when_not(k=1)\ndef u__other(new: frames.Series) -> frames.Series: return new",
            "u",
        ),
        (
            "def inner(old: frames.Series) -> frames.Series: return old\n@subdag(inner)\ndef u(inner: frames.Series) -> frames.Series: return inner",
            "inner and u",
        ),
        (
            "\n".join(f"def u{number}(old: frames.Series) -> frames.Series: return old" for number in range(5)),
            "u0, u1, u2 and 2 more",
        ),
        ("@feature(status='deprecated')\ndef u(old: frames.Series) -> frames.Series: return old", None),
        ("def u(new: frames.Series) -> frames.Series: return new", None),
    ],
    ids=["plain", "validated", "variant", "subdag", "many", "also deprecated", "none"],
)
def test_who_still_uses_a_replaced_feature(lint: Lint, users: str, named: str | None, library: str) -> None:
    report = lint(OLD + users, settings=only("replaced"), library=library)
    found = {feature: message for feature, message in told(report).items() if feature == "old"}
    assert found == ({} if named is None else {"old": f"it is replaced by new, and still used by {named}"})
    if named == "u0, u1, u2 and 2 more":
        assert report.results[0].check.observed["users"] == ["u0", "u1", "u2", "u3", "u4"]


def test_one_of_several_nodes_of_a_function_uses_another(lint: Lint) -> None:
    text = """
@tag_outputs(first={"status": "deprecated"})
@parameterize(first={"x": source("a")}, second={"x": source("first")})
def step(x: frames.Series) -> frames.Series: return x
"""
    assert told(lint(text, settings=only("replaced"))) == {"first": "it is deprecated, and still used by second"}


def test_columns_of_a_deprecated_frame_do_not_use_it(lint: Lint) -> None:
    text = """
@feature(status="deprecated", target_="orders")
@extract_columns("price")
def orders(path: str) -> frames.DataFrame: return frames.DataFrame()
"""
    assert told(lint(text, settings=only("replaced"))) == {}
    report = lint(text + "def u(orders: frames.DataFrame) -> float: return 1.0", settings=only("replaced"))
    assert told(report) == {"orders": "it is deprecated, and still used by u"}


def test_until_its_sunset_the_use_of_a_replaced_feature_is_a_warning(lint: Lint) -> None:
    text = OLD + "def u(old: frames.Series) -> frames.Series: return old"
    for sunset, severity in (("2026-06-14", "error"), ("2026-06-15", "warn"), ("2027-01-01", "warn")):
        report = lint(
            text.replace('replaced_by="new"', f'replaced_by="new", sunset="{sunset}"'), settings=only("replaced")
        )
        assert [one.check.severity for one in report.results] == [severity]


@pytest.mark.parametrize(
    ("replacement", "severity", "message", "note"),
    [
        ("nwe", "error", "it is replaced by 'nwe', which does not exist", "did you mean 'new'?"),
        ("old", "error", "it is replaced by itself", "name another feature"),
        ("older", "warn", "it is replaced by older, which is on its way out too", "name new, which replaces that"),
    ],
)
def test_replacements_that_are_none(lint: Lint, replacement: str, severity: str, message: str, note: str) -> None:
    text = (
        OLD.replace('"new"', f'"{replacement}"')
        + '@feature(replaced_by="new")\ndef older(a: frames.Series) -> frames.Series: return a'
    )
    (result,) = lint(text, settings=only("replaced")).results
    assert (result.check.feature, result.check.severity, result.check.message, result.note) == (
        "old",
        severity,
        message,
        note,
    )


def test_a_replacement_in_another_graph(lint: Lint) -> None:
    lab = '@feature(replaced_by="{}")\ndef old(a: float) -> float: return a\ndef mine(a: float) -> float: return a'
    default = "def new(a: float) -> float: return a"
    for name in ("new", "mine"):
        assert told(lint({"default": default, "lab": lab.format(name)}, settings=only("replaced"))) == {}
    assert list(told(lint({"default": default, "lab": lab.format("other")}, settings=only("replaced")))) == ["lab/old"]

    old = '@feature(replaced_by="mine")\ndef old(a: float) -> float: return a\n'
    sources = {"default": old, "lab": "def mine(a: float) -> float: return a"}
    assert told(lint(sources, settings=only("replaced"))) == {}
    sources["play"] = sources["lab"]
    (result,) = lint(sources, settings=only("replaced")).results
    assert result.check.message == "it is replaced by 'mine', which several graphs have"
    assert result.note == "write the graph before it, such as lab/mine"


def test_consumers_use_features_too() -> None:
    bare = {"doc": None, "sunset": None, "replaced_by": None, "graph": "default", "role": "feature", "public": True}
    rows = [
        {"feature": name, "name": name, "status": status, **bare} for name, status in (("x", "deprecated"), ("y", None))
    ]
    consumers = [{"consumer": "churn", "kind": "model", "feature": "x", "owner": None}]
    definitions = LintedDefinitions({"features": rows, "consumers": consumers}, TODAY)
    levels = {name: "error" if name in ("replaced", "unused") else "off" for name in RULES}
    found = [
        (one.check.feature, one.check.kind, one.check.message) for one in findings(definitions, ["x", "y"], levels)
    ]
    assert found == [
        ("x", "replaced", "it is deprecated, and still used by the model churn"),
        ("y", "unused", "no feature and no consumer takes it"),
    ]


# --- which features -------------------------------------------------------------------------------


def test_generated_and_given_nodes_are_left_alone(lint: Lint) -> None:
    text = """
@check_output(range=(0, 1))
def checked(a: frames.Series) -> frames.Series: return a
def inner(a: frames.Series) -> frames.Series: return a
@subdag(inner)
def nested(inner: frames.Series) -> frames.Series: return inner
"""
    report = lint(text, settings=only("owner"))
    assert report.selected == ("checked", "inner", "nested") and set(told(report)) == set(report.selected)


def test_the_columns_speak_for_a_frame_they_are_extracted_from(lint: Lint, library: str) -> None:
    text = """
@tag(owner="ops", known="before", level="gold")
@extract_columns("price", "pieces")
def orders(path: str) -> frames.DataFrame:
    "Orders as they came in."
    return frames.DataFrame()
def bare_table(path: str) -> frames.DataFrame: return frames.DataFrame()
"""
    rules = only("owner", "docstring", "tags", "entity", "unchecked", "dtype", "unit", options=f"{TAGS}\n")
    found = {(one.check.feature, one.check.kind) for one in lint(text, settings=rules, library=library).results}
    assert {rule for feature, rule in found if feature == "orders"} == set()
    assert {rule for feature, rule in found if feature == "bare_table"} == {"owner", "docstring", "tags", "entity"}
    assert {rule for feature, rule in found if feature == "price"} == {"entity", "unchecked", "dtype"}


def test_the_variant_at_fault_is_named(lint: Lint) -> None:
    text = """
@config.when(region="us")
@check_output(allow_nans=False)
def shipping__us(a: frames.Series) -> frames.Series: return a

@config.when_not(region="us")
def shipping__other(a: frames.Series) -> frames.Series: return a
"""
    (result,) = lint(text, settings=only("unchecked")).results
    lines = (HEAD.format(library="pandas") + text).splitlines()
    assert result.check.variant == "pandas[region!='us']"
    assert result.check.message == "nothing is expected of its values as pandas[region!='us']"
    assert result.line is not None and "when_not" in lines[result.line - 1]
    (result,) = lint(text, settings=only("owner")).results  # of the feature as a whole, told once
    assert result.check.variant == "pandas[region!='us']"


def test_graphs_and_selections(lint: Lint) -> None:
    sources = {
        "default": "def x(a: float) -> float: return a\ndef y(x: float) -> float: return x",
        "lab": "def x(a: float) -> float: return a",
    }
    settings = only("owner")
    assert list(told(lint(sources, settings=settings))) == ["lab/x", "x", "y"]
    assert list(told(lint(sources, "x+", settings=settings))) == ["x", "y"]
    assert list(told(lint(sources, "lab/*", "y", settings=settings))) == ["lab/x", "y"]
    report = lint(sources, "tag:none", settings=settings, allow_empty=True)
    assert (report.results, report.selected, report.exit_code) == ((), (), 0)
    for selection in ("tag:none", "a"):
        with pytest.raises(RequestError) as caught:
            lint(sources, selection, settings=settings)
        assert caught.value.code == "empty-selection"
    with pytest.raises(RequestError) as caught:
        lint(sources, "z", settings=settings)
    assert caught.value.code == "unknown-feature"


def test_nothing_to_look_at(lint: Lint) -> None:
    with pytest.raises(RequestError) as caught:
        lint("nothing = 1")
    assert caught.value.code == "empty-selection"
    assert lint("nothing = 1", allow_empty=True).exit_code == 0


# --- the report -----------------------------------------------------------------------------------


def test_severities_and_exit_codes(lint: Lint) -> None:
    text = "def x(a: float) -> float: return a"
    outcomes = {"error": ("fail", "failed", 1, 1), "warn": ("warn", "warned", 0, 1), "info": ("warn", "noted", 0, 0)}
    for severity, (status, outcome, code, strict) in outcomes.items():
        settings = only("owner").replace('owner = "error"', f'owner = "{severity}"')
        report = lint(text, settings=settings)
        (result,) = report.results
        assert (result.check.severity, result.check.status, result.outcome, report.exit_code) == (
            severity,
            status,
            outcome,
            code,
        )
        assert lint(text, settings=settings, warn_as_error=True).exit_code == strict
    assert lint(text, settings=only()).results == ()


def test_what_stays_after_waivers_decides(lint: Lint) -> None:
    report = lint("def x(a: float) -> float: return a", settings=only("owner"))
    waived = [GateResult(one.check, "waived") for one in report.results]
    assert (exit_code_of(report.results), exit_code_of(waived)) == (1, 0)


def test_the_report_as_a_whole(lint: Lint, make_module: Any) -> None:
    text = '@feature(owner=["ops", "crm"])\ndef x(a: float) -> float: return a'
    report = lint(text, settings=only("docstring"))
    assert (report.tool, report.project, report.run_id) == ("lint", "shop", None)
    assert (report.started_at, report.git_commit) == ("2026-06-15T12:00:00.000000Z", None)
    assert report.notes == ("looked at 1 rule; off: " + ", ".join(name for name in RULES if name != "docstring"),)
    assert report.results[0].owner == "ops, crm"
    assert not (make_module.root / ".featurecat").exists()  # neither store nor catalog is touched


def test_modules_that_cannot_be_read(lint: Lint, make_module: Any) -> None:
    make_module.write("def broken(:", "broken_module")
    text = '@feature(replaced_by="broken")\ndef x(a: float) -> float: return a'
    settings = only("owner", "replaced") + '\n[tool.featurecat.graphs.lab]\nmodules = ["broken_module"]'
    report = lint(text, settings=settings)
    assert (report.exit_code, [problem.code for problem in report.problems]) == (2, ["syntax-error"])
    assert {one.check.kind for one in report.results} == {"owner"}  # what replaces it may be in there
    with pytest.raises(RequestError) as caught:
        lint(text, "broken", settings=settings)
    assert [problem.code for problem in caught.value.problems] == ["syntax-error", "unknown-feature"]
    with pytest.raises(DefinitionError) as caught:
        lint("nothing = 1", settings=settings)
    assert caught.value.code == "syntax-error"


def test_definitions_that_do_not_fit_together_are_problems_too(lint: Lint) -> None:
    report = lint("def x(a: float) -> str: return ''\ndef y(x: float) -> float: return x", settings=only("owner"))
    assert (report.exit_code, [problem.code for problem in report.problems]) == (2, ["type-mismatch"])
    assert list(told(report)) == ["x", "y"]


# --- laws -----------------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "netAmount", "email", "old", "new", "lab/x", "trip"])
TEXTS = st.sampled_from([None, "x", "2026-01-01", "old", "new", "deprecated"])


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Tables of a handful of features with edges, owners and expectations in any combination."""
    names = draw(st.lists(NAMES, unique=True, min_size=1))
    features = [
        {
            "graph": "lab" if "/" in name else "default", "feature": name, "name": name.rpartition("/")[2],
            "role": draw(st.sampled_from(["feature", "frame", "raw", "input"])), "public": draw(st.booleans()),
            "doc": draw(TEXTS), "dtype": draw(st.sampled_from([None, "double", "bool"])), "unit": draw(TEXTS),
            "entity": (), "grain": draw(TEXTS), "pii": draw(st.booleans()), "status": draw(TEXTS),
            "sunset": draw(TEXTS), "replaced_by": draw(TEXTS), "tags": {}, "meta": {"type": "pandas.Series"},
        }
        for name in names
    ]  # fmt: skip
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=8))
    labels = [
        (name, label) for name in names for label in draw(st.lists(st.sampled_from("pq"), unique=True, min_size=1))
    ]
    return {
        "features": features,
        "variants": [{"feature": name, "variant": label, "file": "m.py", "line": 1} for name, label in labels],
        "edges": [{"parent": parent, "child": child} for parent, child in pairs],
        "owners": [{"feature": name, "owner": "ops"} for name in draw(st.sets(st.sampled_from(names)))],
        "expectations": [
            {"feature": name, "variant": label, "kind": "range", "params": {}}
            for name, label in draw(st.sets(st.sampled_from(labels)))
        ],
    }


@given(tables=tables(), order=st.randoms(use_true_random=False))
def test_each_feature_and_rule_once_whatever_the_order_of_rows(
    tables: dict[str, list[dict[str, Any]]], order: Any
) -> None:
    levels = severities(dict.fromkeys(RULES, "warn"))

    def found(given: dict[str, list[dict[str, Any]]]) -> list[tuple[str, str, str | None]]:
        definitions = LintedDefinitions(given, TODAY)
        results = findings(definitions, definitions.subjects(), levels)
        assert {one.check.feature for one in results} <= {
            row["feature"] for row in given["features"] if row["public"] and row["role"] in ("feature", "frame")
        }
        assert all(one.outcome == "warned" and one.check.severity == "warn" for one in results)
        return [(one.check.feature, one.check.kind, one.check.message) for one in results]

    before = found(tables)
    assert len({(feature, kind) for feature, kind, _ in before}) == len(before)
    shuffled = {name: order.sample(rows, len(rows)) if name != "variants" else rows for name, rows in tables.items()}
    assert found(shuffled) == before


@given(tables=tables(), chosen=st.sets(st.sampled_from(sorted(RULES))))
def test_a_rule_says_the_same_whichever_others_are_on(
    tables: dict[str, list[dict[str, Any]]], chosen: set[str]
) -> None:
    definitions = LintedDefinitions(tables, TODAY)
    everything = findings(definitions, definitions.subjects(), dict.fromkeys(RULES, "info"))
    some = {name: "info" if name in chosen else "off" for name in RULES}
    assert findings(definitions, definitions.subjects(), some) == [
        one for one in everything if one.check.kind in chosen
    ]


# --- settings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (
            "[tool.featurecat.lint.rules]\nunit = 'warn'\nownr = 'warn'\n",
            3,
            "lint.rules.ownr: there is no rule 'ownr'; did you mean 'owner'?",
        ),
        ("[tool.featurecat.lint.rules]\nzzz = 'warn'\n", 2, "there is no rule 'zzz'; rules are owner, docstring,"),
        ("[tool.featurecat.lint]\nrules = {owner = 'fatal'}\n", 2, "'fatal' is not one of error, warn, info, off"),
        ("[tool.featurecat.lint.rules]\nowner = true\n", 2, "lint.rules.owner: Input should be a valid string"),
        ("[tool.featurecat.lint]\nnamng = 'x'\n", 2, "unknown key lint.namng"),
        ("[tool.featurecat.lint]\nnaming = '('\n", 2, "'(' is no regular expression"),
        ("[tool.featurecat.lint]\nmax_length = 0\n", 2, "lint.max_length"),
        ("[tool.featurecat.lint]\nsunset_days = -1\n", 2, "lint.sunset_days"),
        ("[tool.featurecat.lint.tags]\nlevel = true\nknown = false\n", 3, "lint.tags.known: write true, or the list"),
        ("[tool.featurecat.lint.tags]\nknown = []\n", 2, "write true, or the list"),
        ("[tool.featurecat.lint.tags]\nknown = ['a', 'a']\n", 2, "write true, or the list"),
        ("[tool.featurecat.lint.tags]\nknown = {value = ['a']}\n", 2, "it has no key 'value'; did you mean 'values'?"),
        ("[tool.featurecat.lint.tags]\nknown = {values = 'a'}\n", 2, "its values are a list of different texts"),
        ("[tool.featurecat.lint.tags]\nknown = {required = 1}\n", 2, "required is true or false"),
    ],
)
def test_what_is_wrong_with_settings(tmp_path: Any, text: str, line: int, message: str) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        read_settings(path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.line) == ("invalid-settings", line) and message in problem.message


def test_several_faults_of_settings_at_once(tmp_path: Any) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(
        "[tool.featurecat.lint.rules]\nownr = 'warn'\nunit = 'loud'\n[tool.featurecat.lint.tags]\nk = 3\n",
        encoding="utf-8",
    )
    with pytest.raises(DefinitionError) as caught:
        read_settings(path)
    assert [problem.line for problem in caught.value.problems] == [2, 3, 5]


def test_a_misspelt_option_gets_a_hint(tmp_path: Any) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("[tool.featurecat.lint]\nnamng = 'x'\n", encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        read_settings(path)
    assert caught.value.problems[0].hint == "did you mean 'naming'?"


# --- the page -------------------------------------------------------------------------------------


def test_the_page_lists_every_rule_with_its_severity(repository: Any) -> None:
    text = (repository / "docs" / "lint.md").read_text(encoding="utf-8")
    listed = [
        tuple(cell.strip().strip("`") for cell in line.split("|")[1:3])
        for line in text.splitlines()
        if line.startswith("| `")
    ]
    assert listed[: len(RULES)] == [(rule.name, rule.severity) for rule in RULES.values()]
