"""Every case answered by featurecat itself; and once by all three worlds, which must agree where they are to.

``golden/hamilton.json`` holds what apache-hamilton answers, so that the suite holds without it, too. With it, the file is
compared with the living library; ``--regenerate`` writes it anew.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from featurecat.io.adapter_registry import ADAPTERS
from tests.conformance.case import ABSENT, Raises, Variant, variants
from tests.conformance.cases import CASES, PENDING
from tests.conformance.worlds import answer
from tests.support.modules import ModuleMaker

HERE = Path(__file__).parent
GOLDEN = HERE / "golden" / "hamilton.json"
VARIANTS = list(variants(CASES))


def recorded() -> dict[str, Any]:
    return json.loads(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.is_file() else {}


#: Errors that say that a case itself is wrong.
_FAULTS = {"AssertionError", "ImportError", "ModuleNotFoundError", "NameError", "SyntaxError", "UnboundLocalError"}


def alike(ours: Any, theirs: Any) -> bool:
    """Whether two answers are one; an error of ours is at least what can be caught of theirs."""
    if isinstance(theirs, dict) and "raised" in theirs:
        assert theirs["kind"] not in _FAULTS, theirs
        if not isinstance(ours, dict) or "raised" not in ours:
            return False
        assert ours["kind"] not in _FAULTS, ours
        meant = "codes" in ours or ours["kind"] == theirs["kind"]
        caught = "caught" not in ours or set(theirs["caught"]) <= set(ours["caught"])
        return meant and caught and set(theirs["raised"]) <= set(ours["raised"])
    if isinstance(theirs, dict):
        return (
            isinstance(ours, dict)
            and ours.keys() == theirs.keys()
            and all(alike(ours[key], theirs[key]) for key in theirs)
        )
    if isinstance(theirs, list):
        return isinstance(ours, list) and len(ours) == len(theirs) and all(map(alike, ours, theirs))
    return bool(ours == theirs)


def wordless(found: Any) -> Any:
    """Answers without the wording of errors, which is nobody's business."""
    if isinstance(found, dict):
        return {key: wordless(member) for key, member in found.items() if not ("raised" in found and key == "says")}
    return list(map(wordless, found)) if isinstance(found, list) else found


def _present(component: str) -> bool:
    return find_spec(component) is not None


def check_ours(found: Any, expected: Any) -> None:
    """An answer against the facts that matter."""
    if isinstance(expected, Raises):
        assert isinstance(found, dict) and expected.code in found.get("codes", ()), found
        assert expected.said in found["says"]
    elif isinstance(expected, dict) and isinstance(found, dict):
        assert expected.keys() <= found.keys(), found
        for key, member in expected.items():
            check_ours(found[key], member)
    elif isinstance(expected, list) and any(isinstance(one, Raises) for one in expected):
        assert len(found) == len(expected), found
        for one, member in zip(found, expected, strict=True):
            check_ours(one, member)
    else:
        assert found == expected


def marked(some: list[Variant], prefix: str = "") -> list[Any]:
    """Parameters of a test, with what does not hold yet."""
    marks = {one.name: [pytest.mark.component(name) for name in one.case.components] for one in some}
    for one in some:
        if why := PENDING.get(prefix + one.name):
            marks[one.name].append(pytest.mark.xfail(reason=why))
    return [pytest.param(one, id=one.name, marks=marks[one.name]) for one in some]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("variant", marked([one for one in VARIANTS if one.case.ours != ABSENT]))
def test_native(variant: Variant, make_module: ModuleMaker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    # what a case registers is forgotten
    monkeypatch.setattr(ADAPTERS, "_own", {key: list(known) for key, known in ADAPTERS._own.items()})
    found = answer(json.loads(json.dumps(variant.question())), "native", make_module)
    if variant.same:
        theirs = recorded()[variant.name]
        if isinstance(theirs, dict) and "nodes" in theirs:
            theirs = {"nodes": theirs["nodes"], "values": theirs["values"]}
        assert alike(found, theirs), (found, theirs)
    else:
        check_ours(found, variant.case.ours)


def world(name: str, asked: list[Variant], folder: Path) -> dict[str, Any]:
    """The answers of apache-hamilton, or of compat in its place, from a process of its own."""
    work = folder / name
    work.mkdir()
    questions = work / "questions.json"
    questions.write_text(json.dumps([one.question() for one in asked]), encoding="utf-8")
    environment = {**os.environ, "HAMILTON_TELEMETRY_ENABLED": "false", "PYTHONDONTWRITEBYTECODE": "1"}
    theirs = environment.get("FEATURECAT_APACHE_HAMILTON", "") if name == "hamilton" else ""
    paths = [theirs, str(HERE.parents[1]), os.environ.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    command = [sys.executable, "-m", "tests.conformance.worlds", name, str(questions)]
    done = subprocess.run(command, env=environment, cwd=work, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if line.startswith("ANSWERS "))
    found: dict[str, Any] = json.loads(line.removeprefix("ANSWERS "))
    return found


def differences(found: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """Name to both answers where they are not one."""
    pairs = {name: (found.get(name), expected.get(name)) for name in {**found, **expected}}
    return {name: pair for name, pair in pairs.items() if not alike(*pair)}

PANDAS_3 = int(version("pandas").partition(".")[0]) >= 3
#: What Hamilton itself answers otherwise with pandas 2, whose texts are objects; the recording is of pandas 3.
OTHER_WITH_PANDAS_2 = ("data_type of texts [pandas]",)



@pytest.mark.component("hamilton")
def test_hamilton_answers_what_is_recorded(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    asked = [one for one in VARIANTS if one.told and all(map(_present, one.case.components))]
    found = world("hamilton", asked, tmp_path)
    if request.config.getoption("--regenerate"):
        GOLDEN.parent.mkdir(exist_ok=True)
        lines = [
            f"{json.dumps(name)}: {json.dumps(wordless(told), sort_keys=True)}" for name, told in sorted(found.items())
        ]
        GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    told = {one.name: recorded().get(one.name) for one in asked if one.name not in OTHER_WITH_PANDAS_2 or PANDAS_3}
    assert differences({name: found[name] for name in told}, told) == {}


@pytest.fixture(scope="module")
def compat(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What compat answers: as apache-hamilton does where that is told, otherwise as we do, mended alike."""
    return world("compat", [one for one in VARIANTS if one.case.in_compat != ABSENT], tmp_path_factory.mktemp("worlds"))


@pytest.mark.parametrize("variant", marked([one for one in VARIANTS if one.case.in_compat != ABSENT], "compat: "))
def test_compat(variant: Variant, compat: dict[str, Any]) -> None:
    found = compat[variant.name]
    if variant.told:
        assert alike(found, recorded()[variant.name]), (found, recorded()[variant.name])
    else:
        check_ours(found, variant.case.ours if variant.case.in_compat is None else variant.case.in_compat)
