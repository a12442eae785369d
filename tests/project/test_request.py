"""Config and inputs as typed."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from featurecat.project.discover import find_project
from featurecat.project.request import RunRequest, read_config


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("n=5", 5),
        ("n=2.5", 2.5),
        ("n=true", True),
        ("n='5'", "5"),
        ("n=2013-01-31", datetime.date(2013, 1, 31)),
        ("n=us", "us"),
        ("n=a=b", "a=b"),
        ("n=", ""),
        ("n=[1,2]", "[1,2]"),
        ("n={a=1}", "{a=1}"),
        ("n=5 # five", "5 # five"),
        ("n=1\nother=2", "1\nother=2"),
        ("n:=[1,2]", [1, 2]),
        ('n:={"a": 1}', {"a": 1}),
    ],
)
def test_config_is_a_toml_scalar_else_text(tmp_path: Path, typed: str, value: object) -> None:
    config = read_config(find_project(tmp_path), RunRequest(config=(typed,)))
    assert config == {"n": value}
    assert type(config["n"]) is type(value)
