"""Done: "nothing half-written", and more: nothing that a command reads is written over, nothing damaged is passed on,
nothing that failed looks like success, nothing personal is told.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.support.projects import ShopProject


@pytest.mark.parametrize(
    ("output", "what"),
    [
        ("data/orders.parquet", "the source 'orders'"),
        ("pyproject.toml", "the project's settings"),
        ("order_features.py", "a module"),
        ("link.parquet", "the source 'orders'"),
        ("given.parquet", "an input"),
    ],
)
def test_an_output_never_replaces_what_is_read(shop: ShopProject, output: str, what: str) -> None:
    (shop.root / "link.parquet").symlink_to(shop.root / "data" / "orders.parquet")
    (shop.root / "given.parquet").write_bytes((shop.root / "data" / "orders.parquet").read_bytes())
    before = (shop.root / output).read_bytes()
    for more in ([], ["--limit", "1"]):
        told = shop.run("materialize", "net_amount", "--input", "orders=given.parquet", "-o", output, *more)
        assert told.code == 2
        assert what in told.err
    assert (shop.root / output).read_bytes() == before
    assert shop.manifests() == []


def test_a_damaged_artifact_is_not_exported(published: ShopProject) -> None:
    (manifest,) = published.manifests()
    path = published.store.root / manifest.artifacts[0].path
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    told = published.run("export", "latest", "-o", "new.parquet")
    assert told.code == 3
    assert "is damaged" in told.err
    assert not (published.root / "new.parquet").exists()


@pytest.mark.parametrize("raised", ["sys.exit(0)", "raise GeneratorExit", "raise type('Own', (BaseException,), {})('x')"])
def test_a_feature_that_ends_the_process_has_failed(shop: ShopProject, raised: str) -> None:
    shop.only_module(
        f"""
        import sys
        import pandas as pd

        def ends(orders: pd.DataFrame) -> pd.Series:
            {raised}
        """
    )
    told = shop.run("materialize", "ends")
    assert told.code == 3
    assert "[step-failed]" in told.err
    assert [manifest.status for manifest in shop.manifests()] == ["failed"]


def test_what_features_print_is_no_answer(shop: ShopProject) -> None:
    shop.only_module(
        """
        import pandas as pd

        def loud(orders: pd.DataFrame) -> pd.Series:
            print("hello")
            return orders["amount"]
        """
    )
    told = shop.ok("materialize", "loud", "--json")
    assert told.rows[0]["status"] == "published"
    assert "hello" in told.err


def test_personal_data_is_in_no_message(shop: ShopProject) -> None:
    shop.only_module(
        """
        import pandas as pd

        def mail(customers: pd.DataFrame) -> pd.Series:
            return customers["email"].astype(float)

        def age(customers: pd.DataFrame) -> pd.Series:
            return customers["born"]
        """
    )
    told = shop.run("materialize", "mail", "--traceback")
    assert told.code == 3
    shop.ok("index")
    stored = b"".join(path.read_bytes() for path in shop.store.root.rglob("*") if path.is_file())
    for text in (told.out + told.err.partition("Traceback")[0], stored.decode("latin-1")):
        assert "ann1@mail" not in text
    assert [row["feature"] for row in shop.ok("list", "pii:true", "--json").rows] == ["mail"]


def test_an_expectation_that_cannot_be_evaluated_is_never_a_pass(shop: ShopProject) -> None:
    shop.only_module(
        """
        import pandas as pd
        from featurecat import check_output

        @check_output(range=(0, 1), importance="warn")
        def note(orders: pd.DataFrame) -> pd.Series:
            return orders["note"]
        """
    )
    told = shop.run("materialize", "note")
    assert told.code == 4
    assert "[expectation-unevaluated]" in told.err
    assert [manifest.status for manifest in shop.manifests()] == ["published"]


@pytest.mark.parametrize("store", [".", "", ".."])
def test_a_store_does_not_swallow_the_project(shop: ShopProject, store: str) -> None:
    told = shop.run("index", "--store", store or ".")
    assert told.code == 2
    assert not (shop.root / ".gitignore").exists()


@pytest.mark.parametrize("seed", range(6))
def test_damage_inside_the_catalog_is_repaired(published: ShopProject, seed: int) -> None:
    listed = published.ok("list", "--json").out
    _damage_one_block(published.store.catalog, seed)
    for words in (["list", "--json"], ["show", "margin"], ["runs"], ["index"], ["list", "--json"]):
        told = published.run(*words)
        assert told.code == 0, (words, told.err)
    assert told.out == listed


def _damage_one_block(catalog: Path, seed: int) -> None:
    """Flip bytes in one block beyond the headers."""
    content = bytearray(catalog.read_bytes())
    start = random.Random(seed).randrange(12_288, len(content) - 256)
    for position in range(start, start + 256):
        content[position] ^= 0xFF
    catalog.write_bytes(content)


@pytest.mark.parametrize("words", [["materialize", "net_amount"], ["export", "latest"]], ids=" ".join)
def test_a_slash_promises_a_directory(published: ShopProject, words: list[str]) -> None:
    told = published.run(*words, "--output", "new/")
    assert told.code == 2
    assert "there is no directory new/" in told.err
    (published.root / "new").mkdir()
    published.ok(*words, "--output", "new/")
    assert [path.name for path in (published.root / "new").iterdir()] == ["order.parquet"]
