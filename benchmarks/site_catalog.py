"""A project of thousands of features with a history, made of numbers alone: the same text on every machine.

The modules are indexed as any project's are; the runs are manifests in the store, as runs leave them, without artifacts.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from measure import environment

FEATURES_PER_MODULE = 40
RUNS = 30
PROFILED_RUNS = 2
OWNERS = ("risk", "growth", "pricing", "ops", "crm", "supply", "fraud", "finance")
DTYPES = ("float64", "int64", "string", "bool", "date32[day]", "int32", "timestamp[us]")
UNITS = ("EUR", "days", "items", None, None)
TAGS = tuple(
    [("domain", name) for name in ("sales", "web", "stock", "people")]
    + [("layer", name) for name in ("raw", "clean", "derived", "model")]
    + [("cadence", name) for name in ("hourly", "daily", "weekly")]
)
SUBJECTS = ("customer", "order", "product", "store", "session", "basket", "campaign", "supplier")
MEASURES = ("revenue", "visits", "returns", "margin", "distance", "delay", "rating", "discount", "tenure", "stock")
STATISTICS = ("sum", "mean", "last", "share", "rank", "trend", "spread")
VOCABULARY = """
    value window customer order daily average missing history region weight model season trend source signal
    rolling change amount rate period total ratio store level adjusted observed expected count margin basket group
    segment score recent channel event delay mean usual estimate time partial week month quarter baseline share
    normal outlier return stock limit product visit session note unit price cost volume
"""
WORDS = tuple(VOCABULARY.split())
#: Shares of those children that hang on a hub: the first hub has about 320 of 4,000.
HUB_WEIGHTS = (40, 20, 12, 8, 6, 5, 4, 3, 1, 1)
HUB_CHANCE = 0.21
WINDOW = 160
SOURCES = ("orders", "sessions", "products")
BEGIN = datetime(2026, 9, 1, 5, tzinfo=UTC)
PROGRAM = [sys.executable, "-c", "from featurecat.cli.main import main; raise SystemExit(main())"]
SETTINGS = """[project]
name = "benchmark"
version = "1.0"

