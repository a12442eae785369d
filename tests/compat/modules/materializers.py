"""Loading before and saving after a run, as decorators, as materializers, and with adapters of one's own."""

import dataclasses
import json
import pathlib
import sys
from collections.abc import Collection
from typing import Any

import pandas as pd
import polars as pl
from hamilton import base, driver
from hamilton.function_modifiers import dataloader, datasaver, load_from, save_to, source, value
from hamilton.io.data_adapters import DataLoader, DataSaver
from hamilton.io.materialization import from_, to
from hamilton.registry import register_adapter


@dataclasses.dataclass
class LinesLoader(DataLoader):
    path: str
    upper: bool = False

    @classmethod
    def applicable_types(cls) -> Collection[type]:
        return [list]

    @classmethod
    def name(cls) -> str:
        return "lines"

    def load_data(self, type_: type) -> tuple[list, dict[str, Any]]:
        lines = pathlib.Path(self.path).read_text().split("\n")
        return [line.upper() for line in lines] if self.upper else lines, {"lines": len(lines)}


@dataclasses.dataclass
class LinesSaver(DataSaver):
    path: str

    @classmethod
    def applicable_types(cls) -> Collection[type]:
        return [list]

    @classmethod
    def name(cls) -> str:
        return "lines"

    def save_data(self, data: list) -> dict[str, Any]:
        pathlib.Path(self.path).write_text("\n".join(map(str, data)))
        return {"saved": len(data)}


register_adapter(LinesLoader)
register_adapter(LinesSaver)


def spend(weeks: pd.DataFrame) -> pd.Series:
    return weeks["spend"] * 2


def total(spend: pd.Series) -> float:
    return float(spend.sum())


def names(words: list) -> list:
    return [word.title() for word in words]


@load_from.json(path=source("settings_path"))
def limit(settings: dict) -> int:
    return settings["limit"]


@load_from.lines(path=value("words.txt"), upper=True)
def shouted(lines: list) -> str:
    return "!".join(lines)


@save_to.json(path=value("total.json"), output_name_="total_saved")
def total_as_dict(total: float) -> dict:
    return {"total": total}


@dataloader()
def loaded(words_path: str) -> tuple[list, dict]:
    return pathlib.Path(words_path).read_text().split("\n"), {"path": words_path}


@datasaver()
def stored(loaded: list) -> dict:
    pathlib.Path("stored.txt").write_text(",".join(loaded))
    return {"count": len(loaded)}


def polars_frame(count: int) -> pl.DataFrame:
    return pl.DataFrame({"a": list(range(count)), "b": ["x"] * count})


def _answers() -> dict:
    pathlib.Path("words.txt").write_text("one\ntwo")
    pathlib.Path("settings.json").write_text(json.dumps({"limit": 3}))
    pd.DataFrame({"spend": [1.0, 2.5], "signups": [1, 2]}).to_csv("weeks.csv", index=False)
    module = sys.modules[__name__]
    dr = driver.Builder().with_modules(module).build()
    inputs = {"settings_path": "settings.json", "words_path": "words.txt", "count": 2}
    answers = {
        "decorators": dr.execute(["limit", "shouted", "loaded", "stored"], inputs=inputs),
        "nodes": sorted(one.name for one in dr.list_available_variables()),
        "tags": {
            one.name: {key: tag for key, tag in one.tags.items() if key != "module" and not key.endswith("classname")}
            for one in dr.list_available_variables()
        },
    }
    saved, values = dr.materialize(
        from_.csv(target="weeks", path="weeks.csv"),
        from_.lines(target="words", path="words.txt"),
        to.lines(id="names_saved", dependencies=["names"], path="names.txt"),
        to.pickle(id="total_pickled", dependencies=["total"], path="total.pkl"),
        to.csv(
            id="frame_saved",
            dependencies=["spend", "total"],
            combine=base.PandasDataFrameResult(),
            path="out.csv",
            index=False,
        ),
        to.json(id="dictionary", dependencies=["total", "names"], combine=base.DictResult(), path=value("all.json")),
        additional_vars=["total", "names"],
        inputs=inputs,
    )
    answers["values"] = values
    answers["saved"] = sorted(saved)
    answers["custom metadata"] = saved["names_saved"]
    answers["kinds of metadata"] = sorted(saved["frame_saved"])
    answers["names file"] = pathlib.Path("names.txt").read_text()
    answers["csv file"] = pd.read_csv("out.csv")
    answers["json file"] = json.loads(pathlib.Path("all.json").read_text())
    answers["pickle file"] = pd.read_pickle("total.pkl")
    static = (
        driver.Builder()
        .with_modules(module)
        .with_materializers(
            from_.csv(target="weeks", path="weeks.csv"), to.lines(id="kept", dependencies=[names], path="kept.txt")
        )
        .build()
    )
    answers["static"] = static.execute(["total", "kept"], inputs={"words": ["a", "b"]})
    answers["static nodes"] = sorted(one.name for one in static.list_available_variables())
    dr.materialize(from_.csv(target="weeks", path="weeks.csv"), additional_vars=["total_saved"], inputs=inputs)
    answers["saved by a decorator"] = json.loads(pathlib.Path("total.json").read_text())
    for name, call in {
        "nothing": lambda: dr.materialize(),
        "unknown dependency": lambda: dr.materialize(to.json(id="x", dependencies=["nobody"], path="x.json")),
        "several without combine": lambda: dr.materialize(
            to.json(id="x", dependencies=["total", "names"], path="x.json")
        ),
        "taken id": lambda: dr.materialize(to.json(id="total", dependencies=["total_as_dict"], path="x.json")),
        "unknown target": lambda: dr.materialize(from_.json(target="nobody", path="x.json"), additional_vars=["total"]),
        "a list": lambda: driver.Builder().with_materializers([to.json(id="x", dependencies=["total"], path="x")]),
        "unknown format": lambda: to.nonsense(id="x", dependencies=["total"]),
    }.items():
        try:
            call()
        except Exception as error:
            answers[name] = error
    return answers
