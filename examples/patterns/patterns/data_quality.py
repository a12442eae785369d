"""Data quality: checks of columns, and a pandera schema for a whole frame."""

import sys

import pandas as pd
import pandera.pandas as pa
from hamilton import driver
from hamilton.function_modifiers import check_output, extract_columns

ORDERS = pa.DataFrameSchema(
    {
        "order_id": pa.Column(int, unique=True),
        "amount": pa.Column(float, pa.Check.ge(0)),
        "country": pa.Column(str, pa.Check.isin(["DE", "FR", "IT"])),
    }
)


@extract_columns("order_id", "amount", "country")
@check_output(schema=ORDERS, importance="fail")
def orders(rows: list) -> pd.DataFrame:
    """Orders, one row each; the frame is refused when the schema does not hold."""
    return pd.DataFrame(rows, columns=["order_id", "amount", "country"])


@check_output(range=(0.0, 1.0), allow_nans=False, importance="warn")
def share_of_total(amount: pd.Series) -> pd.Series:
    """Each order's share of everything that was ordered."""
    return amount / amount.sum()


@check_output(range=(0, 100), importance="warn")
def amount_in_cents(amount: pd.Series) -> pd.Series:
    """The amount in cents; more than a hundred is told, and let through."""
    return (amount * 100).astype(int)


@check_output(values_in=["small", "large"], importance="fail")
def kind_of_day(amount: pd.Series) -> str:
    """What kind of day it was."""
    return "small" if amount.sum() < 100 else "large"


def _run() -> dict:
    """Good rows pass, bad rows are refused, and a warning does not stop anything."""
    dr = driver.Builder().with_modules(sys.modules[__name__]).build()
    good = [(1, 20.0, "DE"), (2, 30.0, "FR")]
    bad = [(1, 20.0, "DE"), (1, -30.0, "XX")]
    found = dr.execute(["share_of_total", "amount_in_cents", "kind_of_day"], inputs={"rows": good})
    answers = {name: one.tolist() if hasattr(one, "tolist") else one for name, one in found.items()}
    try:
        dr.execute(["kind_of_day"], inputs={"rows": bad})
    except Exception as error:  # noqa: BLE001 - each world has its own; both tell which check said no
        answers["refused"] = "orders" in str(error) and "schema" in str(error)
    answers["checks"] = sorted(
        variable.name for variable in dr.list_available_variables() if variable.name.endswith("_validator")
    )
    return answers
