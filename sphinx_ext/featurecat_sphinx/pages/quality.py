"""What is good and what is wrong in a catalog, in numbers and lists."""

from __future__ import annotations

from featurecat_sphinx.model import Feature, Snapshot
from featurecat_sphinx.pages import words

__all__ = ["numbers_that_matter", "shortcomings"]


def numbers_that_matter(snapshot: Snapshot) -> list[tuple[str, str, str, str]]:
    """Numbers with their words, the page that tells more, and a class where they are bad."""
    features = list(snapshot.features.values())
    count = len(features)
    documented = count - sum(one.undocumented for one in features)
    checked = sum(bool(one.checks) for one in features)
    lists = {name: len(members) for name, _, members, _ in shortcomings(snapshot)}
    return [
        (f"{count:,}", "features", "explorer.html", ""),
        (f"{len(snapshot.by_owner):,}", "owners", "owners.html", ""),
        (words.share(documented, count) or "0 %", "documented", "explorer.html", ""),
        (words.share(checked, count) or "0 %", "checked", "quality.html#unchecked", ""),
        (f"{lists['failing']:,}", "failing now", "quality.html#failing", "b" if lists["failing"] else "g"),
        (f"{lists['stale']:,}", "stale", "quality.html#stale", "w" if lists["stale"] else "g"),
        (f"{lists['deprecated']:,}", "deprecated", "quality.html#deprecated", ""),
        (f"{lists['undocumented']:,}", "undocumented", "quality.html#undocumented", ""),
        (f"{lists['unowned']:,}", "without owner", "quality.html#unowned", "w" if lists["unowned"] else "g"),
    ]


def shortcomings(snapshot: Snapshot) -> list[tuple[str, str, list[Feature], str]]:
    """Lists of what is wrong: anchor, title, features, and the explorer's filter that shows the same."""
    features = list(snapshot.features.values())
    today = f"{snapshot.as_of:%Y-%m-%d}"
    return [
        ("failing", "Failing now", [one for one in features if one.check_state == "failing"], "check=failing"),
        ("warning", "Warnings", [one for one in features if one.check_state == "warning"], "check=warning"),
        ("stale", "Stale", [one for one in features if one.stale], "flag=stale"),
        (
            "unjudged",
            "Checks that never ran",
            [one for one in features if one.check_state == "unknown"],
            "check=unknown",
        ),
        ("unchecked", "Without checks", [one for one in features if not one.checks], "check=none"),
        ("undocumented", "Undocumented", [one for one in features if one.undocumented], "flag=undocumented"),
        ("unowned", "Without owner", [one for one in features if not one.owners], "flag=without%20owner"),
        ("deprecated", "Deprecated", [one for one in features if one.status == "deprecated"], "status=deprecated"),
        (
            "used",
            "Deprecated and still used",
            [one for one in features if one.status == "deprecated" and (one.downstream or one.consumers)],
            "status=deprecated",
        ),
        (
            "sunset",
            "Past their sunset",
            [one for one in features if one.sunset and one.sunset < today],
            "status=deprecated",
        ),
    ]
