"""Expectations of plugins: announced by metadata or named by settings, imported on use, refused with their owner."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from featurecat.driver.builder import Builder
from featurecat.errors import ExpectationError, ModifierError
from featurecat.expectations import plugins
from featurecat.expectations.evaluate import evaluate
from featurecat.expectations.plugins import find_plugin, plugin_keywords, use_plugins
from featurecat.expectations.registry import JUDGED_KINDS, KINDS, find_kind, make_spec
from featurecat.project import doctor
from tests.docs.running import Desk
from tests.docs.written import blocks_of, with_texts
from tests.support.modules import ModuleMaker
from tests.support.projects import Nursery, ShopProject

RESERVED = (*KINDS, *JUDGED_KINDS)
SOURCE = '''
"""What a plugin may bring."""

from featurecat.errors import EvaluationError, ModifierError
from featurecat.expectations.custom import KeywordValidator, ValidationResult
from featurecat.expectations.kind import Outcome, is_column_or_scalar
from featurecat.frames.measures import GREATEST, LEAST


class Span:
    """Expects the distance of least and greatest value to be at most so much."""

    kind = "span"
    example = "span=10.0"
    supported_types = "columns and numbers"

    def normalise(self, argument):
        if not isinstance(argument, int | float) or argument < 0:
            raise ModifierError(f"span takes a number that is not below 0, not {argument!r}", hint=self.example)
        return {"most": float(argument)}

    def applies_to(self, annotation):
        return is_column_or_scalar(annotation)

    def measures(self, params):
        return [LEAST, GREATEST]

    def evaluate(self, params, facts):
        low, high = facts.extremes()
        if low is None:
            return Outcome(None, {}, dict(params), 0, "no values to judge")
        if isinstance(low, str):
            raise EvaluationError("texts have no distance")
        found = float(high - low)
        return Outcome(found <= params["most"], {"span": found}, dict(params), None, f"span {found:g}")


class Sorted:
    """A judge."""

    name = "ordered_validator"
    asynchronous = False
    supported_types = "lists"

    def applies_to(self, annotation):
        return annotation is list

    def __call__(self, value):
        return Outcome(value == sorted(value), {}, {}, None, "in order")


class Ordered:
    kind = "ordered"
    example = "ordered=True"

    def normalise(self, argument):
        return {"ordered": argument}

    def judge(self, argument):
        return Sorted()


class Even(KeywordValidator):
    """Expects an even number."""

    def __init__(self, even, importance="warn"):
        super().__init__(importance)
        self.even = even

    @classmethod
    def arg(cls):
        return "even"

    def applies_to(self, datatype):
        return datatype is int

    def description(self):
        return "The number is even."

    def validate(self, dataset):
        return ValidationResult((dataset % 2 == 0) is self.even, f"{dataset} mod 2 is {dataset % 2}")


class Shape:
    """An object of a library that no adapter of featurecat's knows."""

    def __init__(self, columns):
        self.columns = columns


class ShapeJudge:
    name = "shape_validator"
    asynchronous = False
    supported_types = "frames"

    def __init__(self, shape):
        self.shape = shape

    def applies_to(self, annotation):
        return True

    def __call__(self, value):
        return Outcome(list(value.columns) == self.shape.columns, {}, {}, None, "other columns", len(value))


class Shapes:
    name = "shapes"
    example = "schema=Shape(['a'])"
    installation = "pip install shapes"

    def recognises(self, argument):
        return type(argument).__qualname__ == "Shape"

    def normalise(self, argument):
        return {"library": "shapes", "schema": "Shape", "columns": argument.columns}

    def judge(self, argument):
        return ShapeJudge(argument)


class Failing(Span):
    kind = "failing"

    def normalise(self, argument):
        if argument == "raise":
            raise ZeroDivisionError("in normalise")
        return {"of": argument} if argument != "unready" else {"of": object()}

    def applies_to(self, annotation):
        if annotation is bool:
            raise ZeroDivisionError("in applies_to")
        return True

    def measures(self, params):
        raise ZeroDivisionError("in measures")

    def evaluate(self, params, facts):
        if params["of"] == "nonsense":
            return 7
        raise ZeroDivisionError("in evaluate")


class Needy(Span):
    def __init__(self, name):
        self.name = name


class Range(Span):
    kind = "range"


