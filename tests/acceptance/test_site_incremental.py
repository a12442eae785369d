"""Done: "incremental build equals clean build byte for byte after any sequence of catalog edits; parallel equals serial;
nothing is written to the source directory; furo, alabaster and pydata themes".
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.support.projects import REPOSITORY, Nursery, ShopProject
from tests.support.site_catalogs import EDITS, docs_build, edit_project, sphinx_build, sphinx_project, tree_of

pytestmark = pytest.mark.component("sphinx")

THEMES = ("furo", "alabaster", "pydata_sphinx_theme")
edits = st.tuples(st.sampled_from(EDITS), st.integers(0, 2))


def copied(project: ShopProject, place: Path) -> ShopProject:
    shutil.copytree(project.root, place)
    return ShopProject(place, project.nursery)


def clean_build(project: ShopProject, output: Path, *words: str) -> dict[str, str]:
    """The site that is built with nothing remembered, of the same catalog."""
    shutil.rmtree(project.store.cache / "site", ignore_errors=True)
    docs_build(project.root, output, *words)
    return tree_of(output)


@settings(max_examples=4, phases=[Phase.generate])  # a build takes seconds: what fails is shown as it was found
@given(st.lists(st.lists(edits, min_size=1, max_size=3), min_size=1, max_size=3))
def test_incremental_equals_clean(
    site_project: ShopProject, nursery: Nursery, batches: list[list[tuple[str, int]]]
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        project = copied(site_project, Path(scratch) / "shop")
        grown = Path(scratch) / "grown"
        docs_build(project.root, grown)
        for batch in batches:
            for kind, number in batch:
                edit_project(project, kind, number)
            docs_build(project.root, grown)
        assert tree_of(grown) == clean_build(project, Path(scratch) / "clean")


@pytest.mark.parametrize("kind", EDITS)
def test_each_edit_alone(kind: str, site_project: ShopProject, tmp_path: Path) -> None:
    project = copied(site_project, tmp_path / "shop")
    docs_build(project.root, tmp_path / "grown")
    edit_project(project, kind, 1)
    docs_build(project.root, tmp_path / "grown")
    assert tree_of(tmp_path / "grown") == clean_build(project, tmp_path / "clean")


def test_a_sphinx_project_of_theirs_grows_the_same(site_project: ShopProject, tmp_path: Path) -> None:
    project = copied(site_project, tmp_path / "shop")
    source = sphinx_project(tmp_path / "docs", project.store.catalog)
    for kind in ("owner", "remove", "rename", "docstring", "run"):
        edit_project(project, kind, 2)
        done = sphinx_build(source, tmp_path / "grown", tmp_path / "doctrees")
        assert (done.returncode, done.stderr) == (0, "")
    assert sphinx_build(source, tmp_path / "clean", tmp_path / "others").returncode == 0
    assert tree_of(tmp_path / "grown") == tree_of(tmp_path / "clean")


def test_nothing_changed_writes_no_page(built_site: Path, site_project: ShopProject, tmp_path: Path) -> None:
    project, output = copied(site_project, tmp_path / "shop"), tmp_path / "site"
    docs_build(project.root, output)
    before = {path: path.stat().st_mtime_ns for path in output.glob("features/*/*.html")}
    docs_build(project.root, output)
    assert {path: path.stat().st_mtime_ns for path in output.glob("features/*/*.html")} == before
    assert tree_of(output).keys() == tree_of(built_site).keys()


def test_one_changed_docstring_writes_few_pages(site_project: ShopProject, tmp_path: Path) -> None:
    project, output = copied(site_project, tmp_path / "shop"), tmp_path / "site"
    docs_build(project.root, output)
    before = {path: path.read_bytes() for path in output.glob("features/*/*.html")}
    stamps = {path: path.stat().st_mtime_ns for path in before}
    edit_project(project, "docstring", 1)
    docs_build(project.root, output)
    written = {path for path in before if path.stat().st_mtime_ns != stamps[path]}
    assert {path.stem for path in written} >= {"old_margin"}
    assert written == {path for path in before if path.read_bytes() != before[path]}


def test_a_page_that_was_lost_is_written_again(site_project: ShopProject, tmp_path: Path) -> None:
    project, output = copied(site_project, tmp_path / "shop"), tmp_path / "site"
    docs_build(project.root, output)
    before = tree_of(output)
    next(output.glob("features/*/margin.html")).unlink()
    docs_build(project.root, output)
    assert tree_of(output) == before


def test_parallel_equals_serial(site_project: ShopProject, tmp_path: Path) -> None:
    project = copied(site_project, tmp_path / "shop")
    assert clean_build(project, tmp_path / "two", "--jobs", "2") == clean_build(project, tmp_path / "one")
    source = sphinx_project(tmp_path / "docs", project.store.catalog)
    for number in range(8):  # Sphinx reads in parallel from six documents on
        text = f"Page {number}\n======\n\n:fc:feature:`margin` and :fc:count:`owner:ops`\n\n.. fc:lineage:: margin\n"
        (source / f"page{number}.rst").write_text(f":orphan:\n\n{text}", encoding="utf-8")
    for jobs in ("1", "2"):
        done = sphinx_build(source, tmp_path / f"html{jobs}", tmp_path / f"trees{jobs}", "-j", jobs)
        assert (done.returncode, done.stderr) == (0, "")
    assert tree_of(tmp_path / "html1") == tree_of(tmp_path / "html2")


def test_builds_equal_wherever_they_lie(site_project: ShopProject, tmp_path: Path) -> None:
    trees = []
    for name in ("here", "somewhere-else"):
        project = copied(site_project, tmp_path / name / "shop")
        trees.append(clean_build(project, tmp_path / name / "site"))
    assert trees[0] == trees[1]


def test_nothing_is_written_to_the_source(site_project: ShopProject, tmp_path: Path) -> None:
    project = copied(site_project, tmp_path / "shop")
    source = sphinx_project(tmp_path / "docs", project.store.catalog)
    left_out = ("cache", "locks", "__pycache__")
    before = [tree_of(place, without=left_out) for place in (project.root, source, REPOSITORY / "catalog_site")]
    docs_build(project.root, tmp_path / "site")
    assert sphinx_build(source, tmp_path / "html", tmp_path / "trees").returncode == 0
    after = [tree_of(place, without=left_out) for place in (project.root, source, REPOSITORY / "catalog_site")]
    assert before == after


@pytest.mark.parametrize("theme", THEMES)
def test_themes(theme: str, site_project: ShopProject, tmp_path: Path) -> None:
    docs_build(site_project.root, tmp_path / "site", "--theme", theme, "--fresh")
    page = next((tmp_path / "site").glob("features/*/margin.html")).read_text(encoding="utf-8")
    assert page.count("<h1") - page.count('<h1 class="logo"') == 1  # alabaster shows the project's name as one
    assert page.count("<html") == page.count("</html>") == 1
    assert "<svg" in page and "net_amount" in page and "placeholder" not in page.replace("placeholder=", "")
    source = sphinx_project(tmp_path / "docs", site_project.store.catalog, theme=theme)
    done = sphinx_build(source, tmp_path / "html", tmp_path / "trees", "-W", "--keep-going")
    assert (done.returncode, done.stderr) == (0, "")
    again = sphinx_build(source, tmp_path / "html", tmp_path / "trees", "-W")
    assert (again.returncode, again.stderr) == (0, "")
