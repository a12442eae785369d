"""What the catalog may tell of values that the config gave: none that are secret."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from featurecat.storage.redact import MASK, is_secret_key, redact_text

__all__ = ["Concealment"]

_PLAIN = re.compile(r"[A-Za-z0-9]+")


class Concealment:
    """Takes the secrets of a project out of what is told of it.

    Example:
        >>> concealment = Concealment({"us": {"pin": 123}}, secrets=["hunter2"], patterns=["*pin*"])
        >>> concealment.told({"team": ["sales", "123"], "login": "ann:hunter2"})
        {'team': ['sales', '***'], 'login': 'ann:***'}
        >>> concealment.hides("pin", 7), concealment.hides("region", "us"), concealment.hides("user", "hunter2")
        (True, False, True)
    """

    def __init__(
        self, configs: Mapping[str, Mapping[str, Any]], *, secrets: Iterable[str], patterns: Sequence[str]
    ) -> None:
        """Know the secrets.

        Args:
            configs: The named configs: what they hold under secret names is masked where it is all of a text.
            secrets: Texts that are masked wherever they are part of one.
            patterns: Globs of config keys whose values are secret.
        """
        self._secrets = tuple(secrets)
        self._patterns = patterns
        self._whole = {text for config in configs.values() for text in self._texts("", config, secret=False)}
        # quoting and escaping leave letters and digits alone: without these no form of a secret is in a text
        self._signs = tuple({max(_PLAIN.findall(secret), key=len, default="") for secret in self._secrets})

    def hides(self, key: str, value: Any) -> bool:
        """Whether the value of a config key may not be shown: for its name, or for a secret in it."""
        return is_secret_key(key, self._patterns) or self._holds_secret(value)

    def told(self, value: Any) -> Any:
        """A text, or texts in lists and mappings, without secrets; other values as they are."""
        if isinstance(value, str):
            return self._masked(value)
        if isinstance(value, Mapping):
            return {key: self.told(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return type(value)([self.told(inner) for inner in value]) if type(value) in (list, tuple) else value
        return value

    def _masked(self, text: str) -> str:
        if text in self._whole:
            return MASK
        return redact_text(text, self._secrets) if any(sign in text for sign in self._signs) else text

    def _holds_secret(self, value: Any) -> bool:
        if isinstance(value, str):
            return self._masked(value) != value
        if isinstance(value, Mapping):
            return any(self.hides(str(key), inner) for key, inner in value.items())
        return isinstance(value, list | tuple | set | frozenset) and any(map(self._holds_secret, value))

    def _texts(self, key: str, value: Any, *, secret: bool) -> Iterable[str]:
        secret = secret or is_secret_key(key, self._patterns)
        if isinstance(value, Mapping):
            for inner, part in value.items():
                yield from self._texts(str(inner), part, secret=secret)
        elif isinstance(value, list | tuple):
            for part in value:
                yield from self._texts(key, part, secret=secret)
        elif secret and value not in (None, "", True, False) and not str(value).startswith("env:"):
            yield str(value)
