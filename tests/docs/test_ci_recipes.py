"""The recipes of docs/ci: what the services' own schemas say of them, and what their scripts do on a team's branches."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import xmlschema

from tests.support.pipelines import Forge, Job, git, github_job, gitlab_job, without_service
from tests.support.projects import Nursery

pytestmark = pytest.mark.component("yaml")

REPOSITORY = Path(__file__).resolve().parents[2]
RECIPES = REPOSITORY / "docs" / "ci"
SCHEMAS = REPOSITORY / "tests" / "reports" / "schemas"
HOOKS = REPOSITORY / ".pre-commit-hooks.yaml"

RULES = """
[tool.featurecat.lint.rules]
docstring = "error"
"""
SPOILT = "* 1000 * (1 - orders"


def recipe(name: str) -> Any:
    return loaded(RECIPES / name)


def loaded(path: Path) -> Any:
    import yaml

    return yaml.safe_load(path.read_text(encoding="utf-8"))


# --- what is written ----------------------------------------------------------------------------


@pytest.mark.component("check-jsonschema")
@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.github-workflows", "github-actions.yml"),
        ("custom.github-workflows-require-timeout", "github-actions.yml"),
        ("vendor.gitlab-ci", "gitlab-ci.yml"),
    ],
)
def test_a_recipe_is_what_the_service_takes(schema, file):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(RECIPES / file)]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.component("pre-commit")
@pytest.mark.parametrize(
    ("command", "file"),
    [("validate-config", RECIPES / "pre-commit-config.yaml"), ("validate-manifest", HOOKS)],
    ids=["config", "hooks"],
)
def test_pre_commit_takes_what_it_is_given(command, file, outside):
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", command, str(file)], text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_actions_are_pinned_to_major_versions_and_may_do_little():
    workflow = recipe("github-actions.yml")
    assert workflow["permissions"] == {"contents": "read"}
    more = {
        (job, name)
        for job, one in workflow["jobs"].items()
        for name, way in one["permissions"].items()
        if way != "read"
    }
    assert more == {("changed", "security-events")}
    used = [step["uses"] for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step]
    assert [one for one in used if not re.fullmatch(r"[\w/-]+@v\d+", one)] == []
    text = (RECIPES / "github-actions.yml").read_text(encoding="utf-8")
    assert "secrets." not in text
    assert "pull_request_target" not in text


def test_the_hooks_of_the_recipe_are_those_of_the_repository():
    (local,) = recipe("pre-commit-config.yaml")["repos"]
    manifest = loaded(HOOKS)
    for hook in manifest:
        del hook["description"], hook["minimum_pre_commit_version"]
    assert local["hooks"] == manifest


# --- what it does -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No service around, whoever runs the tests."""
    with pytest.MonkeyPatch.context() as environment:
        without_service(environment, tmp_path_factory.mktemp("home"))
        yield


@dataclass(frozen=True)
class Team:
    """A project in a repository, with a branch for each thing that happens."""

    project: Path
    forge: Forge

    def branch(self, name: str, file: str, old: str, new: str) -> None:
        git(self.project, "switch", "-q", "-c", name, "main")
        path = self.project / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        git(self.project, "commit", "-q", "-a", "-m", name)
        git(self.project, "push", "-q", "origin", name)
        git(self.project, "switch", "-q", "main")

    def github(self, branch: str, room: Path) -> Job:
        clone = Forge(self.forge.bare, room).clone(branch, branch=branch, merged=True)
        job = recipe("github-actions.yml")["jobs"]["changed"]
        return github_job(job, clone, "pull_request", {"GITHUB_BASE_REF": "main", "GITHUB_HEAD_REF": branch})

    def gitlab(self, branch: str, room: Path, job: str) -> Job:
        clone = Forge(self.forge.bare, room).clone(branch, branch=branch, merged=False)
        variables = {
            "CI_PIPELINE_SOURCE": "merge_request_event",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": git(clone, "merge-base", "HEAD", "origin/main"),
        }
        return gitlab_job(recipe("gitlab-ci.yml"), job, clone, variables)


