from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.storage.redact import MASK, is_secret_key, redact_config, redact_text, redact_uri, secret_values

SECRETS = st.text(st.characters(exclude_categories=["Cs"]), min_size=4, max_size=12).filter(
    lambda text: text not in "***passwordtokensecretregionus"
)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("password", True),
        ("DB_PASSWORD_2", True),
        ("clientSecret", True),
        ("token", True),
        ("api_key", True),
        ("KEY", True),
        ("keys", False),
        ("region", False),
    ],
)
def test_names_of_secrets(name: str, secret: bool) -> None:
    assert is_secret_key(name) is secret


def test_nested_configs_lose_their_secrets_and_nothing_else() -> None:
    config = {
        "region": "us",
        "depth": 3,
        "none": None,
        "password": "hunter2",
        "token": "env:API_TOKEN",
        "pin_key": 1234,
        "empty_key": None,
        "secrets": {"a": "b"},
        "sources": [{"uri": "pg://ann:hunter2@host/db", "token": "t0ken"}, "plain"],
        "dsn": "host=h password=hunter2 dbname=d",
    }
    clean, redacted = redact_config(config)
    assert clean == {
        "region": "us",
        "depth": 3,
        "none": None,
        "password": MASK,
        "token": "env:API_TOKEN",
        "pin_key": MASK,
        "empty_key": None,
        "secrets": MASK,
        "sources": [{"uri": f"pg://{MASK}@host/db", "token": MASK}, "plain"],
        "dsn": f"host=h password={MASK} dbname=d",
    }
    assert redacted == ("password", "pin_key", "secrets", "sources.0.uri", "sources.0.token", "dsn")
    assert config["password"] == "hunter2"


def test_own_patterns_replace_the_default() -> None:
    assert redact_config({"pin": "1", "token": "2"}, ["PIN"]) == ({"pin": MASK, "token": "2"}, ("pin",))


@pytest.mark.parametrize(
    ("uri", "clean"),
    [
        ("pg://ann:hunter2@host:5432/db", "pg://***@host:5432/db"),
        ("pg://ann@host/db", "pg://***@host/db"),
        ("jdbc:pg://ann:p@ss@host/db", "jdbc:pg://***@host/db"),
        ("pg://ann:p/w?x@host/db", "pg://***@host/db"),
        ("https://host:8080/path@v1", "https://host:8080/path@v1"),
        ("http://[::1]:80/a@b", "http://[::1]:80/a@b"),
        ("s3://bucket/x?X-Amz-Signature=abc&part=1", "s3://bucket/x?X-Amz-Signature=***&part=1"),
        ("https://h/x?api%5Fkey=abc#frag", "https://h/x?api%5Fkey=***#frag"),
        ("pg://a:b@h1/x,pg://c:d@h2/y", "pg://***@h1/x,pg://***@h2/y"),
        ("host=h user=u password='hun ter2' port=5", "host=h user=u password=*** port=5"),
        ("data/flights.parquet", "data/flights.parquet"),
        ("", ""),
    ],
)
def test_uris(uri: str, clean: str) -> None:
    assert redact_uri(uri) == clean
    assert redact_uri(clean) == clean


def test_long_words_take_no_time_to_speak_of() -> None:
    for text in ("a" * 200_000, "a=" * 100_000, "a://" * 50_000, "@" * 200_000, "x://" + "@" * 200_000):
        redact_uri(text)


@given(SECRETS)
def test_a_known_secret_is_in_no_message(secret: str) -> None:
    secrets = secret_values({"password": secret})
    for written in (secret, repr(secret), json.dumps(secret), f"login failed for ann:{secret}@host"):
        assert secret not in redact_text(written, secrets)


@given(st.dictionaries(st.sampled_from(["password", "token", "secret"]), SECRETS | st.lists(SECRETS), max_size=2))
def test_no_secret_survives_in_a_config(config: dict[str, Any]) -> None:
    clean, _ = redact_config({"nested": [config], "region": "us"})
    assert not any(secret in str(clean) for secret in secret_values(config) if "'" not in secret)


def test_secrets_come_from_config_uris_and_environment() -> None:
    found = secret_values(
        {"password": "hunter2", "user": "env:DB_USER", "lost": "env:UNSET", "keys": {"api_key": ["k3y-one", 77777]}},
        uris=["pg://ann:p%40ss@host", "s3://b?token='quoted'", "pg://plainuser@host"],
        environment={"DB_USER": "ann-from-env", "MY_TOKEN": "t0ken", "HOME": "/somewhere", "SHORT_KEY": "yes"},
    )
    assert set(found) == {
        "hunter2", "ann-from-env", "k3y-one", "77777", "ann:p%40ss", "ann:p@ss", "p%40ss", "p@ss", "quoted", "t0ken",
    }  # fmt: skip


def test_short_secrets_do_not_garble_messages() -> None:
    assert redact_text("a yes is not a no", ["yes", ""]) == "a yes is not a no"


def test_the_longest_secret_goes_first() -> None:
    assert redact_text("hunter2000", ["hunter2", "hunter2000"]) == MASK
