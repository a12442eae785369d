"""Done: "installed from the built wheel into an empty environment, featurecat docs build on examples/flights gives the
site; a project with its own Sphinx adds one line and gets domain, directives and pages".

It takes minutes and a package index, so it runs only when ``FEATURECAT_FRESH_CLONE=1`` asks for it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.site_catalogs import page_types

pytestmark = [pytest.mark.component("fresh-clone"), pytest.mark.component("flights")]

MINUTES = 600
SHIPPED = (
    "featurecat_sphinx/__init__.py", "featurecat_sphinx/site/conf.py", "featurecat_sphinx/site/index.rst",
    *(f"featurecat_sphinx/static/fc/{name}" for name in
      ("fc.css", "explorer.js", "lineage.js", "palette.js", "page.js", "LICENSES.txt")),
)  # fmt: skip


@dataclass(frozen=True)
class Installed:
    """An environment that holds featurecat from its wheel and nothing of the checkout."""

    wheel: Path
    directory: Path

    def run(self, *words: str | Path, at: Path) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment; it must succeed."""
        kept = ("PATH", "HOME", "LANG", "TMPDIR")
        environment = {
            name: text for name, text in os.environ.items() if name in kept or name.startswith(("PIP_", "UV_", "SSL_"))
        }
        program, *arguments = map(str, words)
        done = subprocess.run(
            [str(self.directory / "bin" / program), *arguments],
            cwd=at, env=environment, capture_output=True, text=True, check=False, timeout=MINUTES,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return done


@pytest.fixture(scope="module")
def installed(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    place = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--wheel-dir", str(place), str(repository)], check=True, timeout=MINUTES
    )
    (wheel,) = place.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", str(place / "environment")], check=True, timeout=MINUTES)
    environment = Installed(wheel, place / "environment")
    constraints = repository / "constraints" / "current.txt"
    environment.run("pip", "install", "--quiet", "--constraint", constraints, f"{wheel}[demo,docs]", at=place)
    return environment


@pytest.fixture(scope="module")
def flights(installed: Installed, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("flights") / "flights"
    left_out = shutil.ignore_patterns(".featurecat", "__pycache__", "data", "*.parquet")
    shutil.copytree(repository / "examples" / "flights", root, ignore=left_out)
    installed.run("python", "prepare_data.py", at=root)
    installed.run("featurecat", "index", at=root)
    return root


def test_the_wheel_holds_what_the_site_needs(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as archive:
        names = set(archive.namelist())
    assert set(SHIPPED) <= names, set(SHIPPED) - names
    assert not [name for name in names if "node_modules" in name or name.endswith((".ts", ".map"))]


def test_docs_build_gives_the_site(installed: Installed, flights: Path, tmp_path: Path) -> None:
    told = installed.run("featurecat", "docs", "build", "--output", tmp_path / "site", at=flights).stdout
    assert "features" in told
    kinds = {page.kind for page in page_types(tmp_path / "site")}
    assert kinds >= {
        "index", "explorer", "lineage", "matrix", "quality", "changelog",
        "features", "modules", "owners", "tags", "sources", "entities", "checks",
    }  # fmt: skip
    assert len(list((tmp_path / "site").glob("features/*/*.html"))) >= 40
    for name in ("feed.atom", "data/catalog.js", "data/catalog.json", "data/catalog.parquet", "data/catalog.duckdb"):
        assert (tmp_path / "site" / name).stat().st_size > 0


def test_one_line_in_a_sphinx_project(installed: Installed, flights: Path, tmp_path: Path) -> None:
    docs = flights / "docs"
    docs.mkdir()
    (docs / "conf.py").write_text('project = "theirs"\nextensions = ["featurecat_sphinx"]\n', encoding="utf-8")
    listed = installed.run("featurecat", "list", "--json", at=flights).stdout
    name = listed.partition('"feature": "')[2].partition('"')[0] or listed.partition('"feature":"')[2].partition('"')[0]
    (docs / "index.rst").write_text(
        f"Theirs\n======\n\nSee :fc:feature:`{name}` and :fc:source:`flights`.\n\n.. fc:feature:: {name}\n\n"
        f".. fc:table::\n   :select: {name}+1\n\n.. fc:lineage:: {name}\n\n.. fc:quality::\n\n.. fc:owners::\n\n"
        ".. fc:changelog::\n\n.. fc:stats::\n",
        encoding="utf-8",
    )
    html = tmp_path / "html"
    done = installed.run("python", "-m", "sphinx", "-W", "-q", "-d", tmp_path / "trees", docs, html, at=flights)
    assert done.stderr == ""
    page = (html / "index.html").read_text(encoding="utf-8")
    assert (
        f"/{name}.html" in page and 'href="sources/flights.html"' in page and "fc:" not in page.replace("data-fc", "")
    )
    assert list(html.glob(f"features/*/{name}.html"))
    inventory = (html / "objects.inv").read_bytes().split(b"\n", 4)[4]
    assert f"{name} fc:feature " in zlib.decompress(inventory).decode()