nothing = None
half = type("Half", (), {"kind": "half", "normalise": lambda self, argument: {}, "evaluate": len})()
'''


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder with the plugin's module, on the path; nothing of it is loaded yet."""
    folder = tmp_path / "installed"
    folder.mkdir()
    (folder / "shop_expectations.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    plugins.forget_plugins()
    yield folder
    plugins.forget_plugins()
    sys.modules.pop("shop_expectations", None)


@pytest.fixture
def announce(code: Path) -> Callable[..., None]:
    """Install a distribution that is only metadata, beside the module its entry points lead to."""

    def made(distribution: str, **points: str) -> None:
        folder = code / f"{distribution.replace('-', '_')}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        entries = "".join(f"{name} = {target}\n" for name, target in points.items())
        (folder / "entry_points.txt").write_text(f"[{plugins.PLUGIN_GROUP}]\n{entries}")
        plugins.forget_plugins()

    return made


def refused(do: Callable[[], Any]) -> str:
    with pytest.raises(ModifierError) as refusal:
        do()
    return str(refusal.value)


# --- what a plugin may be -------------------------------------------------------------------------


def test_names_are_known_before_any_code_is_imported(announce: Callable[..., None]) -> None:
    announce("acme", span="shop_expectations:Span", even="shop_expectations:Even")
    assert plugin_keywords() == ["even", "span"]
    assert "shop_expectations" not in sys.modules
    assert make_spec("range", (0, 1)).kind == "range"
    assert "shop_expectations" not in sys.modules
    assert find_kind("span").example == "span=10.0"
    assert "shop_expectations" in sys.modules


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (pd.Series([1.0, 5.0]), "pass"),
        (pl.Series([1.0, 50.0]), "warn"),
        (pd.Series(["a"]), "error"),
        (pd.Series([], dtype=float), "no_data"),
        (3.0, "pass"),
    ],
    ids=["pandas", "Polars", "texts", "empty", "scalar"],
)
def test_a_kind_of_a_plugin_judges(announce: Callable[..., None], value: Any, status: str) -> None:
    announce("acme", span="shop_expectations:Span")
    spec = make_spec("span", 10)
    assert (spec.kind, dict(spec.params), spec.validator) == ("span", {"most": 10.0}, "span_validator")
    assert evaluate(spec, value).status == status


def test_a_kind_whose_argument_makes_a_judge(announce: Callable[..., None]) -> None:
    announce("acme", ordered="shop_expectations:Ordered")
    spec = make_spec("ordered", True)
    assert [evaluate(spec, one).status for one in ([1, 2], [2, 1])] == ["pass", "warn"]


def test_an_adapter_of_a_plugin_takes_what_no_other_takes(announce: Callable[..., None]) -> None:
    announce("acme", anything="shop_expectations:Shapes")
    refused(lambda: make_spec("schema", {"age": int}))
    shape = sys.modules["shop_expectations"].Shape(["a"])
    spec = make_spec("schema", shape)
    assert dict(spec.params) == {"library": "shapes", "schema": "Shape", "columns": ["a"]}
    assert evaluate(spec, pd.DataFrame({"a": [1]})).status == "pass"
    assert evaluate(spec, pl.DataFrame({"b": [1]})).status == "warn"
    text = refused(lambda: make_spec("schema", 3))
    assert "schema takes a schema of pandera, Great Expectations or shapes, not a int" in text
    assert find_plugin("anything") is None  # an adapter is no keyword


FEATURES = """
    import pandas as pd
    import polars as pl
    from featurecat import check_output


    @check_output(span=10, importance="fail")
    def distance(values: list) -> {frame}.Series:
        return {frame}.Series(values)


    @check_output(even=True)
    def count(values: list) -> int:
        return len(values)
"""


@pytest.mark.parametrize("frame", ["pd", "pl"], ids=["pandas", "Polars"])
def test_check_output_takes_the_keyword_of_a_plugin(
    announce: Callable[..., None], make_module: ModuleMaker, frame: str
) -> None:
    announce("acme", span="shop_expectations:Span", even="shop_expectations:Even")
    driver = Builder().with_modules(make_module(FEATURES.format(frame=frame))).build()
    answer = driver.execute(["distance_span_validator", "count_even_validator"], inputs={"values": [1, 5, 7]})
    assert [answer[name].status for name in ("distance_span_validator", "count_even_validator")] == ["pass", "warn"]
    with pytest.raises(ExpectationError, match="span 98"):
        driver.execute(["distance"], inputs={"values": [1, 99]})


# --- misuse ---------------------------------------------------------------------------------------


def test_a_misspelt_keyword_is_guessed_among_those_of_plugins(announce: Callable[..., None]) -> None:
    announce("acme", bandwidth="shop_expectations:Span")
    assert "did you mean 'bandwidth'?" in refused(lambda: make_spec("bandwith", 3))


@pytest.mark.parametrize(
    ("name", "target", "wanted"),
    [
        ("gone", "nowhere_at_all:Span", "cannot be loaded: ModuleNotFoundError"),
        ("gone", "shop_expectations:Absent", "cannot be loaded: AttributeError"),
        ("spam", "shop_expectations:Span", "has another keyword, 'span'"),
        ("needy", "shop_expectations:Needy", "cannot be made without arguments: TypeError"),
        ("nothing", "shop_expectations:nothing", "is a NoneType without normalise, applies_to, measures, evaluate"),
        ("half", "shop_expectations:half", "is a Half without applies_to, measures"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_distribution(
    announce: Callable[..., None], name: str, target: str, wanted: str
) -> None:
    announce("acme-checks", **{name: target})
    text = refused(lambda: make_spec(name, 3))
    assert f"the expectation {name!r} of acme-checks {wanted}" in text
    assert "[plugin-unusable]" in text and target in text and "uninstall acme-checks" in text


def test_two_claims_to_one_keyword_are_refused(announce: Callable[..., None]) -> None:
    announce("one", span="shop_expectations:Span")
    announce("two", span="elsewhere:Span", even="shop_expectations:Even")
    assert "the expectation 'span' is claimed by one and by two" in refused(lambda: make_spec("span", 3))
    assert make_spec("even", True).kind == "even"


@pytest.mark.parametrize(
    ("argument", "wanted"),
    [("raise", "failed in normalise: ZeroDivisionError: in normalise"), ("unready", "parameters that are not JSON")],
)
def test_what_a_plugin_raises_names_it(announce: Callable[..., None], argument: str, wanted: str) -> None:
    announce("acme", failing="shop_expectations:Failing")
    text = refused(lambda: make_spec("failing", argument))
    assert "the expectation 'failing' of acme" in text and wanted in text


@pytest.mark.parametrize(
    ("argument", "wanted"), [("nonsense", "answers with a int"), ("other", "failed in evaluate: ZeroDivisionError")]
)
def test_a_plugin_that_fails_while_it_judges_is_no_pass(
    announce: Callable[..., None], argument: str, wanted: str
) -> None:
    announce("acme", failing="shop_expectations:Failing", span="shop_expectations:Span")
    verdict = evaluate(make_spec("failing", argument), pd.Series([1.0]))
    assert verdict.status == "error"
    assert wanted in str(verdict.message) and "acme" in str(verdict.message)


def test_a_keyword_whose_plugin_is_gone_could_not_be_evaluated(announce: Callable[..., None], code: Path) -> None:
    announce("acme", span="shop_expectations:Span")
    spec = make_spec("span", 3)
    (code / "acme-1.0.dist-info" / "entry_points.txt").write_text("")
    plugins.forget_plugins()
    verdict = evaluate(spec, pd.Series([1.0]))
    assert verdict.status == "error"
    assert "'span' is not an expectation" in str(verdict.message)


# --- plugins of a project -------------------------------------------------------------------------


@pytest.mark.usefixtures("code")
def test_what_settings_name_is_found_until_the_next_project() -> None:
    use_plugins(["shop_expectations:Span", "shop_expectations:Even"], reserved=RESERVED)
    assert plugin_keywords() == ["span", "even"]
    assert make_spec("span", 3).kind == "span"
    use_plugins([], reserved=RESERVED)
    assert "is not an expectation" in refused(lambda: make_spec("span", 3))


@pytest.mark.usefixtures("code")
def test_all_faults_of_the_settings_are_told_at_once() -> None:
    with pytest.raises(ModifierError) as refusal:
        use_plugins(
            ["nowhere_at_all:Span", "shop_expectations:Range", "shop_expectations:Span", "shop_expectations:nothing"],
            reserved=RESERVED,
            file="pyproject.toml",
            line=7,
        )
    problems = refusal.value.problems
    assert {(one.code, one.place) for one in problems} == {("plugin-unusable", "pyproject.toml:7")}
    assert "the plugin 'nowhere_at_all:Span' cannot be loaded" in problems[0].message
    assert "'range' is claimed by featurecat itself and by [tool.featurecat] plugins" in problems[1].message
    assert "the plugin 'shop_expectations:nothing' is a NoneType" in problems[2].message
    assert plugin_keywords() == []


def test_one_object_announced_and_named_is_one_claim(announce: Callable[..., None]) -> None:
    announce("acme", span="shop_expectations:Span")
    use_plugins(["shop_expectations:Span"], reserved=RESERVED)
    assert make_spec("span", 3).kind == "span"
    announce("other", span="elsewhere:Span")
    use_plugins(["shop_expectations:Span"], reserved=RESERVED)
    assert "claimed by" in refused(lambda: make_spec("span", 3))


@pytest.fixture
def checked(shop: ShopProject) -> ShopProject:
    """A project with a plugin of its own, which one of its features uses."""
    shop.add_module("shop_checks", SOURCE)
    shop.replace("pyproject.toml", "[tool.featurecat]\n", '[tool.featurecat]\nplugins = ["shop_checks:Span"]\n')
    shop.replace("order_features.py", "@check_output(allow_nans=False)", "@check_output(span=1e6, importance='fail')")
    return shop


def test_catalog_and_check_know_the_plugin_of_a_project(checked: ShopProject) -> None:
    checked.ok("materialize", "margin")
    assert "span" in checked.ok("show", "margin", "--json").out
    told = checked.run("check", "margin")
    assert told.code == 0, told.err
    checked.replace("order_features.py", "span=1e6", "span=0.5")
    assert checked.run("index").code == 0
    told = checked.run("check", "margin")
    assert told.code == 1
    assert "span" in told.out


def test_a_project_whose_plugin_cannot_be_loaded_says_where(checked: ShopProject) -> None:
    checked.replace("pyproject.toml", "shop_checks:Span", "shop_checks:Spam")
    told = checked.run("index")
    assert told.code == 2
    assert "the plugin 'shop_checks:Spam' cannot be loaded" in " ".join(told.err.split())
    assert "pyproject.toml:" in told.err and "Traceback" not in told.err


@pytest.mark.parametrize("wrong", ["shop_checks", "shop_checks:", "no module:Span"])
def test_settings_that_name_no_object_are_refused(checked: ShopProject, wrong: str) -> None:
    checked.replace("pyproject.toml", "shop_checks:Span", wrong)
    told = checked.run("index")
    assert told.code == 2
    assert "names no object of a module" in " ".join(told.err.split())


# --- doctor, and what importing costs -------------------------------------------------------------


def test_doctor_tries_every_plugin(announce: Callable[..., None]) -> None:
    announce(
        "acme",
        span="shop_expectations:Span",
        gone="nowhere_at_all:Gone",
        range="shop_expectations:Range",
        shapes="shop_expectations:Shapes",
    )
    found = {one.subject: one for one in doctor.diagnose() if one.area == "plugins"}
    group = plugins.PLUGIN_GROUP
    assert {subject: one.status for subject, one in found.items() if subject.startswith(group)} == {
        f"{group}: gone": "error",
        f"{group}: range": "error",
        f"{group}: shapes": "ok",
        f"{group}: span": "ok",
    }
    assert found[f"{group}: span"].message == "from acme"
    assert "cannot be loaded: ModuleNotFoundError" in found[f"{group}: gone"].message
    assert found[f"{group}: range"].message == "claimed by featurecat itself and acme"
    assert {one.exit_code for one in found.values() if one.status == "error"} == {2}


def test_doctor_looks_for_the_plugins_of_the_project(checked: ShopProject) -> None:
    def state() -> str:
        answer = checked.run("doctor", "--json").rows
        return next(str(one["status"]) for one in answer if "shop_checks" in one["subject"])

    assert state() == "ok"
    checked.replace("pyproject.toml", "shop_checks:Span", "shop_chekcs:Span")
    answer = checked.run("doctor", "--json")
    assert answer.code == 2
    assert any(
        one["subject"] == "[tool.featurecat] shop_chekcs:Span" and one["status"] == "error" for one in answer.rows
    )


def test_declaring_what_is_built_in_reads_no_metadata() -> None:
    program = (
        "import importlib.metadata as metadata\n"
        "def refuse(**given): raise SystemExit('metadata were read')\n"
        "metadata.entry_points = refuse\n"
        "from featurecat import check_output\n"
        "@check_output(range=(0, 1), unique=True)\n"
        "def share(a: float) -> float: return a\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_broken_plugin_may_be_the_adapter_that_is_wanted(announce: Callable[..., None]) -> None:
    announce("acme", gone="nowhere_at_all:Gone")
    assert "the expectation 'gone' of acme cannot be loaded" in refused(lambda: make_spec("schema", 3))


def test_the_page_can_be_followed_as_it_stands(
    tmp_path: Path, nursery: Nursery, request: pytest.FixtureRequest
) -> None:
    path = Path(__file__).resolve().parents[2] / "docs" / "your-own-expectations.md"
    page = path.read_text(encoding="utf-8")
    desk = Desk(tmp_path / "empty", nursery)
    texts: dict[int, str] = {}
    for block in blocks_of(page):
        if block.file:
            desk.write(block)
        elif block.language == "console":
            texts[block.start] = desk.typed(block)
    right = with_texts(page, texts)
    if request.config.getoption("--regenerate"):
        path.write_text(right, encoding="utf-8")
    else:
        assert page == right
