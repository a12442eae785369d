"""Small real projects whose catalogs the discovery site is built of, and ways to change them and to build."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.projects import REPOSITORY, Nursery, ShopProject, make_shop

__all__ = [
    "EDITS",
    "HOSTILE_DOCSTRING",
    "HOSTILE_TEXTS",
    "Page",
    "built_site",
    "docs_build",
    "edit_project",
    "page_types",
    "site_environment",
    "sphinx_build",
    "sphinx_project",
    "tiny_catalog",
    "tiny_project",
    "tree_of",
]

#: Where :mod:`featurecat_sphinx` lies in a checkout.
EXTENSION = REPOSITORY / "sphinx_ext"

#: Texts that would run, break out or disappear if a page took them for markup.
HOSTILE_TEXTS = (
    "<script>window.attacked = 1</script>",
    "</script><script>window.attacked = 2</script>",
    '"><img src=x onerror="window.attacked = 3">',
    "'-alert(1)-'",
    "{{ 7 * 191 }}{% raw %}",
    "<!-- --><svg/onload=window.attacked=4>",
    "]]><b>bold</b>",
    "line\u2028separator\u2029paragraph",
    "right-to-left \u202eesrever\u202c zero\u200bwidth",
    "emoji \U0001f9ea combining e\u0301\u0301\u0301 null-ish \ufffd",
    "javascript:window.attacked=5",
)

HOSTILE_DOCSTRING = r"""Attacks & <b>markup</b> <script>window.attacked = 10</script>.

.. raw:: html

   <script>window.attacked = 11</script><p id="raw-html">raw</p>

.. include:: /etc/passwd

.. literalinclude:: /etc/passwd

.. csv-table::
   :file: /etc/passwd

.. image:: https://attacker.example/pixel.png

.. role:: evil(raw)
   :format: html

:evil:`<script>window.attacked = 12</script>`

.. _same: javascript:window.attacked=13

A `link <javascript:window.attacked=14>`_ and a same_ one.

.. only:: html

   shown

.. |sub| raw:: html

   <script>window.attacked = 15</script>

|sub|

</script><script>window.attacked = 16</script>

{{ 7 * 191 }} {% for x in y %}

