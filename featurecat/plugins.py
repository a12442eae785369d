"""What installed distributions announce: read from metadata, imported on use, refused with the name of their owner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from featurecat.errors import Problem, RequestError

__all__ = ["Announcement", "announced", "contested", "load", "told", "unusable"]


@dataclass(frozen=True, slots=True)
class Announcement:
    """A name that a plugin claims.

    Attributes:
        what: What it is a name of, for messages, such as ``report format``.
        name: The name.
        target: Where it lies, ``module:object``.
        owner: The distribution that brings it, or the settings that name it.
        file: The settings' file, where it comes from one.
        line: Line in ``file``.
    """

    what: str
    name: str
    target: str
    owner: str
    file: str | None = None
    line: int | None = None


def announced(group: str, what: str) -> list[Announcement]:
    """All names of an entry-point group, sorted; no plugin is imported.

    Args:
        group: Such as ``featurecat.reports``.
        what: What its names are, for messages.

    Example:
        >>> announced("featurecat.nothing_at_all", "nothing")
        []
    """
    from importlib import metadata  # what defines features must not pay for it

    # a distribution that is found twice on the path claims nothing twice
    found = {
        Announcement(what, point.name, point.value, point.dist.name if point.dist else "an unknown distribution")
        for point in metadata.entry_points(group=group)
    }
    return sorted(found, key=lambda one: (one.name, one.owner, one.target))


def load(announcement: Announcement) -> Any:
    """The object of an announcement; its module is imported now.

    Raises:
        RequestError: Code ``plugin-unusable``, when that raises, whatever it is.

    Example:
        >>> load(Announcement("function", "join", "os.path:join", "python"))("a", "b")
        'a/b'
    """
    from importlib import metadata

    try:
        return metadata.EntryPoint(announcement.name, announcement.target, announcement.what).load()
    except Exception as error:  # whatever a plugin's code raises, it is the plugin that cannot be used
        raise unusable(announcement, f"cannot be loaded: {told(error)}") from error


def unusable(announcement: Announcement, what: str) -> RequestError:
    """The error that a plugin cannot be used.

    Args:
        announcement: What it claims.
        what: What is wrong with it, to go on from its name.
    """
    owner, target = announcement.owner, announcement.target
    named = f"the {announcement.what} {announcement.name!r} of {owner}"
    hint = f"update or uninstall {owner}; it announces {target!r}"
    if announcement.file is not None:
        named, hint = f"the plugin {target!r}", "mend it, or take it out of plugins"
    return RequestError(
        Problem("plugin-unusable", f"{named} {what}", announcement.file, announcement.line, hint),
    )


def contested(name: str, claims: Iterable[Announcement], *, reserved: bool) -> RequestError:
    """The error that a name is claimed twice.

    Args:
        name: The name.
        claims: Who claims it.
        reserved: Whether it is the name of something built in.
    """
    claims = list(claims)
    owners = sorted(claim.owner for claim in claims)
    everybody = (["featurecat itself"] if reserved else []) + owners
    first = next((claim for claim in claims if claim.file is not None), claims[0])
    return RequestError(
        Problem(
            "plugin-unusable",
            f"the {first.what} {name!r} is claimed by {' and by '.join(everybody)}",
            first.file,
            first.line,
            "take it out of plugins, or give it another name"
            if first.file is not None
            else f"uninstall {' or '.join(owners)}, or ask its authors for another name",
        )
    )


def told(error: BaseException) -> str:
    r"""An exception in one line.

    Example:
        >>> told(ValueError("wrong\nand long")), told(KeyboardInterrupt())
        ('ValueError: wrong', 'KeyboardInterrupt')
    """
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
