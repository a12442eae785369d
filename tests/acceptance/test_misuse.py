"""Done: "each misuse listed in the reference raises one clear error at the earliest moment": one test each in tests/conformance.

Here is that the list is whole, and that a misuse reads the same on the command line: place, what was expected, a way out.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.conformance.misuses import MISUSES
from tests.support.projects import ShopProject

#: What the reference names, by the name of the decorator, the method or the notion.
NAMED = (
    "parameterize", "parameterize_sources", "parameterize_values", "inject", "parameterize_extract_columns", "parameterize_frame",
    "extract_columns", "extract_fields", "unpack_fields", "config.when", "config.when_in", "config.when_not_in", "resolve",
    "resolve_from_config", "does", "model", "subdag", "parameterized_subdag", "dataloader", "datasaver", "pipe_input",
    "pipe_output", "mutate", "load_from", "save_to", "with_columns", "tag", "tag_outputs", "schema.output", "cache",
    "check_output", "check_output_custom", "group(", "with_cache", "with_remote_executor", "with_materializers", "with_adapter",
    "enable_dynamic_execution", "materialize(", "Parallelizable", "Collect",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_every_name_has_a_misuse(name: str) -> None:
    assert any(name in misuse.source + misuse.program for misuse in MISUSES.values())


def test_most_is_said_before_anything_runs() -> None:
    stages = Counter(misuse.stage for misuse in MISUSES.values())
    assert stages["import"] + stages["build"] >= 100
    assert stages["run"] <= 4  # a missing column, a missing field, a function that fails: only the data shows it


@pytest.mark.parametrize(
    "name",
    [
        "a bare value",
        "with_columns of nothing",
        "a circle",
        "types that do not fit",
        "two variants at once",
        "a check for another type",
    ],
)
def test_a_misuse_on_the_command_line(shop: ShopProject, name: str) -> None:
    misuse = MISUSES[name]
    header = "import pandas as pd\nfrom featurecat.function_modifiers import *\n\n"
    shop.add_module("added", header + misuse.source)
    told = shop.run("index")
    assert told.code == 2 and "Traceback" not in told.err
    assert f"[{misuse.code}]" in told.err and "(added.py:" in told.err and "hint: " in told.err
    assert len(told.err.splitlines()) <= 6
