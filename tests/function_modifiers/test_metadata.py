"""tag, tag_outputs and feature: what they attach, to which nodes, and what they refuse."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from featurecat import feature, tag, tag_outputs
from featurecat.definition.collect import collect
from featurecat.definition.metadata import Metadata
from featurecat.definition.node import Node
from featurecat.errors import ModifierError
from featurecat.function_modifiers.metadata import cache
from tests.support.modules import ModuleMaker

IMPORTS = """
import pandas as pd
from featurecat import check_output, extract_columns, feature, parameterize, tag, tag_outputs, value
"""


def _nodes(make_module: ModuleMaker, source: str) -> dict[str, Node]:
    definitions = collect([make_module(IMPORTS + source)])
    definitions.raise_problems()
    return {name: nodes[0] for name, nodes in definitions.variants.items()}


def delay(spend: float) -> float:
    return spend


# --- tags -------------------------------------------------------------------------------------------


def test_tags_are_texts_or_lists_of_them() -> None:
    tagged = tag(owner="ops", teams=["a", "b"], **{"deep.key": "x"})
    assert tagged(delay) is delay
    assert delay(2.0) == 2.0


def test_the_topmost_tag_wins_key_by_key(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module, "@tag(a='top', b='top')\n@tag(b='below', c=['below', 'x'])\ndef f(a: int) -> int: ...\n"
    )
    assert nodes["f"].tags == {"a": ("top",), "b": ("top",), "c": ("below", "x")}


@pytest.mark.parametrize(
    "order", ["@tag(k='v')\n@extract_columns('a', 'b')", "@extract_columns('a', 'b')\n@tag(k='v')"]
)
def test_tags_go_to_the_results_wherever_they_stand(make_module: ModuleMaker, order: str) -> None:
    nodes = _nodes(make_module, f"{order}\ndef f() -> pd.DataFrame: ...\n")
    assert {name: dict(node.tags) for name, node in nodes.items()} == {"f": {}, "a": {"k": ("v",)}, "b": {"k": ("v",)}}


@pytest.mark.parametrize(
    ("target", "tagged"),
    [("None", "a b"), ("...", "f a b"), ("'f'", "f"), ("['f', 'b']", "f b"), ("('a',)", "a")],
)
def test_targets(make_module: ModuleMaker, target: str, tagged: str) -> None:
    nodes = _nodes(
        make_module, f"@tag(k='v', target_={target})\n@extract_columns('a', 'b')\ndef f() -> pd.DataFrame: ...\n"
    )
    assert {name for name, node in nodes.items() if node.tags} == set(tagged.split())


def test_checks_stay_untagged_and_the_checked_value_is_tagged(make_module: ModuleMaker) -> None:
    nodes = _nodes(make_module, "@check_output(range=(0, 1))\n@tag(k='v')\ndef f(a: float) -> float: ...\n")
    assert {name for name, node in nodes.items() if node.tags} == {"f"}


def test_each_output_its_own_tags(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        "@tag(all='yes', kind='any')\n@tag_outputs(a={'kind': 'upper', 'x': ['1', '2']}, b={'kind': 'lower'})\n"
        "@extract_columns('a', 'b', 'c')\ndef f() -> pd.DataFrame: ...\n",
    )
    assert {name: dict(node.tags) for name, node in nodes.items()} == {
        "f": {},
        "a": {"kind": ("any",), "x": ("1", "2"), "all": ("yes",)},
        "b": {"kind": ("any",), "all": ("yes",)},
        "c": {"kind": ("any",), "all": ("yes",)},
    }
    nodes = _nodes(
        make_module, "@tag_outputs(f={'k': 'v'}, a={'k': 'w'})\n@extract_columns('a')\ndef f() -> pd.DataFrame: ...\n"
    )
    assert {name: dict(node.tags) for name, node in nodes.items()} == {"f": {"k": ("v",)}, "a": {"k": ("w",)}}


@pytest.mark.parametrize(
    ("decorator", "message"),
    [
        (tag(**{"not a name": "x"}), "the key 'not a name' is not a dotted name"),
        (tag(**{"a..b": "x"}), "the key 'a..b' is not a dotted name"),
        (tag(**{"hamilton.config": "x"}), "the key 'hamilton.config' is reserved"),
        (tag(module="x"), "the key 'module' is reserved"),
        (tag(gdpr="x"), "the key 'gdpr' is reserved"),
        (tag(k=3), "the value of 'k' must be a string or a non-empty list of different strings, not 3"),  # type: ignore[arg-type]
        (tag(k=[]), "the value of 'k' must be a string or a non-empty list of different strings, not []"),
        (
            tag(k=["a", "a"]),
            "the value of 'k' must be a string or a non-empty list of different strings, not ['a', 'a']",
        ),
        (tag(k=["a", 3]), "the value of 'k' must be a string or a non-empty list of different strings, not ['a', 3]"),  # type: ignore[list-item]
        (tag_outputs(a="x"), "a takes a mapping of tags, not 'x'"),  # type: ignore[arg-type]
        (tag_outputs(a={"k": 3}), "the value of 'k' must be a string or a non-empty list of different strings, not 3"),  # type: ignore[dict-item]
        (tag_outputs(a={"dag": "x"}), "the key 'dag' is reserved"),
    ],
)
def test_misuse_of_tags_is_told_at_decoration(decorator: Any, message: str) -> None:
    with pytest.raises(ModifierError) as caught:
        decorator(delay)
    (problem,) = caught.value.problems
    assert problem.message == f"@{type(decorator).__name__} on delay: {message}"
    assert (problem.file, problem.line) == (__file__, delay.__code__.co_firstlineno)
    assert problem.hint


def test_reserved_keys_can_be_forced() -> None:
    assert tag(bypass_reserved_namespaces_=True, **{"hamilton.config": "x"})(delay) is delay


@pytest.mark.parametrize(
    ("decorator", "hint"),
    [
        ("@tag(k='v', target_='aa')", "did you mean 'a'?"),
        ("@tag(k='v', target_=['a', 'zzzzzz'])", "its nodes are a, f"),
        ("@tag_outputs(zzzzzz={'k': 'v'})", "its nodes are a, f"),
        ("@feature(owner='x', target_='zzzzzz')", "its nodes are a, f"),
    ],
)
def test_unknown_targets_are_problems(make_module: ModuleMaker, decorator: str, hint: str) -> None:
    module = make_module(f"{IMPORTS}\n{decorator}\n@extract_columns('a')\ndef f() -> pd.DataFrame: ...\n")
    (problem,) = collect([module]).problems
    assert "which is not a node of this function" in problem.message
    assert (problem.file, problem.line, problem.hint) == (module.__file__, 5, hint)


# --- feature ------------------------------------------------------------------------------------------


def test_every_field_is_normalised(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        """
from datetime import date
import numpy as np
@feature(owner=["ops", "data"], entity="flight", timestamp="at", unit="min", dtype=np.float64, pii="None",
         status="deprecated", sunset=date(2027, 1, 31), replaced_by="g", freshness="26h", align="outer")
