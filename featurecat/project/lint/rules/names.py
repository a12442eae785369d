"""Rules on names: how they are written, and whether they sound personal."""

from __future__ import annotations

import functools
import re

from featurecat.project.lint.definitions import LintedDefinitions, Row
from featurecat.project.lint.naming import snake_case
from featurecat.project.lint.options import NAMING
from featurecat.project.lint.rule import Breach, Rule

__all__ = ["NAME", "PERSONAL", "PERSONAL_WORDS"]

#: Words, in the singular and as snake_case has them, after which columns with personal data are called.
PERSONAL_WORDS = (
    "address", "birth", "birthdate", "birthday", "dob", "e_mail", "email", "first_name", "full_name", "iban", "ip",
    "last_name", "mobile_number", "passport", "phone", "social_security", "ssn", "street", "surname", "telephone",
)  # fmt: skip


def _name(row: Row, definitions: LintedDefinitions) -> Breach | None:
    name, options = row["name"], definitions.options
    if len(name) > options.max_length:
        return Breach(
            f"its name has {len(name)} characters, of at most {options.max_length}",
            "shorten it; the docstring has room for the rest",
            observed={"length": len(name)},
            threshold={"max_length": options.max_length},
        )
    if _pattern(options.naming).fullmatch(name):
        return None
    better = snake_case(name)
    fits = better != name and _pattern(options.naming).fullmatch(better)
    rule = "snake_case" if options.naming == NAMING else options.naming
    return Breach(
        f"its name is not written as {rule}",
        f"call it {better}" if fits else f"the whole name must match {options.naming}",
        threshold={"naming": options.naming},
    )


def _personal(row: Row, definitions: LintedDefinitions) -> Breach | None:
    if row["pii"] or row["feature"] in definitions.cleared:
        return None
    found = _personal_words(definitions.options.personal).search(f"_{snake_case(row['name'])}_")
    if found is None:
        return None
    word = found[1].replace("_", " ")
    return Breach(
        f"its name says {word!r}, and it is not marked as personal",
        "say which it is: @feature(pii=True), or pii=False",
        observed={"word": word},
    )


@functools.cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


@functools.cache
def _personal_words(further: tuple[str, ...]) -> re.Pattern[str]:
    words = sorted({snake_case(word) for word in (*PERSONAL_WORDS, *further)}, key=lambda word: (-len(word), word))
    return re.compile(f"_({'|'.join(map(re.escape, words))})(?:e?s)?[0-9]*_")


NAME = Rule(
    "naming",
    "warn",
    "names are in snake_case, or as the settings say, and not too long",
    "def net_amount(…)",
    _name,
    frames="all",
)
PERSONAL = Rule(
    "pii",
    "warn",
    "what is called like personal data says whether it is",
    "@feature(pii=True)",
    _personal,
)
