"""Finding the project, reading its settings, and what may be told of a problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from featurecat.errors import DefinitionError, Problem, RequestError
from featurecat.project.disclosure import hidden_secrets, known_secrets, without_folders, without_secrets
from featurecat.project.discover import find_project
from featurecat.project.outline import read_outline
from featurecat.project.settings import outline_of, read_settings
from tests.support.projects import SETTINGS, ShopProject


def written(folder: Path, text: str) -> Path:
    path = folder / "pyproject.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> list[Problem]:
    with pytest.raises(DefinitionError) as caught:
        read_settings(written(folder, text))
    return list(caught.value.problems)


# --- finding --------------------------------------------------------------------------------------


def test_the_nearest_parent_with_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, SETTINGS)
    inner = tmp_path / "packages" / "inner"
    inner.mkdir(parents=True)
    written(inner, "[project]\nname = 'inner'\n")
    for start in (tmp_path, inner, inner.parent):
        assert find_project(start).root == tmp_path
        monkeypatch.setenv("FEATURECAT_PROJECT", str(start))
        assert find_project().root == tmp_path
    other = tmp_path / "other"
    other.mkdir()
    assert find_project(other, store=Path("elsewhere")).store.root == Path.cwd() / "elsewhere"
    assert find_project(tmp_path).store.root == tmp_path / ".featurecat"


def test_without_settings_the_folder_is_the_project(tmp_path: Path) -> None:
    project = find_project(tmp_path, modules=["mine"])
    assert (project.root, project.name, project.declared) == (tmp_path, tmp_path.name, False)
    assert project.modules_of("default") == ["mine"] and project.settings.modules == []


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="there is no directory"):
        find_project(tmp_path / "absent")


def test_modules_lie_in_the_folder_or_in_src(shop: ShopProject) -> None:
    (shop.root / "src" / "deep").mkdir(parents=True)
    (shop.root / "customer_features.py").rename(shop.root / "src" / "deep" / "customers.py")
    shop.replace("pyproject.toml", '"customer_features"', '"deep.customers"')
    shop.ok("materialize", "--all", "-o", "out")
    assert shop.ok("show", "age_in_years", "--json").rows[0]["variants"][0]["file"] == "src/deep/customers.py"


# --- settings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("[tool.featurecat]\nmodule = []\n", 2, "unknown key module", "did you mean 'modules'"),
        ("[tool.featurecat]\nmodules = 'a'\n", 2, "modules", None),
        ("[tool.featurecat]\nmodules = []\nengine = 'panda'\n", 3, "'panda' is not an engine", None),
        ("[tool.featurecat]\n[tool.featurecat.sources.x]\nkey = ['a']\n", 2, "sources.x.path", None),
        ("[tool.featurecat.sources.x]\npath = 'p'\nkeys = []\n", 3, "unknown key sources.x.keys", "did you mean 'key'"),
        ("[tool.featurecat.sources.x]\npath = 'p'\nkey = ['a', 'a']\n", 3, "names a column twice", None),
        ("[tool.featurecat.sources]\nx = {path = 'p', kye = []}\n", 2, "sources.x.kye", "did you mean 'key'"),
        ("[tool.featurecat.graphs.default]\nmodules = []\n", 1, "cannot be the name", None),
        ("[tool.featurecat.graphs.lab]\nmodule = []\n", 2, "unknown key graphs.lab.module", "did you mean 'modules'"),
        ("[tool]\n[tool.featurecat]\nmodules = [\n", 3, "not valid TOML", "mend"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_settings(tmp_path: Path, text: str, line: int, message: str, hint: str | None) -> None:
    found = next(problem for problem in problems(tmp_path, text) if message in problem.message)
    assert (found.code, found.line) == ("invalid-settings", line)
    assert found.file is not None and found.file.endswith("pyproject.toml")
    assert hint is None or hint in (found.hint or "")


@pytest.mark.parametrize("table", ["sets", "consumers"])
@pytest.mark.parametrize("name", ["", " ", r"a\nb", r"\u001b[31mred"], ids=["empty", "blank", "line break", "escape"])
def test_names_that_cannot_be_shown(tmp_path: Path, table: str, name: str) -> None:
    [problem] = problems(tmp_path, f'[tool.featurecat.{table}."{name}"]\nfeatures = "spend"\n')
    assert "is no name" in problem.message and problem.message.isprintable()


def test_all_faults_at_once_and_no_values(tmp_path: Path) -> None:
    found = problems(tmp_path, "[tool.featurecat]\nmodules = 'hunter2'\nengin = 'x'\nstore = 5\n")
    assert len(found) == 3 and "hunter2" not in repr(found)


@pytest.mark.parametrize(
    "text", [SETTINGS, "[tool.featurecat]\n", "[tool.featurecat.graphs.lab]\nmodules = ['a']\n", "[tool.featurecat]\nstore = 'there'\nname = 'n'\n"]
)
def test_the_outline_says_what_the_settings_say(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    assert read_outline(path) == outline_of(read_settings(path))


@pytest.mark.parametrize("text", ["[tool.featurecat]\nmodules = 'a'\n", "[tool.featurecat]\nmodul = []\n", "[tool.featurecat\n", "[tool.featurecat]\ngraphs = 3\n"])
def test_the_outline_leaves_faults_to_the_settings(tmp_path: Path, text: str) -> None:
    assert read_outline(written(tmp_path, text)) is None


# --- what may be told -----------------------------------------------------------------------------


def test_paths_are_told_as_they_would_be_typed() -> None:
    problem = Problem("import-error", "/srv/shop/a.py and /srv/shop-two/b.py", "/srv/shop/a.py", 3, "see /srv/shop/x", "f", ("x/srv/shop/y",))
    told = without_folders(problem, [Path("/srv/shop"), Path("/")])
    assert told.message == "a.py and /srv/shop-two/b.py"
    assert (told.place, told.hint, told.details) == ("a.py:3", "see x", ("x/srv/shop/y",))


def test_secrets_are_told_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", "s3cr3t-1")
    secrets = known_secrets(["--config", "db_password=s3cr3t-2", "--input", "x=pg://ann:s3cr3t-3@host/db"], ["s3cr3t-4"])
    text = "s3cr3t-1 s3cr3t-2 s3cr3t-3 s3cr3t-4"
    told = without_secrets(Problem("import-error", text, text, 1, text, None, (text,)), secrets)
    assert "s3cr3t" not in repr(told)
    with pytest.raises(RequestError) as caught, hidden_secrets(Path("/p"), secrets):
        raise RequestError(text)
    assert "s3cr3t" not in str(caught.value) and caught.value.secrets == secrets
