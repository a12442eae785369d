"""Shell completion: scripts of click's own, names and attributes from the catalog, silence where there is none."""

from __future__ import annotations

import shutil
import subprocess

import pytest


def completed(shop, line: str, **more) -> list[str]:
    """What bash is offered for the last word of a line."""
    environment = {
        "_FEATURECAT_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split()) - (not line.endswith(" "))),
    }
    told = shop.run(environment=environment, **more)
    assert told.code == 0, told
    assert told.err == ""
    return [offered.partition(",")[2] for offered in told.out.splitlines() if offered]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script(shop, shell):
    told = shop.ok("completion", shell)
    assert f"_FEATURECAT_COMPLETE={shell}_complete" in told.out
    assert not told.err
    if found := shutil.which(shell):
        subprocess.run([found, "-n"], input=told.out, text=True, check=True)


def test_the_help_says_where_it_goes(shop):
    assert "featurecat completion bash >> ~/.bashrc" in shop.ok("completion", "--help").out
    assert shop.run("completion", "csh").code == 2


def test_commands_and_options(shop):
    assert {"show", "sql"} <= set(completed(shop, "featurecat s"))
    assert completed(shop, "featurecat materialize --eng") == ["--engine"]
    assert "polars" in completed(shop, "featurecat materialize --engine p")


def test_names_come_from_the_catalog_without_importing_modules(published):
    published.write("order_features.py", "raise SystemExit('imported')")
    assert completed(published, "featurecat show mar") == ["margin"]
    assert completed(published, "featurecat materialize net_amount,mar") == ["net_amount,margin"]
    assert completed(published, "featurecat lineage uni") == ["unit_price"]
    assert completed(published, "featurecat list +mar") == ["+margin"]
    assert completed(published, "featurecat list tag:te") == ["tag:team", "tag:team=sales"]
    assert completed(published, "featurecat list owner:") == ["owner:crm", "owner:ops"]
    assert completed(published, "featurecat list entity:o") == ["entity:order"]
    assert completed(published, "featurecat list module:cus") == ["module:customer_features"]
    assert "pii:" in completed(published, "featurecat list p")


def test_the_project_named_on_the_line_is_taken(published, tmp_path):
    line = f"featurecat -C {published.root} show mar"
    assert completed(published, line, directory=tmp_path) == ["margin"]


def test_silence_without_project_catalog_or_sense(shop, tmp_path):
    assert completed(shop, "featurecat show ma", directory=tmp_path) == []
    assert completed(shop, "featurecat show m") == []
    assert not (shop.root / ".featurecat").exists()
    shop.store.root.mkdir()
    shop.store.catalog.write_text("garbage")
    assert completed(shop, "featurecat show m") == []
    shop.write("pyproject.toml", "[tool.featurecat")
    assert completed(shop, "featurecat show m") == []


def test_a_line_that_makes_no_sense_is_no_fault(shop):
    environment = {"_FEATURECAT_COMPLETE": "bash_complete", "COMP_WORDS": "featurecat nonsense x", "COMP_CWORD": "2"}
    told = shop.run(environment=environment)
    assert (told.code, told.out) == (1, "")
    assert "Traceback" not in told.err
