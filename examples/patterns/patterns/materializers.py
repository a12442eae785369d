"""Materializers: what is loaded before a run and saved after it, told to the driver or by decorators."""

import json
import sys
from pathlib import Path

import pandas as pd
from hamilton import driver
from hamilton.function_modifiers import dataloader, datasaver, load_from, save_to, source, value
from hamilton.io.materialization import from_, to


@load_from.json(path=source("settings_path"))
def cheapest(settings: dict) -> float:
    """Rooms below this price are left out."""
    return float(settings["cheapest"])


@dataloader()
def towns(towns_path: str) -> tuple[dict, dict]:
    """Which town each house is in, and what is known about the file."""
    text = Path(towns_path).read_text(encoding="utf-8")
    return dict(line.split("=") for line in text.splitlines()), {"bytes": len(text)}


def rooms(offers: pd.DataFrame, cheapest: float, towns: dict) -> pd.DataFrame:
    """Rooms that are good enough, with their town."""
    kept = offers[offers["price"] >= cheapest].reset_index(drop=True)
    return kept.assign(town=kept["house"].map(towns))


def mean_price(rooms: pd.DataFrame) -> float:
    """Mean price of a room."""
    return float(rooms["price"].mean())


@save_to.json(path=value("summary.json"), output_name_="saved_summary")
def summary(rooms: pd.DataFrame, mean_price: float) -> dict:
    """What there is to know about the rooms."""
    return {"rooms": len(rooms), "mean_price": mean_price}


@datasaver()
def signpost(rooms: pd.DataFrame) -> dict:
    """Writes the towns into a text file."""
    names = sorted(set(rooms["town"]))
    Path("signpost.txt").write_text("\n".join(names), encoding="utf-8")
    return {"towns": len(names)}


def _prepare() -> None:
    Path("settings.json").write_text(json.dumps({"cheapest": 50}), encoding="utf-8")
    Path("towns.txt").write_text("north=Kiel\nsouth=Ulm", encoding="utf-8")
    offers = pd.DataFrame({"house": ["north", "south", "south"], "price": [80.0, 40.0, 60.0]})
    offers.to_csv("offers.csv", index=False)


def _run() -> dict:
    """Loads a CSV file, saves Parquet, JSON and a pickle; decorators do the same within the graph."""
    _prepare()
    dr = driver.Builder().with_modules(sys.modules[__name__]).build()
    saved, values = dr.materialize(
        from_.csv(target="offers", path="offers.csv"),
        to.parquet(id="saved_rooms", dependencies=["rooms"], path="rooms.parquet"),
        to.pickle(id="saved_price", dependencies=["mean_price"], path="price.pkl"),
        additional_vars=["mean_price", "saved_summary", "signpost"],
        inputs={"settings_path": "settings.json", "towns_path": "towns.txt"},
    )
    return {
        "saved": sorted(saved),
        "mean price": values["mean_price"],
        "signpost": values["signpost"],
        "rooms file": pd.read_parquet("rooms.parquet").to_dict("list"),
        "price file": pd.read_pickle("price.pkl"),
        "summary file": json.loads(Path("summary.json").read_text(encoding="utf-8")),
        "signpost file": Path("signpost.txt").read_text(encoding="utf-8").split("\n"),
    }
