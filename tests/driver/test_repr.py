"""What a driver says of itself."""

from __future__ import annotations

from featurecat.driver import Builder, Driver
from tests.support.modules import ModuleMaker

FEATURES = "def twice(price: int) -> int:\n    return 2 * price\n"


def test_a_driver_says_what_it_has(make_module: ModuleMaker) -> None:
    module = make_module(FEATURES + "\n\ndef more(twice: int) -> int:\n    return twice\n", "trip_features")
    config = {"region": "US", "api_token": "hunter2", "store": {"password": "hunter2"}}
    assert repr(Driver({}, module)) == "Driver: 2 features of trip_features"
    assert (
        repr(Builder().with_modules(module).with_config(config).build())
        == "Driver: 2 features of trip_features, config region='US', api_token='***', store={'password': '***'}"
    )
    assert repr(Driver({}, make_module(FEATURES, "one_feature"))) == "Driver: 1 feature of one_feature"
