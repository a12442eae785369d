"""Secrets stay out of the store, of errors and of logs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import quote, quote_plus, unquote

__all__ = ["DEFAULT_PATTERNS", "MASK", "is_secret_key", "redact_config", "redact_text", "redact_uri", "secret_values"]

#: Names whose values are secrets, as case-insensitive globs.
DEFAULT_PATTERNS = ("*password*", "*secret*", "*token*", "*key")

#: What stands in a secret's place.
MASK = "***"

# Names that hold secrets in URIs and connection strings beside the patterns above.
_URI_PATTERNS = ("pwd", "passwd", "sig", "*signature", "*credential*")
_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*")
_PAIR = re.compile(r"(?<![\w.%-])(?P<name>[\w.%-]++)(?P<equals>\s*=\s*)(?P<quoted>'[^']*'|\"[^\"]*\"|[^\s&;#]*)")
_SCHEME = re.compile(r"(?<![\w+.-])[\w+.-]++://")
_WORD = re.compile(r"\S*")
# Shorter values (such as "true") would mask half of every message.
_SHORTEST_SECRET = 4


def is_secret_key(name: str, patterns: Sequence[str] = DEFAULT_PATTERNS) -> bool:
    """Whether values under this name are secrets.

    Example:
        >>> is_secret_key("DB_Password"), is_secret_key("region")
        (True, False)
    """
    folded = name.casefold()
    return any(fnmatchcase(folded, pattern.casefold()) for pattern in patterns)


def redact_config(
    config: Mapping[str, Any], patterns: Sequence[str] = DEFAULT_PATTERNS
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A config without its secrets.

    Args:
        config: The config; nested mappings and lists are followed.
        patterns: Globs of key names whose values are secrets.

    Returns:
        A copy with ``***`` in place of each secret, and the dotted names of the keys that lost something.
        References such as ``env:NAME`` stay. URIs and connection strings lose their secrets alone.

    Example:
        >>> redact_config({"db": {"password": "hunter2", "host": "h"}, "api_token": "env:API_TOKEN"})
        ({'db': {'password': '***', 'host': 'h'}, 'api_token': 'env:API_TOKEN'}, ('db.password',))
    """
    redacted: list[str] = []
    clean = {name: _clean(entry, str(name), (str(name),), patterns, redacted) for name, entry in config.items()}
    return clean, tuple(redacted)


def redact_uri(uri: str, patterns: Sequence[str] = DEFAULT_PATTERNS) -> str:
    """A URI or connection string without user-info and without secrets in ``name=secret`` pairs.

    Example:
        >>> redact_uri("s3://ann:hunter2@bucket/x.parquet?token=abc&part=1")
        's3://***@bucket/x.parquet?token=***&part=1'
    """
    for start, end in reversed(_user_spans(uri)):
        uri = uri[:start] + MASK + uri[end:]
    return _PAIR.sub(lambda match: _masked_pair(match, patterns), uri)


def redact_text(text: str, secrets: Iterable[str]) -> str:
    """A message without known secrets, whether written plainly, quoted for a URI or escaped in a string.

    Args:
        text: The message.
        secrets: Values as :func:`secret_values` gathers them; those under 4 characters are let be, because they
            would mask half of every message.

    Example:
        >>> redact_text("cannot log in as ann:hunter2", ["hunter2"])
        'cannot log in as ann:***'
    """
    forms = {form for secret in secrets if len(secret) >= _SHORTEST_SECRET for form in _written_forms(secret)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, MASK)
    return text


def secret_values(
    config: Mapping[str, Any],
    *,
    uris: Iterable[str] = (),
    environment: Mapping[str, str] | None = None,
    patterns: Sequence[str] = DEFAULT_PATTERNS,
) -> tuple[str, ...]:
    """The secrets a run knows, for :func:`redact_text`.

    Args:
        config: The config before redaction.
        uris: Source URIs before redaction.
        environment: The environment; its variables count when their name is that of a secret or when the config
            refers to them.
        patterns: Globs of names whose values are secrets.

    Example:
        >>> secret_values({"password": "hunter2"}, uris=["pg://ann:pa55word@host/db"])
        ('ann:pa55word', 'hunter2', 'pa55word')
    """
    variables = environment or {}
    found = {text for name, text in variables.items() if is_secret_key(name, patterns)}
    for name, text in _leaves(config, "", patterns):
        if _REFERENCE.fullmatch(text):
            found |= _secrets_behind(text, variables, patterns)
        elif is_secret_key(name, patterns):
            found.add(text)
        else:
            found.update(_secrets_in_uri(text, patterns))
    for uri in uris:
        if _REFERENCE.fullmatch(uri):
            found |= _secrets_behind(uri, variables, patterns)
        found.update(_secrets_in_uri(uri, patterns))
    return tuple(sorted(secret for secret in found if len(secret) >= _SHORTEST_SECRET))