*unbalanced **markup `everywhere
"""

SITE_FEATURES = '''
"""What the site has to show of everything: <b>awkward</b> & "quoted"."""

import pandas as pd

from featurecat import check_output, config, feature, tag


@tag(team="sales/eu", note="a & b <c>")
@feature(owner="crm & friends", unit="EUR", freshness="1h")
@check_output(range=(0.0, 20.0), importance="warn")
def Zähler_große_Summe(orders: pd.DataFrame) -> pd.Series:
    """A name with letters of more than one language.

    It is made of :fc:source:`orders` and feeds :fc:feature:`a_very_long_name`.

    * first
    * second

    .. note:: Beware.
    """
    return orders["amount"]


@feature(status="deprecated", sunset="2026-01-01", replaced_by="margin", owner="ops")
def old_margin(net_amount: pd.Series) -> pd.Series:
    """Left as it was.

    Args:
        net_amount: What comes in.

    Returns:
        The same.
    """
    return net_amount


@feature(status="experimental")
@check_output(range=(0.0, 1.0), importance="warn")
@check_output(allow_nans=False)
def uses_the_old(old_margin: pd.Series, Zähler_große_Summe: pd.Series) -> pd.Series:
    return old_margin + Zähler_große_Summe


@tag(team="sales")
def a_very_long_name(Zähler_große_Summe: pd.Series) -> pd.Series:
    """What NumPy's way of writing makes of it.

    Returns
    -------
    pd.Series
        In the way of NumPy.
    """
    return Zähler_große_Summe


@feature(owner="ops")
@check_output(range=(0.0, 0.5), importance="fail")
def broken_share(orders: pd.DataFrame) -> pd.Series:
    """Has an expectation that fails whenever it is computed."""
    return orders["amount"] / orders["amount"].max()


@feature(pii=True, owner="crm & friends")
def initials(customers: pd.DataFrame) -> pd.Series:
    """First letters of the address."""
    return customers["email"].str[:1]
'''

#: Ways :func:`edit_project` changes a project.
EDITS = ("docstring", "rename", "add", "remove", "edge", "owner", "tag", "expectation", "status", "module", "run")


@dataclass(frozen=True)
class Page:
    """A kind of page, with the address of one of it relative to the root of the site."""

    kind: str
    address: str


def tiny_project(root: Path, nursery: Nursery, *, runs: int = 2) -> ShopProject:
    """The shop with what makes a site interesting, and ``runs`` runs of it.

    It has letters of several languages, personal data, a deprecated feature that is still used, an experimental one,
    an expectation that fails, one that never ran, features without owner or docstring, and two sources.
    """
    project = make_shop(root, nursery)
    project.add_module("site_features", SITE_FEATURES)
    project.ok("index")
    for _ in range(runs):
        project.ok("materialize", "margin,a_very_long_name,uses_the_old,initials,age_in_years", "--output", "out")
    failed = project.run("materialize", "broken_share", "--output", "broken.parquet")
    assert failed.code == 1, (failed.code, failed.err)
    project.ok("index")
    return project


def tiny_catalog(root: Path, nursery: Nursery) -> Path:
    """The catalog of :func:`tiny_project`."""
    return tiny_project(root, nursery).store.catalog


def edit_project(project: ShopProject, kind: str, number: int = 0) -> None:
    """Change a project made by :func:`tiny_project` in one of the ways of :data:`EDITS`, and index it.

    An edit whose place is gone by an earlier one changes nothing.
    """
    path = project.root / "site_features.py"
    text = path.read_text(encoding="utf-8")
    added = f'\n\ndef added_{number}(margin: pd.Series) -> pd.Series:\n    """Added number {number}."""\n    return margin\n'
    if kind == "run":
        project.ok("materialize", ("margin", "initials")[number % 2], "--output", f"again_{number}.parquet")
    elif kind == "module":
        other = project.root / "customer_features.py"
        further, there = added.replace("added_", "further_"), other.read_text(encoding="utf-8")
        other.write_text(there + ("" if further in there else further), encoding="utf-8")
    elif kind == "add":
        path.write_text(text + ("" if f"def added_{number}(" in text else added), encoding="utf-8")
    elif kind == "remove":
        path.write_text(re.sub(r"(?ms)\n\ndef added_\d+\(.*?    return margin\n", "", text, count=1), encoding="utf-8")
    else:
        old, new = _replacement(kind, number)
        path.write_text(re.sub(old, new, text, count=1), encoding="utf-8")
    project.ok("index")


def _replacement(kind: str, number: int) -> tuple[str, str]:
    """What to look for, and what to put in its place."""
    return {
        "docstring": (r'"""Left as it was[^\n]*\n', f'"""Left as it was, {number} times & <more>.\n'),
        "rename": (r"def uses_the_old\w*\(", f"def uses_the_old_{number}("),
        "edge": (
            r"old_margin: pd\.Series, (net_amount: pd\.Series, )?",
            "old_margin: pd.Series, net_amount: pd.Series, " if number % 2 else "",
        ),
        "owner": (r'owner="ops[^"]*"', f'owner="ops {number}"'),
        "tag": (r'team="sales/eu[^"]*"', f'team="sales/eu/{number}"'),
        "expectation": (r"range=\(0\.0, 20\.0\)|range=\(0\.0, 9\d*\.0\)", f"range=(0.0, 9{number}.0)"),
        "status": (r'status="(experimental|stable)"', f'status="{("experimental", "deprecated")[number % 2]}"'),
    }[kind]


# --- building --------------------------------------------------------------------------------------


def site_environment() -> dict[str, str]:
    """The environment of a process that builds a site out of this checkout."""
    places = [str(REPOSITORY), str(EXTENSION), os.environ.get("PYTHONPATH", "")]
    kept = {name: text for name, text in os.environ.items() if not name.startswith("FEATURECAT_")}
    return {**kept, "PYTHONPATH": os.pathsep.join(place for place in places if place), "PYTHONHASHSEED": "0"}


def docs_build(root: Path, output: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """``featurecat docs build`` in a process of its own; it must succeed."""
    command = [sys.executable, "-m", "featurecat", "docs", "build", "-q", "--output", str(output), *words]
    done = subprocess.run(
        command, cwd=root, env=site_environment(), capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, (done.stdout, done.stderr)
    return done


def sphinx_project(
    directory: Path, catalog: Path, *, theme: str = "furo", settings: Mapping[str, object] | None = None
) -> Path:
    """A Sphinx project of somebody else that took the extension in with one line."""
    directory.mkdir(parents=True, exist_ok=True)
    values = {"html_theme": theme, "fc_catalog": str(catalog), "project": "theirs", **(settings or {})}
    lines = [f"{name} = {value!r}" for name, value in values.items()]
    (directory / "conf.py").write_text("\n".join(['extensions = ["featurecat_sphinx"]', *lines, ""]), encoding="utf-8")
    (directory / "index.rst").write_text(
        "Theirs\n======\n\nSee :fc:feature:`margin` of :fc:source:`orders`.\n\n"
        ".. fc:table::\n   :select: owner:ops\n\n.. fc:feature:: margin\n\n.. fc:stats::\n",
        encoding="utf-8",
    )
    return directory


def sphinx_build(source: Path, output: Path, doctrees: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """``sphinx-build`` of a project in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-b",
        "html",
        "-d",
        str(doctrees),
        *words,
        str(source),
        str(output),
    ]
    return subprocess.run(command, env=site_environment(), capture_output=True, text=True, check=False, timeout=300)


def tree_of(directory: Path, *, without: Sequence[str] = (".buildinfo", ".doctrees")) -> dict[str, str]:
    """Hash of every file below a directory by its relative path; what ``without`` names is left out."""
    return {
        path.relative_to(directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and not set(path.relative_to(directory).parts) & set(without)
    }


def page_types(site: Path) -> list[Page]:
    """One page of every kind that a site has, in a fixed order."""

    def first(pattern: str) -> Iterator[Page]:
        found = sorted(site.glob(pattern))
        kind = pattern.partition("/")[0].removesuffix(".html")
        if found:
            yield Page(kind, found[0].relative_to(site).as_posix())

    single = ("index", "explorer", "lineage", "matrix", "quality", "changelog", "modules", "owners", "tags", "search")
    grouped = (
        "features/*/*.html",
        "modules/*.html",
        "owners/*.html",
        "tags/*.html",
        "sources/*.html",
        "entities/*.html",
        "checks/*.html",
    )
    return [
        *(Page(name, f"{name}.html") for name in single if (site / f"{name}.html").is_file()),
        *(page for pattern in grouped for page in first(pattern)),
    ]


@pytest.fixture(scope="session")
def site_project(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> ShopProject:
    """See :func:`tiny_project`; one for the session, not to be changed."""
    return tiny_project(tmp_path_factory.mktemp("site") / "shop", nursery)


@pytest.fixture(scope="session")
def built_site(site_project: ShopProject, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of :func:`tiny_project`, as ``featurecat docs build`` makes it; not to be changed."""
    output = tmp_path_factory.mktemp("built") / "site"
    docs_build(site_project.root, output)
    return output