def _team(folder: Path, nursery: Nursery, *options: str) -> Team:
    folder.mkdir(parents=True, exist_ok=True)
    (told,) = nursery.run([{"arguments": ["init", "shop", *options], "directory": str(folder)}])
    assert told.code == 0, told.err
    project, bare = folder / "shop", folder / "shop.git"
    with (project / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write(RULES)
    (project / "requirements.txt").write_text("featurecat\n", encoding="utf-8")
    (project / ".gitignore").write_text("reports/\n__pycache__/\n", encoding="utf-8")
    git(folder, "init", "-q", "--bare", "-b", "main", str(bare))
    git(project, "init", "-q", "-b", "main")
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "Our features")
    git(project, "remote", "add", "origin", str(bare))
    git(project, "push", "-q", "-u", "origin", "main")
    team = Team(project, Forge(bare, folder / "clones"))
    library = "polars as pl" if "--polars" in options else "pandas as pd"
    team.branch("fine", "features.py", "> 100", "> 150")
    team.branch("words", "README.md", "# shop", "# Shop")
    team.branch("broken", "features.py", "* (1 - orders", SPOILT)
    team.branch("undocumented", "features.py", '"""Whether an order is worth a call."""', "...")
    team.branch("unreadable", "features.py", f"import {library}", f"import {library}x")
    team.branch("data", "data/orders.csv", "1,19.9,2", "1,19900,2")
    return team


@pytest.fixture(scope="module", params=["pandas", "polars"])
def team(
    request: pytest.FixtureRequest, outside: None, tmp_path_factory: pytest.TempPathFactory, nursery: Nursery
) -> Team:
    """A team whose features are written for one library."""
    options = ["--polars"] if request.param == "polars" else []
    return _team(tmp_path_factory.mktemp("team"), nursery, *options)


