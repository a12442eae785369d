"""Write the constraints files anew: resolve each environment in a clean virtual environment and freeze it.

    python constraints/freeze.py current oldest spark
    python constraints/freeze.py oldest --keep .cache/oldest    # leave the environment there

What goes into an environment is read from pyproject.toml, so the files follow it. ``oldest`` takes each
dependency at its lower bound, the others the newest releases that fit. No address of an index and no hash is
written: the files hold with any package index.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SELF_REFERENCE = re.compile(rf"{PROJECT['name']}\[(?P<extras>[^\]]+)\]$")
LOWER_BOUND = re.compile(r"(?P<name>[A-Za-z0-9._-]+)>=(?P<version>[0-9.]+)$")


@dataclass(frozen=True, slots=True)
class Environment:
    """What one constraints file is for."""

    purpose: str
    extras: tuple[str, ...]
    lower_bounds: bool = False
    #: pins for what others pull in and their lower bounds do not hold down
    further: tuple[str, ...] = ()


ENVIRONMENTS = {
    "current": Environment("the newest releases, for development", ("dev", "examples", "docs", "bench")),
    "oldest": Environment(
        "the lower bounds of pyproject.toml", ("test", "demo", "docs"), lower_bounds=True, further=("furo==2024.8.*", "numpy==1.26.*", "openpyxl==3.1.*", "pyyaml==6.0.*", "sphinx==8.0.*", "sqlalchemy==2.0.30")
    ),
    "spark": Environment("Spark, with the newest pandas it works with", ("spark", "test", "demo")),
}


def requirements(environment: Environment) -> Iterator[str]:
    """The requirements to install, lower bounds turned into pins where the environment wants that."""
    for requirement in PROJECT["dependencies"]:
        bound = LOWER_BOUND.match(requirement)
        if bound is None:
            raise SystemExit(f"pyproject.toml: {requirement!r} has no plain lower bound")
        yield f"{bound['name']}=={bound['version']}.*" if environment.lower_bounds else requirement
    yield from environment.further
    for extra in environment.extras:
        yield from extra_requirements(extra)


def extra_requirements(extra: str) -> Iterator[str]:
    """The requirements of one extra, with the extras it names itself."""
    for requirement in PROJECT["optional-dependencies"][extra]:
        reference = SELF_REFERENCE.match(requirement)
        if reference is None:
            yield requirement
        else:
            for name in reference["extras"].split(","):
                yield from extra_requirements(name.strip())


def package_name(pin: str) -> str:
    """What a pin pins, for sorting."""
    return pin.partition("==")[0].lower()


def freeze(name: str, directory: Path) -> str:
    """The text of one constraints file, made by installing into ``directory``."""
    environment = ENVIRONMENTS[name]
    venv.create(directory, with_pip=True, clear=True)
    python = directory / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *requirements(environment)], check=True)
    frozen = subprocess.run([python, "-m", "pip", "freeze"], check=True, capture_output=True, text=True).stdout
    pins = sorted((line for line in frozen.splitlines() if "==" in line), key=package_name)
    heading = [
        f"# {name}: {environment.purpose} (Python {sys.version_info.major}.{sys.version_info.minor}).",
        "# Written by `make constraints`; change pyproject.toml instead.",
    ]
    return "\n".join([*heading, *pins, ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", choices=sorted(ENVIRONMENTS), metavar="name")
    parser.add_argument("--keep", type=Path, help="keep the environment in this directory (one name only)")
    options = parser.parse_args()
    if options.keep and len(options.names) > 1:
        parser.error("--keep works with one name")
    for name in options.names:
        with tempfile.TemporaryDirectory() as scratch:
            text = freeze(name, options.keep or Path(scratch))
        target = ROOT / "constraints" / f"{name}.txt"
        target.write_text(text, encoding="utf-8")
        print(f"{target.relative_to(ROOT)}: {text.count('==')} packages")


if __name__ == "__main__":
    main()