def f(a: pd.Series) -> pd.Series: ...
@feature(pii="email", entity=("a", "b"), dtype="datetime64[ns]", sunset="2027-01-31", owner="ops")
def g(a: pd.Series) -> pd.Series: ...
""",
    )
    assert nodes["f"].metadata == Metadata(
        owner=("ops", "data"),
        entity=("flight",),
        timestamp="at",
        unit="min",
        dtype="double",
        pii=False,
        status="deprecated",
        sunset="2027-01-31",
        replaced_by="g",
        freshness="26h",
        align="outer",
    )
    assert nodes["g"].metadata == Metadata(
        owner=("ops",), entity=("a", "b"), dtype="timestamp[ns]", pii=True, sunset="2027-01-31"
    )


def test_what_stands_above_wins_and_targets_are_kept(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        "@feature(unit='s', target_='a')\n@feature(owner='ops', unit='min')\n@extract_columns('a', 'b')\ndef f() -> pd.DataFrame: ...\n",
    )
    assert nodes["a"].metadata == Metadata(owner=("ops",), unit="s")
    assert nodes["b"].metadata == Metadata(owner=("ops",), unit="min")
    assert nodes["f"].metadata == Metadata()


@pytest.mark.parametrize(
    ("fields", "message", "hint"),
    [
        ({"owner": ""}, "owner='' must be a name or a list of different names", None),
        ({"owner": []}, "owner=[] must be a name or a list of different names", None),
        ({"owner": ["a", "a"]}, "owner=['a', 'a'] must be a name or a list of different names", None),
        ({"owner": {"a"}}, "owner={'a'} must be a name or a list of different names", None),
        ({"entity": ["a", 3]}, "entity=['a', 3] must be a name or a list of different names", None),
        ({"timestamp": " "}, "timestamp=' ' must be a non-empty string", None),
        ({"unit": 3}, "unit=3 must be a non-empty string", None),
        ({"replaced_by": ""}, "replaced_by='' must be a non-empty string", None),
        ({"pii": 1.5}, "pii=1.5 must be True, False or a word", None),
        ({"status": "depricated"}, "status='depricated' is not known", "did you mean 'deprecated'?"),
        ({"status": "zzz"}, "status='zzz' is not known", "one of experimental, active, deprecated"),
        ({"align": "left"}, "align='left' is not known", "one of outer, inner"),
        ({"dtype": "flaot64"}, "dtype='flaot64' is not an Arrow logical type", "did you mean"),
        ({"freshness": "soon"}, "freshness='soon' must be a number with a unit, such as '26h' or '7d'", None),
        ({"freshness": 26}, "freshness=26 must be a number with a unit, such as '26h' or '7d'", None),
        ({"sunset": "31.1.2027"}, "sunset='31.1.2027' must be an ISO date such as '2027-01-31'", None),
        ({"sunset": 2027}, "sunset=2027 must be an ISO date such as '2027-01-31'", None),
        (
            {"sunset": datetime(2027, 1, 31)},
            "sunset=datetime.datetime(2027, 1, 31, 0, 0) must be an ISO date such as '2027-01-31'",
            None,
        ),
    ],
)
def test_each_field_has_its_rule(fields: dict[str, Any], message: str, hint: str | None) -> None:
    with pytest.raises(ModifierError) as caught:
        feature(**fields)(delay)
    (problem,) = caught.value.problems
    assert problem.message == f"@feature on delay: {message}"
    assert (problem.hint or "").startswith(hint or "")
    assert problem.line == delay.__code__.co_firstlineno


def test_all_faults_of_one_feature_are_told_at_once() -> None:
    with pytest.raises(ModifierError) as caught:
        feature(owner="", status="x", dtype="y", sunset=date(2027, 1, 31), unit="min")(delay)
    assert [problem.message.split(": ")[1].split("=")[0] for problem in caught.value.problems] == [
        "owner",
        "status",
        "dtype",
    ]


@pytest.mark.parametrize(
    ("declared", "tagged"),
    [
        ("owner='ops'", "owner='data'"),
        ("pii=True", "pii='False'"),
        ("unit='s'", "unit='min'"),
        ("entity=['a']", "entity='b'"),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_feature_and_tag_may_not_disagree(make_module: ModuleMaker, declared: str, tagged: str, order: int) -> None:
    decorators = "\n".join([f"@feature({declared})", f"@tag({tagged})"][::order])
    module = make_module(f"{IMPORTS}\n{decorators}\ndef f(a: int) -> int: ...\n")
    (problem,) = collect([module]).problems
    assert (problem.code, problem.feature, problem.line) == ("invalid-modifier", "f", 5)
    assert problem.message.endswith("disagree")


def test_the_talks_own_tag_is_not_personal_data(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        """
import numpy as np
@tag(owner='Data-Science', pii='False')
@check_output(data_type=np.float64, range=(-5.0, 5.0), allow_nans=False)
def height_zero_mean_unit_variance(height_zero_mean: pd.Series, height_std_dev: pd.Series) -> pd.Series: ...
""",
    )
    node = nodes["height_zero_mean_unit_variance"]
    assert node.metadata == Metadata(owner=("Data-Science",), pii=False)
    assert [spec.kind for spec in node.expectations] == ["data_type", "range", "allow_nans"]
    assert {spec.severity for spec in node.expectations} == {"warn"}


# --- cache ------------------------------------------------------------------------------------------


def test_cache_is_said_in_tags_of_every_node(make_module: ModuleMaker) -> None:
    nodes = _nodes(
        make_module,
        """
