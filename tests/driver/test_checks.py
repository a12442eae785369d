"""``Builder.with_checks``: what becomes of expectations that do not hold."""

from __future__ import annotations

import pytest

from featurecat import driver
from featurecat.errors import ExpectationError, RequestError

SOURCE = """
import pandas as pd
from featurecat import check_output

@check_output(range=(0.0, 1.0), importance="fail")
def share(part: pd.Series) -> pd.Series:
    return part / 2

def doubled(share: pd.Series) -> pd.Series:
    return share * 2
"""


@pytest.fixture
def build(make_module):
    module = make_module(SOURCE)
    return lambda mode: driver.Builder().with_modules(module).with_checks(mode).build()


def given():
    import pandas as pd

    return {"part": pd.Series([1.0, 9.0])}


def test_enforced_ones_raise(build):
    with pytest.raises(ExpectationError, match="1 of 2 values outside"):
        build("enforce").execute(["doubled"], inputs=given())


def test_warnings_go_to_the_log(build, caplog):
    assert list(build("warn").execute(["doubled"], inputs=given())["doubled"]) == [1.0, 9.0]
    assert "[share:range] 1 of 2 values outside" in caplog.text


def test_nothing_is_evaluated(build, caplog):
    lenient = build("off")
    assert list(lenient.execute(["doubled"], inputs=given())["doubled"]) == [1.0, 9.0]
    assert not caplog.text
    # who asks for a verdict gets it
    assert not lenient.execute(["share_range_validator"], inputs=given())["share_range_validator"].passes


def test_an_unknown_mode_is_refused(build):
    with pytest.raises(RequestError, match="checks cannot be 'of'") as refused:
        build("of")
    assert "off" in refused.value.problems[0].hint
