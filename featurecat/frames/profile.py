"""Profiles of columns: what their values are like, as plain figures that JSON holds.

The same values give the same profile, byte for byte, whatever pieces or row groups they come in: each column is put into
one piece before it is summed up. Another order of rows may change the last digits of mean and standard deviation, and
which rows quantiles are told from where there are too many to sort.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from featurecat.errors import EvaluationError
from featurecat.frames.columnar import polars_column

__all__ = ["MOST_EXACT", "MOST_SORTED", "profile_columns", "profile_file"]

#: Beyond so many rows the number of different values is an estimate.
MOST_EXACT = 10_000
#: Beyond so many rows quantiles are told from so many of them, spread evenly.
MOST_SORTED = 131_072

_BINS = 20
_MOST_TOP = 10
_MOST_CHARACTERS = 64
_SHARES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
#: Columns are read together up to so many bytes, counted as eight a value.
_MOST_BYTES = 1 << 29
#: Values whose bins are told together: so many fit a processor's cache.
_BLOCK = 1 << 16
#: Steps through the rows that no period of the data is likely to share (a prime near 2^32 divided by the golden ratio).
_STRIDE = 2_654_435_761


@dataclass(frozen=True, slots=True)
class _View:
    """A column as it is measured.

    Attributes:
        kind: ``number``, ``moment``, ``text``, ``boolean`` or ``other``.
        values: Its values: numbers as they are, moments as whole numbers of ``unit``, NaN as null.
        floating: Whether they may be infinite.
        form: What a measured whole number of a moment is turned into to be shown: date, datetime or time.
        per_second: How many units of a moment make a second.
        zoned: Whether it is in UTC.
    """

    kind: str
    values: pl.Series
    floating: bool = False
    form: pl.DataType | None = None
    per_second: float = 1.0
    zoned: bool = False


def profile_file(path: Path, columns: Sequence[str], *, personal: Collection[str] = ()) -> dict[str, dict[str, Any]]:
    """Profiles columns of a Parquet file, reading each of them once.

    Args:
        path: The file.
        columns: Those to profile; others are not read.
        personal: Those with personal data.

    Returns:
        Column to profile, as :func:`profile_columns` makes it.

    Raises:
        EvaluationError: When the file or one of the columns cannot be read.
    """
    try:
        frame = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        rows = int(frame.select(pl.len()).collect().item())
        profiles: dict[str, dict[str, Any]] = {}
        for batch in _batches(list(dict.fromkeys(columns)), rows):
            read = frame.select(batch).collect(engine="in-memory")
            profiles |= profile_columns({name: read[name] for name in batch}, personal=personal)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise EvaluationError(f"{path.name} cannot be profiled: {type(error).__name__}") from error
    return profiles


def profile_columns(columns: Mapping[str, Any], *, personal: Collection[str] = ()) -> dict[str, dict[str, Any]]:
    """Profiles columns of one length.

    Missing values, null and NaN alike, are counted as ``nulls`` and take no part in any other figure; infinite ones are
    counted as ``infinite`` and take part in ``distinct`` alone.

    Args:
        columns: Name to a pandas or Polars Series, an Arrow array or a list.
        personal: Names of those with personal data: of these only rows, nulls and distinct are told.

    Returns:
        Name to profile, ready for JSON. Always ``kind`` (``number``, ``moment``, ``text``, ``boolean`` or ``other``),
        ``rows``, ``nulls``, ``distinct`` and ``distinct_method`` (``exact``; ``hyperloglog``, within about 2 %, beyond
        :data:`MOST_EXACT` rows; both None of what cannot be counted). Of numbers and moments also ``min``, ``max``, ``mean``, ``std`` (n - 1; of moments in
        seconds), ``quantiles`` by their share (told from ``quantile_rows`` rows, all of them up to
        :data:`MOST_SORTED`) and ``histogram`` (``counts`` of at most 20 equally wide bins from ``low`` to ``high``);
        of texts and booleans ``min``, ``max`` and ``top``, the most frequent values with their counts. Durations are
        numbers of seconds; texts are cut after 64 characters.

    Raises:
        RunError: ``not-tabular``, when values of a column have no common type.

    Example:
        >>> profile = profile_columns({"height": [1, 2, 2, 4, None]})["height"]
        >>> profile["rows"], profile["nulls"], profile["distinct"], profile["mean"]
        (5, 1, 3, 2.25)
        >>> profile["histogram"]
        {'low': 1, 'high': 4, 'counts': [1, 2, 0, 1]}
    """
    rows = max((len(column) for column in columns.values()), default=0)
    profiles: dict[str, dict[str, Any]] = {}
    for batch in _batches(list(columns), rows):
        views = {name: _view(polars_column(columns[name])) for name in batch}
        figures = _figures(views)
        profiles |= {name: _profile(view, figures[name], personal=name in personal) for name, view in views.items()}
    return profiles


def _batches(columns: Sequence[str], rows: int) -> Iterator[list[str]]:
    most = max(1, _MOST_BYTES // (8 * max(1, rows)))
    for start in range(0, len(columns), most):
        yield list(columns[start : start + most])


# --- how a column is looked at --------------------------------------------------------------------


def _view(column: pl.Series) -> _View:
    dtype = column.dtype
    if dtype == pl.Boolean:
        return _View("boolean", column)
    if dtype in (pl.Categorical, pl.Enum):
        return _View("text", column.cast(pl.String))
    if dtype == pl.String:
        return _View("text", column)
    if dtype.is_integer():
        # wider whole numbers have no counterpart in numpy
        return _View("number", column.cast(pl.Float64) if str(dtype).endswith("128") else column)
    if dtype.is_float() or dtype.is_decimal():
        wide = column if dtype == pl.Float64 else column.cast(pl.Float64)
        return _View("number", wide.fill_nan(None), floating=True)
    if isinstance(dtype, pl.Duration):
        seconds = column.dt.total_microseconds().cast(pl.Float64) / 1e6
        return _View("number", seconds, floating=True)
    return _moment(column)


def _moment(column: pl.Series) -> _View:
    dtype = column.dtype
    if dtype == pl.Date:
        return _View("moment", column.to_physical(), form=dtype, per_second=1 / 86_400)
    if dtype == pl.Time:
        return _View("moment", column.to_physical(), form=dtype, per_second=1e9)
    if isinstance(dtype, pl.Datetime):
        # the zone tells how a moment is shown, not which it is
        micro = column if dtype.time_unit == "us" else column.dt.cast_time_unit("us")
        form = pl.Datetime("us")
        return _View("moment", micro.to_physical(), form=form, per_second=1e6, zoned=dtype.time_zone is not None)
    return _View("other", column)


# --- figures of all columns, computed together ------------------------------------------------------


def _figures(views: Mapping[str, _View]) -> dict[str, dict[str, Any]]:
    """Counts, extremes, mean and deviation of every column, in one pass."""
    numbered = {f"column_{number}": name for number, name in enumerate(views)}
    frame = pl.DataFrame([views[name].values.alias(place) for place, name in numbered.items()])
    asked = [
        figure.alias(f"{place}.{what}")
        for place, name in numbered.items()
        for what, figure in _asked(views[name], pl.col(place)).items()
    ]
    answer = frame.lazy().select(asked).collect(engine="in-memory").row(0, named=True)
    found: dict[str, dict[str, Any]] = {name: {} for name in views}
    for key, figure in answer.items():
        place, _, what = key.partition(".")
        found[numbered[place]][what] = figure
    return found


def _asked(view: _View, values: pl.Expr) -> dict[str, pl.Expr]:
    asked = {"nulls": values.null_count()}
    if view.kind == "other":
        return asked
    asked["distinct"] = values.n_unique() if view.values.len() <= MOST_EXACT else values.approx_n_unique()
    if view.kind == "text":
        return asked
    asked |= {"min": values.min(), "max": values.max(), "mean": values.mean()}
    if view.kind in ("number", "moment"):
        asked["std"] = values.std(ddof=1)
    return asked


def _profile(view: _View, figures: Mapping[str, Any], *, personal: bool) -> dict[str, Any]:
    rows, nulls = view.values.len(), int(figures["nulls"])
    exact = rows <= MOST_EXACT
    distinct = _distinct(view, figures, exact)
    profile: dict[str, Any] = {"kind": view.kind, "rows": rows, "nulls": nulls, "distinct": distinct}
    profile["distinct_method"] = None if distinct is None else "exact" if exact else "hyperloglog"
    if personal:
        profile["personal"] = True
        return profile
    if view.kind in ("number", "moment"):
        profile |= _numbers(view, figures)
    elif view.kind != "other":
        profile |= _labels(view, figures, distinct or 0)
    return profile


def _distinct(view: _View, figures: Mapping[str, Any], exact: bool) -> int | None:
    """How many different values there are, missing ones left out."""
    nulls, rows = int(figures["nulls"]), view.values.len()
    if view.kind == "other":
        if not exact:
            return None
        try:
            found = view.values.n_unique()
        except pl.exceptions.PolarsError:  # values that cannot be compared
            return None
    else:
        found = int(figures["distinct"])
    # an estimate may be more than there are
    return min(found - (nulls > 0), rows - nulls) if nulls < rows else 0


# --- numbers and moments ----------------------------------------------------------------------------


def _numbers(view: _View, figures: Mapping[str, Any]) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if view.floating and any(isinstance(end, float) and math.isinf(end) for end in (figures["min"], figures["max"])):
        finite = view.values.filter(view.values.is_finite())
        extra["infinite"] = view.values.is_infinite().sum()
        view = _View(view.kind, finite, view.floating)
        figures = {"min": finite.min(), "max": finite.max(), "mean": finite.mean(), "std": finite.std(ddof=1)}
    deviation = figures["std"]
    sample = _sample(view.values)
    return {
        "min": _shown(view, figures["min"]),
        "max": _shown(view, figures["max"]),
        "mean": _shown(view, figures["mean"]),
        "std": None if deviation is None else _finite(deviation / view.per_second),
        "quantiles": _quantiles(view, sample),
        "quantile_rows": sample.len(),
        "histogram": _histogram(view, figures["min"], figures["max"]),
        **extra,
    }


def _sample(values: pl.Series) -> pl.Series:
    """All values that are not missing, or of those of many rows that are spread evenly, one from each stretch."""
    if values.len() > MOST_SORTED:
        stretch = values.len() // MOST_SORTED
        number = pl.int_range(MOST_SORTED, dtype=pl.Int64)
        place = number * values.len() // MOST_SORTED + (number * _STRIDE // 65_536) % stretch
        values = values.gather(pl.select(place).to_series())
    return values.drop_nulls()


def _quantiles(view: _View, sample: pl.Series) -> dict[str, Any]:
    """The values below which shares of all lie, neighbours interpolated; those of moments are moments that are there."""
    if not sample.len():
        return {}
    ordered = sample.sort()
    found: dict[str, Any] = {}
    for share in _SHARES:
        place = share * (ordered.len() - 1)
        below, above = ordered[math.floor(place)], ordered[math.ceil(place)]
        if view.kind == "moment" or below == above:
            found[str(share)] = _shown(view, below)
        else:
            found[str(share)] = _shown(view, below + (above - below) * (place - math.floor(place)))
    return found


def _histogram(view: _View, low: Any, high: Any) -> dict[str, Any] | None:
    if low is None:
        return None
    ends = {"low": _shown(view, low), "high": _shown(view, high)}
    width = float(high) - float(low)
    if not math.isfinite(width):
        return None
    bins = _BINS if view.floating else min(_BINS, int(high) - int(low) + 1)
    if width == 0 or not math.isfinite(bins / width):  # floats know no bounds between
        return {**ends, "counts": [view.values.len() - view.values.null_count()]}
    present = view.values.drop_nulls().to_numpy()
    counts = np.zeros(bins, dtype=np.int64)
    for start in range(0, len(present), _BLOCK):
        # what lies on the upper end would fall into a bin of its own
        place = (present[start : start + _BLOCK] - float(low)) * (bins / width)
        counts += np.bincount(np.minimum(place.astype(np.int16), bins - 1), minlength=bins)
    return {**ends, "counts": counts.tolist()}


def _shown(view: _View, figure: Any) -> Any:
    """A figure as JSON holds it: moments as text, numbers that are finite."""
    if figure is None or view.kind != "moment":
        return _finite(figure)
    assert view.form is not None  # every moment has one
    try:
        moment = pl.Series([math.floor(figure)], dtype=_physical(view)).cast(view.form)[0]
    except (ValueError, OverflowError):  # a year that Python does not know
        return None
    return f"{moment.isoformat()}{'Z' if view.zoned else ''}"


def _physical(view: _View) -> Any:
    return pl.Int32 if view.form == pl.Date else pl.Int64


def _finite(figure: Any) -> Any:
    if isinstance(figure, float):
        return figure + 0.0 if math.isfinite(figure) else None  # no minus zero
    return figure


# --- texts and booleans -----------------------------------------------------------------------------


def _labels(view: _View, figures: Mapping[str, Any], distinct: int) -> dict[str, Any]:
    """Extremes and the most frequent values, those of one count in the order of the values.

    Of very many different texts only those are counted that are the most frequent in a sample.
    """
    present = view.values.drop_nulls()
    if distinct > MOST_EXACT:
        least, greatest = present.min(), present.max()
        frequent = _counted(_sample(view.values))["value"].head(_MOST_TOP)
        counted = _counted(present.filter(present.is_in(frequent.implode())))
    else:
        counted = _counted(present)
        least, greatest = counted["value"].min(), counted["value"].max()
    top = [{"value": _label(value), "count": count} for value, count in counted.head(_MOST_TOP).iter_rows()]
    mean = {"mean": _finite(figures["mean"])} if view.kind == "boolean" else {}
    return {"min": _label(least), "max": _label(greatest), **mean, "top": top}


def _counted(values: pl.Series) -> pl.DataFrame:
    counts = values.alias("value").value_counts(name="count")
    return counts.sort(["count", "value"], descending=[True, False])


def _label(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return value if len(value) <= _MOST_CHARACTERS else f"{value[: _MOST_CHARACTERS - 1]}…"
