"""Done: "the guide 'Put the gate into your CI' was followed from its text alone".

Files are written and commands typed as the guide prints them, in an empty folder; then the jobs that it leads to run on the
branches that it pushed, and on one with the waiver that it shows.
"""

from __future__ import annotations

import datetime
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.docs.running import Desk
from tests.docs.written import Block, blocks_of, with_texts
from tests.support.pipelines import Forge, Job, git, github_job, gitlab_job, without_service
from tests.support.projects import Nursery, Told

pytestmark = pytest.mark.component("pre-commit")

pytestmark = pytest.mark.component("yaml")

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "gate-in-ci.md"
#: For commands that the nursery runs, whose own environment is that of whoever started the tests.
NO_SERVICE = {"CI": "", "GITHUB_ACTIONS": "", "GITHUB_STEP_SUMMARY": ""}


class AtADesk:
    """A nursery whose commands run in no service."""

    def __init__(self, nursery: Nursery) -> None:
        self.nursery = nursery

    def run(self, cases: Sequence[Mapping[str, Any]]) -> list[Told]:
        return self.nursery.run([{**case, "environment": NO_SERVICE} for case in cases])


@dataclass(frozen=True)
class Followed:
    """The guide after its last line: what it says, what it should, and what is there."""

    page: str
    right: str
    project: Path
    forge: Forge

    def jobs(self, name: str) -> Any:
        import yaml

        return yaml.safe_load((self.project / name).read_text(encoding="utf-8"))

    def pull_request(self, branch: str, name: str) -> Job:
        clone = self.forge.clone(name, branch=branch, merged=True)
        job = self.jobs(".github/workflows/features.yml")["jobs"]["changed"]
        return github_job(job, clone, "pull_request", {"GITHUB_BASE_REF": "main", "GITHUB_HEAD_REF": branch})

    def merge_request(self, branch: str, name: str, job: str) -> Job:
        clone = self.forge.clone(name, branch=branch, merged=False)
        variables = {
            "CI_PIPELINE_SOURCE": "merge_request_event",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": git(clone, "merge-base", "HEAD", "origin/main"),
        }
        return gitlab_job(self.jobs(".gitlab-ci.yml"), job, clone, variables)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Iterator[Followed]:
    """The guide, done as it is printed."""
    folder = tmp_path_factory.mktemp("guide")
    with pytest.MonkeyPatch.context() as environment:
        without_service(environment, folder / "home")
        page = GUIDE.read_text(encoding="utf-8")
        desk = Desk(folder / "empty", AtADesk(nursery))  # type: ignore[arg-type]
        texts: dict[int, str] = {}
        for block in blocks_of(page):
            if block.file:
                desk.write(block)
            elif block.language == "console":
                texts[block.start] = desk.typed(block)
        forge = Forge(folder / "empty" / "shop.git", folder / "clones")
        yield Followed(page, with_texts(page, texts), desk.directory, forge)


def test_the_guide_can_be_followed_as_it_stands(followed, request):
    if request.config.getoption("--regenerate"):
        GUIDE.write_text(followed.right, encoding="utf-8")
    else:
        assert followed.page == followed.right


def test_nothing_in_it_is_left_untried(followed):
    for block in blocks_of(followed.page):
        assert block.file or block.language in ("console", "sh"), block
        if block.language == "sh":  # what the environment of the tests has done already
            assert all(line.startswith("pip install ") for line in block.text.splitlines())
    typed = [
        line for block in blocks_of(followed.page) for line in block.text.splitlines() if line.startswith(("$ ", "> "))
    ]
    assert [line for line in typed if len(line) > 82] == []


def test_what_broke_at_the_desk_reached_no_branch(followed):
    branches = git(followed.project, "ls-remote", "--heads", "origin")
    assert {line.rpartition("/")[2] for line in branches.splitlines()} == {"main", "larger-orders", "ratchet"}


def test_the_jobs_say_what_the_hooks_said(followed):
    git(followed.project, "push", "-q", "--no-verify", "origin", "cheaper-shipping")
    assert followed.pull_request("larger-orders", "github-fine").codes == [0, 0]
    assert followed.pull_request("cheaper-shipping", "github-broken").codes == [0, 1]
    assert followed.merge_request("larger-orders", "gitlab-fine", "features-changed").codes == [0]
    assert followed.merge_request("cheaper-shipping", "gitlab-broken", "features-changed").codes == [1]


def test_the_ratchet_is_a_branch_like_any_other(followed):
    assert followed.pull_request("ratchet", "github-ratchet").codes == [0, 0]
    baseline = git(followed.project, "show", "ratchet:featurecat-baseline.json")
    assert "margin_share" not in baseline
    assert "is_large" in baseline


def test_the_waiver_of_the_guide_lets_the_change_pass(followed):
    git(followed.project, "switch", "-q", "-c", "waived", "cheaper-shipping")
    source = followed.project / "features.py"
    shown = _waiver(followed.page)
    until = datetime.date.today() + datetime.timedelta(days=30)
    shown = re.sub(r"until=[\d-]+", f"until={until}", shown)
    decorated = "\n".join(shown.splitlines()[1:])
    text = source.read_text(encoding="utf-8")
    assert decorated in text
    source.write_text(text.replace(decorated, shown), encoding="utf-8")
    git(followed.project, "commit", "-q", "-a", "-m", "Waived")
    git(followed.project, "push", "-q", "origin", "waived")  # the hook lets it pass, too
    assert followed.pull_request("waived", "github-waived").codes == [0, 0]


def _waiver(page: str) -> str:
    (found,) = re.findall(r"^   ```python\n(.*?)^   ```$", page, flags=re.MULTILINE | re.DOTALL)
    return textwrap.dedent(found).strip()


def test_a_job_does_not_change_the_baseline(followed):
    clone = followed.forge.clone("no-update", branch="main", merged=False)
    job = {"steps": [{"run": "featurecat check --compute --update-baseline"}]}
    assert github_job(job, clone, "pull_request", {}).codes == [2]


def test_the_recipes_are_those_of_the_guide(followed, repository):
    written: dict[str, Block] = {block.file: block for block in blocks_of(followed.page) if block.language == "yaml"}
    recipes = {
        ".github/workflows/features.yml": "github-actions.yml",
        ".gitlab-ci.yml": "gitlab-ci.yml",
        ".pre-commit-config.yaml": "pre-commit-config.yaml",
    }
    assert written.keys() == recipes.keys()
    for name, recipe in recipes.items():
        assert written[name].text + "\n" == (repository / "docs" / "ci" / recipe).read_text(encoding="utf-8")