@pytest.fixture(scope="module")
def shop_team(outside: None, tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Team:
    """A team whose features are written for pandas."""
    return _team(tmp_path_factory.mktemp("shop-team"), nursery)


@pytest.mark.parametrize(
    ("branch", "codes"),
    [("fine", [0, 0]), ("words", [0, 0]), ("broken", [0, 1]), ("undocumented", [1, 0])],
)
def test_a_pull_request_on_github(team, branch, codes, tmp_path):
    job = team.github(branch, tmp_path)
    assert job.codes == codes, job.out + job.err
    check_junit(job.folder / "reports/check.xml", failures=codes[1])
    check_sarif(job.folder / "reports/lint.sarif", "lint/docstring" if codes[0] else None)
    check_sarif(job.folder / "reports/check.sarif", "check/range" if codes[1] else None)
    assert [given["sarif_file"] for given in job.uploads("github/codeql-action/upload-sarif")] == [
        "reports/lint.sarif",
        "reports/check.sarif",
    ]
    assert len(job.uploads("actions/upload-artifact")) == 1
    # what the recipe keeps for the next run of the pull request is there
    (kept,) = [given["path"] for name, given in job.used if name.startswith("actions/cache@")]
    assert list((job.folder / kept).iterdir())
    verdicts = re.findall(r"^### featurecat (\w+): (\w+)", job.summary, flags=re.MULTILINE)
    assert verdicts == [
        (tool, "failed" if code else "passed") for tool, code in zip(("lint", "check"), codes, strict=True)
    ]
    errors = re.findall(r"^::error file=features\.py,line=\d+,title=(\w+)", job.out, flags=re.MULTILINE)
    assert errors == {"broken": ["net_amount"], "undocumented": ["is_large"]}.get(branch, [])
    assert git(job.folder, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("branch", "codes"),
    [("fine", (0, 0)), ("broken", (0, 1)), ("undocumented", (1, 0))],
)
def test_a_merge_request_on_gitlab(shop_team, branch, codes, tmp_path):
    for name, code in zip(("lint", "check"), codes, strict=True):
        named = {"lint": "features-lint", "check": "features-changed"}[name]
        job = shop_team.gitlab(branch, tmp_path / name, named)
        assert job.codes == [code], job.out + job.err
        if name == "check":
            check_junit(job.folder / "reports/check.xml", failures=code)
        declared = recipe("gitlab-ci.yml")[named]["artifacts"]["reports"]
        found = json.loads((job.folder / declared["codequality"]).read_text(encoding="utf-8"))
        grave = [one for one in found if one["severity"] in ("critical", "blocker")]
        assert [one["location"]["path"] for one in grave] == ["features.py"] * code
        assert (job.folder / declared["junit"]).is_file()
        assert git(job.folder, "status", "--porcelain") == ""


@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_a_module_that_cannot_be_read_makes_a_job_red(shop_team, service, tmp_path):
    job = unreadable(shop_team, service, tmp_path)
    assert set(job.codes) == {2}
    assert "features.py:" in job.err
    assert "Traceback" not in job.out + job.err


@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_a_module_that_cannot_be_read_is_reported_as_well(shop_team, service, tmp_path):
    job = unreadable(shop_team, service, tmp_path)
    reports = job.folder / "reports"
    root = check_junit(reports / "check.xml", failures=0)
    assert int(root.get("errors", "")) == 1
    if service == "github":
        check_sarif(reports / "check.sarif", "problem/import-error")
        check_sarif(reports / "lint.sarif", "problem/import-error")
        assert job.summary.count("### featurecat ") == 2
        assert len(re.findall("^::error ", job.out, flags=re.MULTILINE)) == 2
    else:
        (found,) = json.loads((reports / "check.json").read_text(encoding="utf-8"))
        assert (found["check_name"], found["location"]["path"]) == ("problem/import-error", "features.py")


def unreadable(team: Team, service: str, room: Path) -> Job:
    """The job on a change whose module raises when it is imported."""
    if service == "github":
        return team.github("unreadable", room)
    return team.gitlab("unreadable", room, "features-changed")


# --- every night --------------------------------------------------------------------------------


def nightly(team: Team, service: str, room: Path, *, branch: str, store: Path | None) -> Job:
    """The job on what is published, with the store that the last one left."""
    clone = Forge(team.forge.bare, room).clone(branch, branch=branch, merged=False)
    if store is not None:
        shutil.copytree(store, clone / ".featurecat")
    if service == "github":
        return github_job(recipe("github-actions.yml")["jobs"]["published"], clone, "schedule", {})
    return gitlab_job(recipe("gitlab-ci.yml"), "features-published", clone, {"CI_PIPELINE_SOURCE": "schedule"})


@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_what_is_published_is_judged_every_night(shop_team, service, tmp_path):
    first = nightly(shop_team, service, tmp_path / "first", branch="main", store=None)
    assert first.green, first.out + first.err
    check_junit(first.folder / "reports/published.xml", failures=0)

    second = nightly(shop_team, service, tmp_path / "second", branch="data", store=first.folder / ".featurecat")
    assert not second.green
    assert "net_amount" in second.out
    # what fails is held back: what is published is what it was, and good
    check_junit(second.folder / "reports/published.xml", failures=0)
    if service == "github":
        assert second.codes == [1, 0]
        assert [given["path"] for given in second.uploads("actions/cache/save")] == [".featurecat"]
    else:
        assert second.codes == [1]


# --- pre-commit ---------------------------------------------------------------------------------


@pytest.mark.component("pre-commit")
@pytest.mark.parametrize(
    ("branch", "stage", "code", "said"),
    [
        ("fine", "pre-commit", 0, "Passed"),
        ("fine", "pre-push", 0, "Passed"),
        ("undocumented", "pre-commit", 1, "error docstring is_large"),
        ("broken", "pre-push", 1, "net_amount: range"),
        ("unreadable", "pre-push", 1, "- exit code: 2"),
    ],
)
def test_the_hooks_run_from_a_repository_of_hooks(shop_team, branch, stage, code, said, tmp_path):
    hooks = tmp_path / "hooks"
    git(hooks, "init", "-q")
    shutil.copy(HOOKS, hooks)
    git(hooks, "add", "-A")
    git(hooks, "commit", "-q", "-m", "Hooks")
    clone = Forge(shop_team.forge.bare, tmp_path).clone("clone", branch=branch, merged=False)
    settings = {
        "repos": [
            {
                "repo": str(hooks),
                "rev": git(hooks, "rev-parse", "HEAD"),
                "hooks": [{"id": "featurecat-lint"}, {"id": "featurecat-check"}],
            }
        ]
    }
    (tmp_path / "config.yaml").write_text(json.dumps(settings), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--config", str(tmp_path / "config.yaml"), "--all-files",
         "--hook-stage", stage],
        cwd=clone, text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    assert said in done.stdout


# --- reports ------------------------------------------------------------------------------------


def check_junit(path: Path, *, failures: int) -> ElementTree.Element:
    xmlschema.XMLSchema10(str(SCHEMAS / "junit-10.xsd")).validate(str(path))
    root = ElementTree.parse(path).getroot()
    assert int(root.get("failures", "")) == failures
    return root


def check_sarif(path: Path, rule: str | None) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(schema).validate(document)
    (run,) = document["runs"]
    errors = [result for result in run["results"] if result["level"] == "error"]
    assert [result["ruleId"] for result in errors] == ([] if rule is None else [rule])
    for result in errors:
        (place,) = result["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"] == "features.py"