[tool.featurecat]
name = "benchmark"
modules = [{modules}]
{sources}"""
SOURCE = """
[tool.featurecat.sources.{name}]
path = "data/{name}.parquet"
key = ["{key}"]
timestamp = "day"
"""
MODULE = '''"""Features about {subject}, part {number}."""

import pandas as pd

from featurecat import check_output, feature, tag

'''
EDITS = ("docstring", "rename", "remove", "edge", "owner")


@dataclass(frozen=True)
class Definition:
    """One feature of the project."""

    number: int
    name: str
    parents: tuple[str, ...]
    owner: str | None
    text: str


def feature_name(number: int) -> str:
    subject = SUBJECTS[number % len(SUBJECTS)]
    measure = MEASURES[number // len(SUBJECTS) % len(MEASURES)]
    statistic = STATISTICS[number % len(STATISTICS)]
    return f"{subject}_{measure}_{statistic}_{number}d"


def definitions(features: int) -> Iterator[Definition]:
    """The features in order; each takes some of those before it, and a few of them are taken by very many."""
    hubs = [feature_name(number * 7) for number in range(len(HUB_WEIGHTS))]
    for number in range(features):
        chance = random.Random(number)
        parents: list[str] = []
        if number < len(HUB_WEIGHTS) * 7 or chance.random() < 0.03:
            parents.append(SOURCES[number % len(SOURCES)])
        else:
            if chance.random() < HUB_CHANCE:
                parents += chance.choices(hubs, HUB_WEIGHTS)
            wanted = chance.choices((1, 2, 3, 4), (25, 45, 22, 8))[0]
            parents += [feature_name(number - chance.randrange(1, min(number, WINDOW))) for _ in range(wanted)]
        parents = list(dict.fromkeys(parents))
        owner = OWNERS[number // 5 % len(OWNERS)] if chance.random() < 0.95 else None
        yield Definition(number, feature_name(number), tuple(parents), owner, _text(number, parents, owner, chance))


def _text(number: int, parents: Sequence[str], owner: str | None, chance: random.Random) -> str:
    return "".join([*_decorators(number, owner, chance), _function(number, parents, chance)])


def _decorators(number: int, owner: str | None, chance: random.Random) -> Iterator[str]:
    said = [f'owner="{owner}"'] if owner else []
    said.append(f'dtype="{DTYPES[number % len(DTYPES)]}"')
    said.append(f'entity=["{SUBJECTS[number % len(SUBJECTS)]}"], timestamp="day"')
    unit = UNITS[number % len(UNITS)]
    said += [f'unit="{unit}"'] if unit else []
    said += ["pii=True"] if number % 41 == 3 else []
    said += ['status="deprecated"'] if number % 53 == 7 else ['status="experimental"'] if number % 37 == 5 else []
    said += ['freshness="24h"'] if number % 6 == 0 else []
    for key, values in _tags(number).items():
        yield f"@tag({key}={values!r})\n".replace("'", '"')
    yield f"@feature({', '.join(said)})\n"
    for place in range(chance.choices((0, 1, 2), (3, 4, 3))[0]):
        yield (
            '@check_output(allow_nans=False, importance="fail")\n',
            '@check_output(range=(0.0, 1000.0), importance="warn")\n',
        )[place]


def _tags(number: int) -> dict[str, str]:
    return dict(TAGS[(number * step + step) % len(TAGS)] for step in (1, 3)[: 1 + number % 2])


def _function(number: int, parents: Sequence[str], chance: random.Random) -> str:
    taken = ", ".join(f"{name}: pd.{'DataFrame' if name in SOURCES else 'Series'}" for name in parents)
    terms = " + ".join(f'{name}["column_{number % 12}"]' if name in SOURCES else name for name in parents)
    body = f"    result = {terms}\n    result = result.clip(upper={number % 90 + 10})\n    return result\n"
    lines = [f"    {line}".rstrip() for line in _docstring(number, parents, chance)] if number % 29 else []
    documentation = "\n".join(["    " + '"""' + lines[0].strip(), *lines[1:], '    """', ""]) if lines else ""
    return f"def {feature_name(number)}({taken}) -> pd.Series:\n{documentation}{body}\n\n"


def _docstring(number: int, parents: Sequence[str], chance: random.Random) -> list[str]:
    def words(count: int) -> str:
        return " ".join(chance.choices(WORDS, k=count))

    role = "source" if parents[0] in SOURCES else "feature"
    return [
        f"{words(9).capitalize()}.",
        "",
        f"{words(14).capitalize()}, ``{words(1)}`` of",
        f":fc:{role}:`{parents[0]}`; {words(11)} *{words(2)}*.",
        "",
        *[f"* {words(10)}" for _ in range(3)],
        "",
        f".. note:: {words(12).capitalize()}.",
        "",
        f"{words(8).capitalize()}.",
    ]


# --- the project ----------------------------------------------------------------------------------


def write_project(directory: Path, features: int) -> None:
    """Modules and settings; 40 features a module."""
    directory.mkdir(parents=True, exist_ok=True)
    modules: dict[str, list[str]] = {}
    for definition in definitions(features):
        number = definition.number // FEATURES_PER_MODULE
        name = f"{SUBJECTS[number % len(SUBJECTS)]}_features_{number:03}"
        head = MODULE.format(subject=SUBJECTS[number % len(SUBJECTS)], number=number)
        modules.setdefault(name, [head]).append(f"\n{definition.text.rstrip()}\n\n")
    for name, parts in modules.items():
        (directory / f"{name}.py").write_text("".join(parts).rstrip() + "\n", encoding="utf-8")
    settings = SETTINGS.format(
        modules=", ".join(f'"{name}"' for name in sorted(modules)),
        sources="".join(SOURCE.format(name=name, key=name.removesuffix("s")) for name in SOURCES),
    )
    (directory / "pyproject.toml").write_text(settings, encoding="utf-8")


def site_catalog(directory: Path, features: int = 4_000, *, runs: int = RUNS) -> Path:
    """A project in ``directory`` with a catalog that knows its features and what ``runs`` runs said of them.

    Returns:
        The file of the catalog.
    """
    write_project(directory, features)
    index(directory)
    write_runs(directory, runs)
    index(directory)
    return directory / ".featurecat" / "catalog.duckdb"


def index(directory: Path) -> None:
    """``featurecat index``; ends the program if it does not work."""
    done = subprocess.run(
        [*PROGRAM, "index", "-q"], cwd=directory, env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"featurecat index ended with {done.returncode}: {done.stderr or done.stdout}")


# --- its history ----------------------------------------------------------------------------------


def write_runs(directory: Path, runs: int) -> None:
    """Manifests of ``runs`` runs, one a day, of every feature; the last two hold profiles."""
    from featurecat.catalog.connection import Connection
    from featurecat.storage.layout import Store
    from featurecat.storage.manifest import dump_manifest

    store = Store(directory / ".featurecat")
    with Connection.open(store.catalog) as catalog:
        checks = catalog.rows(
            "SELECT check_id, feature, variant, kind, severity FROM expectations ORDER BY ALL"
        ).dicts()
        variants = catalog.rows(
            "SELECT v.feature, v.variant, f.dtype, f.pii FROM variants v JOIN features f USING (feature) "
            "WHERE f.public AND f.role = 'feature' ORDER BY ALL"
        ).dicts()
    for number in range(runs + 1):  # the last one checks alone, and some of what it checks fails
        moment = BEGIN + timedelta(days=number)
        run_id = _run_id(moment)
        target = store.manifests / f"{moment:%Y-%m}" / f"{run_id}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        manifest = _manifest(
            run_id, moment, variants, checks, profiled=number >= runs - PROFILED_RUNS, publishes=number < runs
        )
        target.write_bytes(dump_manifest(manifest))


def _run_id(moment: datetime) -> str:
    """A UUID of version 7 whose random part is made of the moment, too."""
    milliseconds = int(moment.timestamp() * 1_000)
    chance = random.Random(milliseconds)
    number = milliseconds << 80 | 7 << 76 | chance.getrandbits(12) << 64 | 2 << 62 | chance.getrandbits(62)
    return str(uuid.UUID(int=number))


def _manifest(
    run_id: str, moment: datetime, variants: Sequence[Any], checks: Sequence[Any], *, profiled: bool, publishes: bool
) -> Any:
    from featurecat.clock import timestamp_text
    from featurecat.records import FeatureRecord, Manifest, ProjectRecord, RequestRecord

    chance = random.Random(run_id)
    features = tuple(
        FeatureRecord(
            row["feature"], row["variant"], "run", dtype=row["dtype"], engine_dtype=row["dtype"], seconds=0.001,
            profile=_profile(chance, personal=row["pii"]) if profiled else None,
        )
        for row in (variants if publishes else ())
    )  # fmt: skip
    return Manifest(
        run_id=run_id,
        kind="materialize" if publishes else "check",
        status="published" if publishes else "checked",
        started_at=timestamp_text(moment),
        committed_at=timestamp_text(moment + timedelta(seconds=90)),
        seconds=90.0,
        project=ProjectRecord("benchmark"),
        engine="pandas",
        versions={"featurecat": "0", "python": "3"},
        request=RequestRecord(("--all",), ()),
        features=features,
        checks=tuple(_verdict(row, chance, publishes=publishes) for row in checks),
    )


def _verdict(row: Any, chance: random.Random, *, publishes: bool) -> Any:
    from featurecat.records import CheckRecord

    failing = chance.randrange(1, 900) if chance.random() < 0.04 else 0
    if publishes and row["severity"] != "warn":
        failing = 0  # else it were not published
    return CheckRecord(
        row["check_id"], row["feature"], row["variant"], row["kind"], row["severity"],
        "pass" if not failing else "warn" if row["severity"] == "warn" else "fail",
        rows=10_000, failing_rows=failing, message=f"{failing} of 10000 values outside", seconds=0.001,
    )  # fmt: skip


def _profile(chance: random.Random, *, personal: bool) -> dict[str, Any]:
    plain = {"kind": "number", "rows": 10_000, "nulls": chance.randrange(400), "distinct": 10_000}
    plain["distinct_method"] = "exact"
    if personal:
        return plain
    middle = chance.uniform(1, 500)
    counts = [chance.randrange(1_000) for _ in range(20)]
    shares = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
    return {
        **plain, "min": 0.0, "max": 2 * middle, "mean": middle, "std": middle / 3, "infinite": 0,
        "quantiles": {str(share): 2 * middle * share for share in shares}, "quantile_rows": 10_000,
        "histogram": {"low": 0.0, "high": 2 * middle, "counts": counts},
    }  # fmt: skip


# --- edits ----------------------------------------------------------------------------------------


def edit(directory: Path, kind: str, *, seed: int = 0) -> str:
    """Change one feature of the project; :func:`index` has to follow.

    Args:
        directory: What :func:`site_catalog` made.
        kind: One of ``EDITS``.
        seed: Chooses the feature.

    Returns:
        The feature's name before the change.

    Raises:
        ValueError: When there is no edit of that kind.
    """
    chance = random.Random(f"{kind} {seed}")
    paths = sorted(directory.glob("*_features_*.py"))
    path = paths[chance.randrange(len(paths))]
    parts = re.split(r"(?m)^(?=(?:@.*\n)*def )", path.read_text(encoding="utf-8"))
    parts = _joined(parts)
    place = chance.randrange(1, len(parts))
    name = re.search(r"^def (\w+)", parts[place], re.MULTILINE)
    assert name is not None
    if kind == "docstring":
        parts[place] = parts[place].rstrip() + "\n\n\n"
        text = parts[place]
        head, quotes, rest = text.partition('"""')
        parts[place] = (
            f"{head}{quotes}Changed {seed}: {rest}"
            if quotes
            else text.replace(":\n", f':\n    """Changed {seed}."""\n', 1)
        )
    elif kind == "owner":
        parts[place] = re.sub(r'owner="\w+"', f'owner="team_{seed}"', parts[place], count=1)
    elif kind == "edge":
        parts[place] = re.sub(
            r"^(def \w+\()", rf"\1{SOURCES[seed % 3]}_extra_{seed}: float, ", parts[place], count=1, flags=re.MULTILINE
        )
    elif kind == "remove":
        del parts[place]
    elif kind == "rename":
        parts[place] = parts[place].replace(f"def {name[1]}(", f"def {name[1]}_{seed}(", 1)
    else:
        raise ValueError(f"no edit {kind!r}; there are {', '.join(EDITS)}")
    path.write_text("".join(parts), encoding="utf-8")
    return name[1]


def _joined(parts: Sequence[str]) -> list[str]:
    """Decorators belong to the function below them."""
    joined: list[str] = []
    for part in parts:
        if joined and len(joined) > 1 and not re.search(r"^def ", joined[-1], re.MULTILINE):
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, help="made where it is missing")
    parser.add_argument("--features", type=int, default=4_000)
    parser.add_argument("--runs", type=int, default=RUNS)
    options = parser.parse_args()
    catalog = site_catalog(options.directory, options.features, runs=options.runs)
    print(json.dumps({"catalog": str(catalog), "bytes": catalog.stat().st_size}))


if __name__ == "__main__":
    main()
