"""A small real project in a folder, and the command line at work in it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from featurecat.records import Manifest
from featurecat.storage.layout import Store, list_manifests
from featurecat.storage.manifest import read_manifest
from featurecat.storage.parquet import content_hash

REPOSITORY = Path(__file__).resolve().parents[2]

SETTINGS = """
[project]
name = "shop"
version = "1.0"

[tool.featurecat]
modules = ["order_features", "customer_features"]

[tool.featurecat.sources.orders]
path = "data/orders.parquet"
key = ["order"]

[tool.featurecat.sources.customers]
path = "data/customers.csv"
key = ["customer"]
pii = ["email"]

[tool.featurecat.configs.us]
region = "us"
"""

ORDER_FEATURES = '''
"""What an order is worth."""

import pandas as pd

from featurecat import check_output, config, feature, tag

DISCOUNT = 0.1


def _without_discount(amount: pd.Series) -> pd.Series:
    return amount * (1 - DISCOUNT)


@tag(team="sales")
@feature(owner="ops", unit="EUR")
@check_output(range=(0.0, 1000.0), importance="fail")
def net_amount(orders: pd.DataFrame) -> pd.Series:
    """Amount without the discount."""
    return _without_discount(orders["amount"])


@feature(unit="EUR")
def unit_price(orders: pd.DataFrame) -> pd.Series:
    """Amount of one piece."""
    return orders["amount"] / orders["pieces"]


@config.when(region="us")
def shipping__us(net_amount: pd.Series) -> pd.Series:
    """Costs of sending it."""
    return net_amount * 0.2


@config.when_not(region="us")
def shipping__elsewhere(net_amount: pd.Series) -> pd.Series:
    """Costs of sending it."""
    return net_amount * 0.1


@tag(team="sales")
@check_output(allow_nans=False)
def margin(net_amount: pd.Series, shipping: pd.Series) -> pd.Series:
    """What is left."""
    return net_amount - shipping
'''

CUSTOMER_FEATURES = '''
"""Who orders."""

import pandas as pd

from featurecat import feature


@feature(owner="crm")
def age_in_years(customers: pd.DataFrame) -> pd.Series:
    """Age of the customer."""
    return 2026 - customers["born"]


@feature(owner="crm", pii=True)
def mail_domain(customers: pd.DataFrame) -> pd.Series:
    """Where the customer has mail."""
    return customers["email"].str.partition("@")[2]
'''


@dataclass(frozen=True)
class Told:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> Any:
        """Its answer, which is JSON."""
        return json.loads(self.out)

    @property
    def problems(self) -> list[dict[str, Any]]:
        """Its errors, which ``--json`` printed."""
        return [problem for line in self.err.splitlines() if line.startswith('{"errors"') for problem in json.loads(line)["errors"]]


class Nursery:
    """Where commands come from: a process that forks one child for each; see ``tests/support/nursery.py``."""

    def __init__(self) -> None:
        environment = {name: text for name, text in os.environ.items() if not name.startswith("FEATURECAT_")}
        # a terminal's own size counts, whatever whoever runs the tests says of theirs
        environment = {name: text for name, text in environment.items() if name not in ("COLUMNS", "LINES")}
        environment |= {"OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "2", "OMP_NUM_THREADS": "1"}
        environment["FEATURECAT_INDEX_ISOLATED"] = "0"  # a child here is a process of its own already
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", str(Path(__file__).with_name("nursery.py"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip

    def run(self, cases: Sequence[Mapping[str, Any]]) -> list[Told]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        if self.process.poll() is not None:
            pytest.fail("the nursery has ended; what it said is in the captured output", pytrace=False)
        self.process.stdin.write(json.dumps(list(cases)) + "\n")
        self.process.stdin.flush()
        return [Told(**answer) for answer in json.loads(self.process.stdout.readline())]

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


class ShopProject:
    """A project on disk.

    Args:
        root: Its folder.
        nursery: Runs its commands.
    """

    def __init__(self, root: Path, nursery: Nursery) -> None:
        self.root = root
        self.nursery = nursery
        self.store = Store(root / ".featurecat")

    def write(self, name: str, text: str) -> Path:
        """A text file of the project; common indentation is taken off."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return path

    def replace(self, name: str, old: str, new: str) -> None:
        """Change a file of the project."""
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def add_module(self, name: str, text: str) -> Path:
        """A further module, declared in the settings."""
        self.replace("pyproject.toml", "modules = [", f'modules = ["{name}", ')
        return self.write(f"{name}.py", text)

    def only_module(self, text: str, name: str = "mine") -> Path:
        """One module instead of those that are there."""
        self.replace("pyproject.toml", 'modules = ["order_features", "customer_features"]', f'modules = ["{name}"]')
        return self.write(f"{name}.py", text)

    def case(self, *arguments: str | Path, **more: Any) -> dict[str, Any]:
        """A command for :meth:`Nursery.run`, started in the project's folder."""
        return {"arguments": [str(argument) for argument in arguments], "directory": str(self.root), **more}

    def run(self, *arguments: str | Path, **more: Any) -> Told:
        """Run one command in a process of its own.

        Args:
            arguments: Words after ``featurecat``.
            more: ``environment``, ``stdin``, ``directory``, ``user``, ``terminal`` (True or "both"), ``columns``.
        """
        (told,) = self.nursery.run([self.case(*arguments, **{key: _plain(value) for key, value in more.items()})])
        return told

    def ok(self, *arguments: str | Path, **more: Any) -> Told:
        """As :meth:`run`, for a command that must succeed."""
        told = self.run(*arguments, **more)
        assert told.code == 0, (told.out, told.err)
        return told

    def together(self, *commands: Sequence[str | Path]) -> list[Told]:
        """Run several commands at once."""
        return self.nursery.run([self.case(*command) for command in commands])

    def manifests(self) -> list[Manifest]:
        """All manifests, oldest first."""
        return [read_manifest(self.store.root / listed.file) for listed in list_manifests(self.store)]

    def rows_of(self, manifest: Manifest, number: int = 0) -> dict[str, list[Any]]:
        """The rows of a published artifact."""
        return pq.ParquetFile(self.store.root / manifest.artifacts[number].path).read().to_pydict()

    def sound(self) -> list[Manifest]:
        """All manifests, after a look at everything they name: files are there, whole, with the hash they had."""
        found = self.manifests()
        for manifest in found:
            for artifact in manifest.artifacts:
                path = self.store.root / artifact.path
                assert (content_hash(path), path.stat().st_size) == (artifact.content_hash, artifact.bytes)
                assert pq.read_metadata(path).num_rows == artifact.rows
        return found

    def files(self) -> set[str]:
        """Everything in the store but the catalog, which may be rebuilt at any time, and empty folders."""
        return {
            self.store.relative(path)
            for path in self.store.root.rglob("*")
            if path.is_file() and path != self.store.catalog and path.name != ".gitignore"
        }


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value