def _secrets_behind(reference: str, variables: Mapping[str, str], patterns: Sequence[str]) -> set[str]:
    """What a variable holds, and what of that is secret by itself."""
    text = variables.get(reference.partition(":")[2], "")
    return {text} | _secrets_in_uri(text, patterns)


def _clean(entry: Any, name: str, path: tuple[str, ...], patterns: Sequence[str], redacted: list[str]) -> Any:
    if isinstance(entry, str):
        if _REFERENCE.fullmatch(entry):
            return entry
        clean = MASK if is_secret_key(name, patterns) else redact_uri(entry, patterns)
        if clean != entry:
            redacted.append(".".join(path))
        return clean
    if is_secret_key(name, patterns) and entry is not None:
        redacted.append(".".join(path))
        return MASK
    if isinstance(entry, Mapping):
        return {key: _clean(inner, str(key), (*path, str(key)), patterns, redacted) for key, inner in entry.items()}
    if isinstance(entry, (list, tuple)):
        return [_clean(inner, name, (*path, str(position)), patterns, redacted) for position, inner in enumerate(entry)]
    return entry


def _leaves(entry: Any, name: str, patterns: Sequence[str]) -> list[tuple[str, str]]:
    """Every text of a config with its key; what lies under a secret's key keeps that key."""
    if isinstance(entry, Mapping):
        fixed = is_secret_key(name, patterns)
        return [leaf for key, inner in entry.items() for leaf in _leaves(inner, name if fixed else str(key), patterns)]
    if isinstance(entry, (list, tuple, set, frozenset)):
        return [leaf for inner in entry for leaf in _leaves(inner, name, patterns)]
    return [(name, entry if isinstance(entry, str) else str(entry))]


def _user_spans(text: str) -> list[tuple[int, int]]:
    """Where in a text user-info stands: from each ``://`` to the last ``@`` of its authority."""
    schemes = list(_SCHEME.finditer(text))
    ends = [*(scheme.start() for scheme in schemes[1:]), len(text)]
    spans = []
    for scheme, end in zip(schemes, ends, strict=False):  # without a scheme one end is left over
        word = _WORD.match(text, scheme.end(), end)
        length = _user_length(word[0]) if word else 0
        if length:
            spans.append((scheme.end(), scheme.end() + length))
    return spans


def _user_length(rest: str) -> int:
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        return authority.rindex("@")
    port = authority.partition(":")[2]
    # an unescaped "/" or "?" in a password makes the authority end too early: what looks like a port is none
    if port and not port.isdigit() and not authority.startswith("[") and "@" in rest:
        return rest.rindex("@")
    return 0


def _masked_pair(match: re.Match[str], patterns: Sequence[str]) -> str:
    if not _is_secret_pair(match, patterns):
        return match[0]
    return f"{match['name']}{match['equals']}{MASK}"


def _is_secret_pair(match: re.Match[str], patterns: Sequence[str]) -> bool:
    return bool(match["quoted"]) and is_secret_key(unquote(match["name"]), (*patterns, *_URI_PATTERNS))


def _secrets_in_uri(uri: str, patterns: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start, end in _user_spans(uri):
        user = uri[start:end]
        if ":" in user:
            found |= {user, user.partition(":")[2]}
    for match in _PAIR.finditer(uri):
        if _is_secret_pair(match, patterns):
            found.add(match["quoted"].strip("'\""))
    return found | {unquote(secret) for secret in found}


def _written_forms(secret: str) -> set[str]:
    return {
        secret,
        quote(secret, safe="", errors="replace"),
        quote_plus(secret, errors="replace"),
        repr(secret)[1:-1],
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
    }
