"""What is measured of people, in one unit each, and what follows from it (pandas)."""

from __future__ import annotations

import pandas as pd

from featurecat import check_output, extract_columns, feature, parameterize, pipe_output, source, step, tag, value

__all__ = [
    "bmi",
    "bmi_change",
    "height_m",
    "height_mean",
    "height_std_dev",
    "height_zero_mean",
    "height_zero_mean_unit_variance",
    "in_other_unit",
    "pack_years",
    "person_table",
    "weight_change_kg",
    "weight_change_share",
    "weight_class_1971",
]

_NAMES = {
    "ht": "height_cm",
    "wt71": "weight_1971_kg",
    "wt82": "weight_1982_kg",
    "smokeintensity": "cigarettes_per_day",
    "smokeyrs": "years_smoked",
    "active": "usual_day",
    "exercise": "recreation",
}


def _rounded(measure: pd.Series, digits: int) -> pd.Series:
    return measure.round(digits)


@tag(topic="person")
@feature(owner="survey")
@extract_columns(
    ("seqn", "Number of the person."),
    ("sex", "Sex: female or male."),
    ("age", "Age in 1971, in years."),
    ("height_cm", "Height in 1971, in centimetres."),
    ("weight_1971_kg", "Weight in 1971, in kilograms."),
    ("weight_1982_kg", "Weight in 1982, in kilograms; missing for 63 people who were not weighed again."),
    ("cigarettes_per_day", "Cigarettes a day in 1971."),
    ("years_smoked", "Years of smoking until 1971."),
    ("usual_day", "How active the person is on a usual day."),
    ("recreation", "How much exercise the person takes."),
)
def person_table(people: pd.DataFrame) -> pd.DataFrame:
    """The people, one row each, in the order of their numbers."""
    return people.rename(columns=_NAMES)


@tag(topic="body")
@feature(owner="research", unit="m")
@check_output(range=(1.2, 2.3), importance="fail")
def height_m(height_cm: pd.Series) -> pd.Series:
    """Height in metres."""
    return height_cm / 100


@tag(topic="body")
@feature(owner="research")
@pipe_output(step(_rounded, digits=2))
@parameterize(
    height_in=({"measure": source("height_cm"), "factor": value(1 / 2.54)}, "Height in inches."),
    weight_1971_lb=({"measure": source("weight_1971_kg"), "factor": value(2.204622622)}, "Weight in 1971, in pounds."),
)
def in_other_unit(measure: pd.Series, factor: float) -> pd.Series:
    """A measure in another unit, to two digits."""
    return measure * factor


@tag(topic="body")
@feature(owner="research", unit="kg/m²")
@check_output(range=(10, 70), max_fraction_nans=0.05)
@parameterize(
    bmi_1971=({"weight_kg": source("weight_1971_kg")}, "Body mass index in 1971."),
    bmi_1982=({"weight_kg": source("weight_1982_kg")}, "Body mass index in 1982, with the height of 1971."),
)
def bmi(weight_kg: pd.Series, height_m: pd.Series) -> pd.Series:
    """Body mass index: weight by the square of height."""
    return weight_kg / height_m**2


@tag(topic="body")
@feature(owner="research", unit="kg/m²")
def bmi_change(bmi_1971: pd.Series, bmi_1982: pd.Series) -> pd.Series:
    """How much the body mass index grew."""
    return bmi_1982 - bmi_1971


@tag(topic="body")
@feature(owner="research", unit="kg")
@check_output(range=(-60, 60))
def weight_change_kg(weight_1971_kg: pd.Series, weight_1982_kg: pd.Series) -> pd.Series:
    """How much weight the person put on."""
    return weight_1982_kg - weight_1971_kg


@tag(topic="body")
@feature(owner="research")
def weight_change_share(weight_change_kg: pd.Series, weight_1971_kg: pd.Series) -> pd.Series:
    """What the person put on as a share of the weight before."""
    return weight_change_kg / weight_1971_kg


@tag(topic="body")
@feature(owner="research")
@check_output(values_in=["underweight", "normal", "overweight", "obese"], importance="fail")
def weight_class_1971(bmi_1971: pd.Series) -> pd.Series:
    """Class of the body mass index of 1971, with the usual bounds 18.5, 25 and 30."""
    bounds = [0.0, 18.5, 25.0, 30.0, 1_000.0]
    labels = ["underweight", "normal", "overweight", "obese"]
    return pd.cut(bmi_1971, bounds, labels=labels, right=False).astype("string")


@tag(topic="body")
@feature(owner="research")
@check_output(range=(0, 200))
def pack_years(cigarettes_per_day: pd.Series, years_smoked: pd.Series) -> pd.Series:
    """Packs of twenty a day, times years of smoking."""
    return cigarettes_per_day / 20 * years_smoked


@feature(owner="research", unit="cm")
def height_mean(height_cm: pd.Series) -> float:
    """Mean height."""
    return float(height_cm.mean())


@feature(owner="research", unit="cm")
def height_std_dev(height_cm: pd.Series) -> float:
    """Standard deviation of height, of a sample."""
    return float(height_cm.std())


@tag(topic="body")
@feature(owner="research", unit="cm")
@check_output(range=(-80, 80))
def height_zero_mean(height_cm: pd.Series, height_mean: float) -> pd.Series:
    """Height less its mean."""
    return height_cm - height_mean


@tag(topic="body")
@feature(owner="research")
@check_output(range=(-5.0, 5.0), allow_nans=False)
def height_zero_mean_unit_variance(height_zero_mean: pd.Series, height_std_dev: float) -> pd.Series:
    """Height in standard deviations from its mean."""
    return height_zero_mean / height_std_dev
