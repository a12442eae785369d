"""Profiles of what a run is about to write."""

from __future__ import annotations

import pyarrow as pa

from featurecat.project.assemble import AssembledColumn, AssembledTable
from featurecat.project.discover import find_project
from featurecat.project.index import read_project
from featurecat.project.prepare import prepare_run
from featurecat.project.profiling import table_profiles
from featurecat.project.request import RunRequest
from tests.support.projects import ShopProject


def test_personal_data_and_secrets_stay_out(shop: ShopProject, monkeypatch) -> None:
    shop.replace("pyproject.toml", "[tool.featurecat.configs.us]", '[tool.featurecat.configs.us]\npassword = "hunter2"')
    shop.only_module(
        "import pandas as pd\nfrom featurecat import feature\n\n\n"
        "@feature(pii=True)\ndef mail(customers: pd.DataFrame) -> pd.Series:\n    return customers['email']\n\n\n"
        "def note(customers: pd.DataFrame) -> pd.Series:\n    return customers['born']\n",
        name="profiled_features",
    )
    monkeypatch.setenv("FEATURECAT_STORE", str(shop.root / "store"))
    prepared = prepare_run(read_project(find_project(shop.root)), RunRequest(features=("mail", "note")))
    columns = (AssembledColumn("mail", "mail", "string", "str"), AssembledColumn("note", "note", "string", "str"))
    rows = pa.table({"customer": [1, 2], "mail": ["ann@mail.example", "bob"], "note": ["hunter2", "fine"]})
    found = table_profiles(prepared, AssembledTable(rows, columns, ("customer",)))
    assert list(found) == ["mail", "note"]
    assert found["mail"]["personal"] and "ann" not in str(found["mail"])
    assert [one["value"] for one in found["note"]["top"]] == ["fine", "***"]
    assert list(table_profiles(prepared, AssembledTable(rows, columns), {"note"})) == ["note"]
