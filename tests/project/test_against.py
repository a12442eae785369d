"""``--against REF``: what has changed since a commit or a snapshot, asked of real repositories."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from featurecat.clock import SystemClock
from featurecat.errors import CatalogError, RequestError
from featurecat.project.against import states_against
from featurecat.project.changes import States
from featurecat.project.discover import find_project
from tests.support.projects import Nursery, ShopProject, make_shop

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

_WHO = ("-c", "user.name=Ann", "-c", "user.email=ann@shop.example", "-c", "commit.gpgsign=false")


def git(folder: Path, *words: str) -> str:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", "-C", str(folder), *_WHO, *words]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path, message: str = "more") -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def states(shop: ShopProject, reference: str = "main") -> States:
    return states_against(find_project(shop.root), SystemClock(), reference)


@pytest.fixture(scope="module")
def _committed_once(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Path:
    shop = make_shop(tmp_path_factory.mktemp("committed") / "shop", nursery)
    git(shop.root, "init", "--quiet", "--initial-branch", "main")
    shop.write(".gitignore", ".featurecat/\n__pycache__/\n")
    commit(shop.root, "the beginning")
    shop.ok("index")
    states(shop)  # keeps what was found at the commit
    return shop.root


@pytest.fixture
def committed(_committed_once: Path, tmp_path: Path, nursery: Nursery) -> ShopProject:
    """A project in a repository, committed and indexed; what its commit holds is kept."""
    shutil.copytree(_committed_once, tmp_path / "shop", symlinks=True)
    return ShopProject(tmp_path / "shop", nursery)


@pytest.fixture
def afresh(committed: ShopProject) -> ShopProject:
    """As ``committed``, nothing of the commit kept."""
    shutil.rmtree(committed.store.cache / "against")
    return committed


# --- listing -------------------------------------------------------------------------------------


def test_what_changed_is_listed_with_what_comes_of_it(committed: ShopProject) -> None:
    committed.replace("order_features.py", "DISCOUNT = 0.1", "DISCOUNT = 0.2")
    committed.replace("order_features.py", "net_amount * 0.2", "net_amount * 0.3")
    committed.replace("customer_features.py", "Age of the customer.", "Their age.")
    committed.ok("index")
    told = committed.ok("list", "state:modified", "--against", "main", "--why", "--csv")
    assert [line.split(",")[:2] for line in told.out.splitlines()] == [
        ["feature", "why"], ["net_amount", "state:modified (helper)"], ["shipping", "state:modified (body)"]
    ]  # fmt: skip
    below = committed.ok("list", "state:modified+ & not state:modified", "--against", "main", "--json")
    assert [(row["feature"], row["state"], row["reasons"]) for row in below.rows] == [("margin", "unmodified", [])]
    told = committed.ok("list", "state:modified+ & margin", "--against", "main", "--why", "--json").rows
    assert [row["why"] for row in told] == [["state:modified+ & margin from net_amount (helper)"]]
    told = committed.ok("list", "--against", "main", "--why", "--json").rows
    assert {row["feature"]: row["why"] for row in told if row["why"]} == {"net_amount": ["helper"], "shipping": ["body"]}
    rest = committed.ok("list", "state:unmodified", "--against", "HEAD", "--json").rows
    assert [row["feature"] for row in rest] == ["age_in_years", "mail_domain", "margin", "unit_price"]


def test_new_features_are_modified_too_and_removed_ones_are_named(committed: ShopProject) -> None:
    committed.replace("order_features.py", "def unit_price(", "def piece_price(")
    committed.ok("index")
    told = committed.ok("list", "state:modified", "--against", "main", "--why")
    assert told.out.splitlines()[1].split()[:3] == ["piece_price", "state:modified", "(new)"]
    assert "removed since main: unit_price" in told.err
    assert [row["feature"] for row in committed.ok("list", "state:new", "--against", "main", "--json").rows] == [
        "piece_price"
    ]


def test_what_was_not_indexed_again_is_told(committed: ShopProject) -> None:
    assert "older" not in committed.ok("list", "--against", "main").err
    committed.write("pandas_extra.py", "")  # no module names it
    assert "the catalog may be older than the files" in committed.ok("list", "--against", "main").err
    committed.replace("order_features.py", "DISCOUNT = 0.1", "DISCOUNT = 0.2")
    told = committed.ok("list", "--against", "main").err
    assert "the catalog is older than order_features" in told
    assert "may be older" not in told


def test_nothing_changed_is_an_empty_selection(committed: ShopProject) -> None:
    told = committed.run("list", "state:modified", "--against", "HEAD", "--json")
    assert (told.code, told.problems[0]["code"]) == (2, "empty-selection")
    assert committed.ok("list", "state:modified", "--against", "HEAD", "--allow-empty", "--json").rows == []


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["state:modified"], "invalid-option", "state:modified needs --against REF"),
        (["--why"], "invalid-option", "--why says by which term"),
        (["state:modfied", "--against", "main"], "invalid-selection", "there is no state 'modfied'"),
        (["state:breaking", "--against", "HEAD"], "empty-selection", "nothing is selected by state:breaking"),
        (["--against", "mian"], "against-unusable", "git knows no commit 'mian' here"),
        (["--against", ""], "against-unusable", "git knows no commit '' here"),
        (["--against=--help"], "against-unusable", "git knows no commit '--help' here"),
        (["--against", "snapshot:1999"], "against-unusable", "there is no snapshot '1999'"),
        (["--against", "snapshot:"], "against-unusable", "there is no snapshot ''"),
    ],
    ids=[
        "state alone",
        "why alone",
        "misspelt",
        "breaking",
        "no ref",
        "nothing",
        "an option",
        "no snapshot",
        "snapshot:",
    ],
)
def test_what_cannot_be_compared_is_refused(committed: ShopProject, words: list[str], code: str, message: str) -> None:
    told = committed.run("list", *words, "--json")
    assert told.code == 2
    assert told.problems[0]["code"] == code
    assert message in told.problems[0]["message"]
    assert told.problems[0]["hint"]


# --- commits -------------------------------------------------------------------------------------


def test_a_second_question_costs_no_index(committed: ShopProject) -> None:
    (kept,) = (path for path in (committed.store.cache / "against").glob("*.json") if "snapshot" not in path.name)
    document = json.loads(kept.read_text())
    del document["features"]["margin"]
    kept.write_text(json.dumps(document))
    assert states(committed).of("margin") == "new"
    assert states(committed).of("shipping") == "unmodified"
    kept.write_text("{")  # what cannot be read is found again
    assert states(committed).of("margin") == "unmodified"
    assert json.loads(kept.read_text())["features"]["margin"]


def test_neither_work_tree_nor_repository_are_touched(afresh: ShopProject, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = afresh.root.parent / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    hook = afresh.root / ".git" / "hooks" / "post-checkout"
    hook.write_text("#!/bin/sh\ntouch hooked\n")
    hook.chmod(0o755)
    afresh.replace("order_features.py", "DISCOUNT = 0.1", "DISCOUNT = 0.2")
    git(afresh.root, "add", "order_features.py")
    afresh.write("draft.py", "")
    before = (git(afresh.root, "status", "--porcelain"), (afresh.root / ".git" / "index").read_bytes())
    monkeypatch.setenv("GIT_INDEX_FILE", str(afresh.root / ".git" / "index"))  # as in a hook
    monkeypatch.setenv("GIT_DIR", str(afresh.root / ".git"))
    assert states(afresh).of("net_amount") == "unmodified"  # the catalog was not asked to look again
    monkeypatch.undo()
    assert (git(afresh.root, "status", "--porcelain"), (afresh.root / ".git" / "index").read_bytes()) == before
    assert git(afresh.root, "worktree", "list").count("\n") == 0
    assert list(temporary.iterdir()) == []
    assert not (afresh.root / "hooked").exists()


def test_a_project_below_the_top_of_its_repository(afresh: ShopProject, nursery: Nursery) -> None:
    repository = afresh.root.parent / "all"
    shutil.copytree(afresh.root, repository / "teams" / "shop", ignore=shutil.ignore_patterns(".git", ".featurecat"))
    shutil.copytree(repository / "teams" / "shop", repository / "teams" / "other")
    git(repository, "init", "--quiet", "--initial-branch", "main")
    commit(repository)
    shop = ShopProject(repository / "teams" / "shop", nursery)
    shop.replace("order_features.py", "net_amount - shipping", "net_amount - 2 * shipping")
    shop.ok("index")
    assert states(shop).reasons == {"margin": ("body",)}


@pytest.mark.skipif(sys.platform == "win32", reason="no such names of folders")
def test_a_folder_with_a_line_break_in_its_name(afresh: ShopProject, nursery: Nursery) -> None:
    moved = ShopProject(afresh.root.rename(afresh.root.with_name("odd\nplace")), nursery)
    assert set(states(moved, "HEAD").states.values()) == {"unmodified"}


def test_a_repository_without_commits_says_so(shop: ShopProject) -> None:
    git(shop.root, "init", "--quiet")
    shop.ok("index")
    with pytest.raises(RequestError, match="nothing was committed yet"):
        states(shop, "HEAD")


def test_modules_that_cannot_be_imported_there_are_a_clear_problem(afresh: ShopProject) -> None:
    good = (afresh.root / "order_features.py").read_text()
    afresh.write("order_features.py", "import no_such_library\n" + good)
    bad = commit(afresh.root)
    afresh.write("order_features.py", good)
    told = afresh.run("list", "--against", bad, "--json")
    assert told.code == 2
    (problem,) = told.problems
    assert problem["code"] == "against-unusable"
    assert problem["message"] == f"at {bad}, order_features cannot be imported"
    assert any("order_features.py:1: " in line and "no_such_library" in line for line in problem["details"])
    assert not any("featurecat-against" in line for line in problem["details"])
    shown = afresh.run("list", "--against", bad[:12])
    assert len(shown.err.splitlines()) <= 6


def test_other_problems_there_hide_only_what_they_are_about(afresh: ShopProject) -> None:
    afresh.write("customer_features.py", "def age_in_years(customers):\n    return customers\n")
    told = commit(afresh.root)
    git(afresh.root, "checkout", "--quiet", "HEAD~1")
    found = states(afresh, told)
    assert (found.of("age_in_years"), found.of("margin")) == ("new", "unmodified")
    assert "1 problem in the definitions" in found.notices[0]


def test_settings_that_cannot_be_read_there_are_a_clear_problem(afresh: ShopProject) -> None:
    good = (afresh.root / "pyproject.toml").read_text()
    afresh.write("pyproject.toml", f"{good}\n[tool.featurecat.unheard]\nof = 1\n")
    bad = commit(afresh.root)
    afresh.write("pyproject.toml", good)
    with pytest.raises(RequestError, match="cannot be read") as caught:
        states(afresh, bad)
    assert "unknown key unheard" in caught.value.problems[0].details[0]


def test_where_the_project_was_not_yet_everything_is_new(afresh: ShopProject) -> None:
    git(afresh.root, "checkout", "--quiet", "--orphan", "empty")
    git(afresh.root, "rm", "--quiet", "-r", "--cached", ".")
    git(afresh.root, "commit", "--quiet", "--allow-empty", "--message", "nothing yet")
    told = afresh.ok("list", "state:new", "--against", "empty", "--json")
    assert len(told.rows) == 6
    assert "the project is not in empty" in told.err
    afresh.write("pyproject.toml", "[tool.featurecat]\n")
    git(afresh.root, "add", "pyproject.toml")
    git(afresh.root, "commit", "--quiet", "--message", "settings")
    found = states(afresh, "empty")
    assert set(found.states.values()) == {"new"}
    assert "no modules are named in empty" in found.notices[0]


def test_an_interrupt_leaves_nothing_behind(afresh: ShopProject) -> None:
    good = (afresh.root / "order_features.py").read_text()
    afresh.write("order_features.py", "import os, signal\nos.kill(os.getppid(), signal.SIGINT)\n" + good)
    stopping = commit(afresh.root)
    afresh.write("order_features.py", good)
    temporary = afresh.root.parent / "temporary"
    temporary.mkdir()
    statement = "import sys; from featurecat.cli.main import main; sys.exit(main(['list', '--against', sys.argv[1]]))"
    environment = {**os.environ, "TMPDIR": str(temporary)}
    ended = subprocess.run(
        [sys.executable, "-c", statement, stopping], cwd=afresh.root, env=environment, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert ended.returncode not in (0, 2), ended.stderr
    assert "Traceback" not in ended.stderr
    assert list(temporary.iterdir()) == []


def test_a_shallow_clone_says_how_to_get_the_rest(afresh: ShopProject, nursery: Nursery) -> None:
    first = git(afresh.root, "rev-parse", "HEAD")
    afresh.write("notes.txt", "more\n")
    commit(afresh.root)
    clone = afresh.root.parent / "clone"
    git(afresh.root, "clone", "--quiet", "--depth", "1", afresh.root.as_uri(), str(clone))
    shop = ShopProject(clone, nursery)
    shop.ok("index")
    with pytest.raises(RequestError) as caught:
        states(shop, first)
    assert "git fetch --unshallow" in (caught.value.problems[0].hint or "")
    assert "fetch-depth: 0" in (caught.value.problems[0].hint or "")
    assert set(states(shop, "origin/main").states.values()) == {"unmodified"}


def test_a_branch_that_was_never_fetched_is_one_to_fetch(committed: ShopProject) -> None:
    with pytest.raises(RequestError) as caught:
        states(committed, "origin/release")
    assert caught.value.problems[0].hint == "git fetch origin release"
    with pytest.raises(RequestError, match="'mian'") as caught:
        states(committed, "mian")
    assert caught.value.problems[0].hint == "did you mean 'main'?"


def test_outside_of_git_only_snapshots_can_be_compared(shop: ShopProject) -> None:
    shop.ok("index")
    with pytest.raises(RequestError, match="is in no git checkout") as caught:
        states(shop)
    assert "snapshot:NAME" in (caught.value.problems[0].hint or "")


def test_nothing_indexed_yet_is_no_answer(committed: ShopProject) -> None:
    shutil.rmtree(committed.store.root)
    with pytest.raises(CatalogError, match="no catalog yet"):
        states(committed)


def test_old_commits_are_let_go_of(committed: ShopProject) -> None:
    kept = committed.store.cache / "against"
    for number in range(40):
        (kept / f"{number}.json").write_text("{}")
        os.utime(kept / f"{number}.json", (number, number))
    states(committed)
    left = {path.stem for path in kept.glob("*.json")}
    assert len(left) == 32
    assert "39" in left
    assert "0" not in left


def test_modules_written_for_hamilton_are_read_the_same_way_there(afresh: ShopProject) -> None:
    code = "import pandas as pd\nfrom hamilton.function_modifiers import tag\n\n\n"
    code += '@tag(team="a")\ndef doubled(orders: pd.DataFrame) -> pd.Series:\n    return orders["amount"] * 2\n'
    afresh.add_module("theirs", code)
    commit(afresh.root)
    afresh.replace("theirs.py", '"a"', '"b"')
    afresh.ok("index", "--hamilton")
    assert (
        afresh.ok("list", "state:unmodified", "--against", "HEAD", "--hamilton", "--json").rows[-1]["feature"]
        == "unit_price"
    )
    rows = afresh.ok("list", "doubled", "--against", "HEAD", "--hamilton", "--json").rows
    assert [row["state"] for row in rows] == ["unmodified"]


# --- snapshots, and definitions at hand ------------------------------------------------------------


def test_a_snapshot_can_be_compared_with_by_name_and_by_path(committed: ShopProject) -> None:
    (snapshot,) = committed.store.snapshots.glob("*.json")
    committed.replace("order_features.py", "range=(0.0, 1000.0)", "range=(0.0, 2000.0)")
    committed.ok("index")
    for reference in (f"snapshot:{snapshot.stem[:17]}", f"snapshot:{snapshot.name}", str(snapshot)):
        assert states(committed, reference).reasons == {"net_amount": ("expectation",)}
    with pytest.raises(RequestError, match="2 snapshots begin with '20'"):
        states(committed, "snapshot:20")
    snapshot.write_text(snapshot.read_text().replace("net_amount", "net_amounts"))
    with pytest.raises(RequestError, match="was changed"):
        states(committed, str(snapshot))


def test_definitions_at_hand_need_no_catalog(committed: ShopProject) -> None:
    committed.replace("order_features.py", "net_amount - shipping", "net_amount - 2 * shipping")
    statement = (
        "from featurecat.clock import SystemClock\n"
        "from featurecat.project.against import states_against\n"
        "from featurecat.project.discover import find_project\n"
        "from featurecat.project.index import definition_tables, read_project\n"
        "project = find_project()\n"
        "tables, _ = definition_tables(read_project(project))\n"
        "print(states_against(project, SystemClock(), 'main', tables=tables).reasons)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", statement], cwd=committed.root, capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "{'margin': ('body',)}"