from featurecat.function_modifiers.metadata import cache
@cache(behavior="recompute", format="parquet")
@cache(behavior="ignore")
@extract_columns("a")
def table() -> pd.DataFrame: ...
@cache(format="json", target_="b")
@extract_columns("b")
def other() -> pd.DataFrame: ...
@cache()
def f(a: int) -> int: ...
""",
    )
    both = {"cache.behavior": ("recompute",), "cache.format": ("parquet",)}
    assert {name: node.tags for name, node in nodes.items()} == {
        "table": both,
        "a": both,
        "other": {},
        "b": {"cache.format": ("json",)},
        "f": {},
    }


@pytest.mark.parametrize("behavior", ["default", "recompute", "ignore", "disable"])
def test_cache_knows_these_behaviors(behavior: str) -> None:
    assert cache(behavior)(delay) is delay


@pytest.mark.parametrize(
    ("decorator", "message", "hint"),
    [
        (cache("recomput"), "behavior='recomput' is not known", "did you mean 'recompute'?"),
        (cache(True), "behavior=True is not known", "one of default, recompute, ignore, disable"),  # type: ignore[arg-type]
        (cache(format=" "), "format=' ' must be the name of a format", "format='parquet'"),
        (cache(format=3), "format=3 must be the name of a format", "format='parquet'"),  # type: ignore[arg-type]
    ],
)
def test_misuse_of_cache(decorator: cache, message: str, hint: str) -> None:
    with pytest.raises(ModifierError) as caught:
        decorator(delay)
    (problem,) = caught.value.problems
    assert (problem.message, problem.hint) == (f"@cache on delay: {message}", hint)
    assert problem.line == delay.__code__.co_firstlineno