def write_data(folder: Path) -> None:
    """Twenty orders of five customers."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = range(1, 21)
    orders = pa.table(
        {
            "order": list(numbers),
            "customer": [1 + number % 5 for number in numbers],
            "amount": [10.0 * number for number in numbers],
            "pieces": [1 + number % 3 for number in numbers],
            "note": [f"note {number}" for number in numbers],
        }
    )
    pq.write_table(orders, folder / "orders.parquet")
    lines = [f"{number},{1950 + 7 * number},ann{number}@mail{number % 2}.example" for number in range(1, 6)]
    (folder / "customers.csv").write_text("customer,born,email\n" + "\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Runs command lines; one for the whole session."""
    with contextlib.closing(Nursery()) as made:
        yield made


def make_shop(root: Path, nursery: Nursery) -> ShopProject:
    """A project with two modules, two sources, two grains, a config and expectations."""
    project = ShopProject(root, nursery)
    project.write("pyproject.toml", SETTINGS)
    project.write("order_features.py", ORDER_FEATURES)
    project.write("customer_features.py", CUSTOMER_FEATURES)
    write_data(root / "data")
    return project


@pytest.fixture
def shop(tmp_path: Path, nursery: Nursery) -> ShopProject:
    """See :func:`make_shop`."""
    return make_shop(tmp_path / "shop", nursery)


@pytest.fixture(scope="session")
def _published_once(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Path:
    shop = make_shop(tmp_path_factory.mktemp("published") / "shop", nursery)
    shop.ok("materialize", "margin", "--output", "old.parquet")
    return shop.root


@pytest.fixture
def published(_published_once: Path, tmp_path: Path, nursery: Nursery) -> ShopProject:
    """The project after ``materialize margin --output old.parquet``."""
    root = tmp_path / "shop"
    shutil.copytree(_published_once, root)
    return ShopProject(root, nursery)
