"""What people will weigh in 1982: a model fitted on some of them, tried on the others.

Everything that is fitted is a node like any other: it can be asked for, replaced, and saved.
"""

from __future__ import annotations

import pandas as pd
from sklearn.base import RegressorMixin
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from featurecat import check_output, config, feature, save_to, source, tag, with_columns
from people_features import columns

__all__ = [
    "baseline_error_kg",
    "is_training",
    "mean_absolute_error_kg",
    "predicted_weight_1982_kg",
    "prediction_error_kg",
    "prediction_report",
    "predictors",
    "scaled_predictors",
    "scaler",
    "weight_model__forest",
    "weight_model__ridge",
]

_PREDICTORS = ["height_cm", "weight_1971_kg", "age", "age_squared", "is_male", "is_inactive", "cigarettes_per_day"]
#: Knuth's multiplier: neighbouring numbers end up far from each other.
_SPREAD = 2_654_435_761


@tag(topic="model")
@feature(owner="research")
def is_training(seqn: pd.Series, weight_1982_kg: pd.Series, training_share: float = 0.75) -> pd.Series:
    """Whether the model is fitted on the person: the number decides, so it is the same in every run.

    Args:
        seqn: Number of the person.
        weight_1982_kg: Those who were not weighed again teach nothing.
        training_share: How many of the people are for training.
    """
    place = (seqn * _SPREAD % 2**32) / 2**32
    return (place < training_share) & weight_1982_kg.notna()


@tag(topic="model")
@feature(owner="research")
@with_columns(
    columns,
    columns_to_pass=["age", "sex", "usual_day", "recreation"],
    select=["age_squared", "is_male", "is_inactive"],
)
def predictors(person_table: pd.DataFrame) -> pd.DataFrame:
    """What the model looks at; all of it was known in 1971."""
    return person_table[_PREDICTORS].astype("float64")


@tag(topic="model")
@feature(owner="research")
def scaler(predictors: pd.DataFrame, is_training: pd.Series) -> StandardScaler:
    """Brings the predictors to zero mean and unit variance, as the training people have them."""
    return StandardScaler().fit(predictors[is_training])


@tag(topic="model")
@feature(owner="research")
def scaled_predictors(scaler: StandardScaler, predictors: pd.DataFrame) -> pd.DataFrame:
    """The predictors of everybody on the scale of the training people."""
    return pd.DataFrame(scaler.transform(predictors), index=predictors.index, columns=predictors.columns)


@tag(topic="model")
@feature(owner="research")
@config.when(model="ridge")
def weight_model__ridge(
    scaled_predictors: pd.DataFrame, weight_1982_kg: pd.Series, is_training: pd.Series
) -> RegressorMixin:
    """Linear regression with a penalty on large coefficients."""
    return Ridge(alpha=1.0).fit(scaled_predictors[is_training], weight_1982_kg[is_training])


@tag(topic="model")
@feature(owner="research")
@config.when(model="forest")
def weight_model__forest(
    scaled_predictors: pd.DataFrame, weight_1982_kg: pd.Series, is_training: pd.Series
) -> RegressorMixin:
    """Regression trees, the same ones in every run."""
    forest = RandomForestRegressor(n_estimators=60, min_samples_leaf=5, random_state=1971)
    return forest.fit(scaled_predictors[is_training], weight_1982_kg[is_training])


@tag(topic="model")
@feature(owner="research", unit="kg")
@check_output(range=(30, 200), allow_nans=False, importance="fail")
def predicted_weight_1982_kg(weight_model: RegressorMixin, scaled_predictors: pd.DataFrame) -> pd.Series:
    """The weight that the model expects."""
    return pd.Series(weight_model.predict(scaled_predictors), index=scaled_predictors.index)


@tag(topic="model")
@feature(owner="research", unit="kg")
def prediction_error_kg(predicted_weight_1982_kg: pd.Series, weight_1982_kg: pd.Series) -> pd.Series:
    """How much the model expected too much; missing where nobody was weighed."""
    return predicted_weight_1982_kg - weight_1982_kg


@tag(topic="model")
@feature(owner="research", unit="kg")
@check_output(range=(0, 10))
def mean_absolute_error_kg(prediction_error_kg: pd.Series, is_training: pd.Series) -> float:
    """How far off the model is, for people it has not seen."""
    return float(prediction_error_kg[~is_training].abs().mean())


@tag(topic="model")
@feature(owner="research", unit="kg")
def baseline_error_kg(weight_change_kg: pd.Series, is_training: pd.Series) -> float:
    """How far off one is, for the same people, when nobody's weight is expected to change."""
    return float(weight_change_kg[~is_training].abs().mean())


@tag(topic="model")
@feature(owner="research")
@save_to.json(path=source("report_path"), output_name_="saved_report")
def prediction_report(mean_absolute_error_kg: float, baseline_error_kg: float, is_training: pd.Series) -> dict:
    """What there is to say about the model."""
    return {
        "training_people": int(is_training.sum()),
        "error_kg": round(mean_absolute_error_kg, 3),
        "error_without_model_kg": round(baseline_error_kg, 3),
    }
