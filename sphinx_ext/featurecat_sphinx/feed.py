"""What changed, as an Atom feed (RFC 4287)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from featurecat_sphinx.model import Change, Snapshot, slug
from featurecat_sphinx.options import SiteOptions

__all__ = ["atom_feed"]

_MOST_ENTRIES = 100
_MOST_NAMED = 50
#: What XML 1.0 cannot hold.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WHEN = "%Y-%m-%dT%H:%M:%SZ"


def atom_feed(snapshot: Snapshot, options: SiteOptions) -> str:
    """A feed with an entry for each snapshot that changed something, newest first.

    Args:
        snapshot: The catalog.
        options: How it is shown; with ``feed_url`` the links are absolute.

    Example:
        >>> from datetime import datetime
        >>> snapshot = Snapshot("shop", datetime(2026, 11, 23, 12, 40), {}, {}, {}, ())
        >>> print(atom_feed(snapshot, SiteOptions()).splitlines()[4])
        <updated>2026-11-23T12:40:00Z</updated>
    """
    project = slug(snapshot.project)
    home = f"{_sound(options.feed_url).rstrip('/')}/" if options.feed_url else ""
    groups = [(name, list(changes)) for name, changes in groupby(snapshot.changes, key=lambda change: change.snapshot)]
    updated = max((changes[0].at for _, changes in groups), default=snapshot.as_of)
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{_text(f'Changes of {snapshot.project}')}</title>",
        f"<id>tag:featurecat,2026:{quote(project)}</id>",
        f"<updated>{updated:{_WHEN}}</updated>",
        "<author><name>featurecat</name></author>",
        f'<link rel="alternate" href={quoteattr(f"{home}changelog.html")}/>',
    ]
    if home:
        parts.append(f'<link rel="self" href={quoteattr(f"{home}feed.atom")}/>')
    parts += [_entry(project, home, name, changes) for name, changes in groups[:_MOST_ENTRIES]]
    return "\n".join([*parts, "</feed>", ""])


def _entry(project: str, home: str, name: str, changes: Sequence[Change]) -> str:
    named = ", ".join(f"{change.feature} ({change.kind})" for change in changes[:_MOST_NAMED])
    more = f" and {len(changes) - _MOST_NAMED} more" if len(changes) > _MOST_NAMED else ""
    title = f"{len(changes)} features changed" if len(changes) > 1 else f"{changes[0].feature}: {changes[0].kind}"
    return (
        f"<entry><title>{_text(title)}</title><id>tag:featurecat,2026:{quote(project)}/{quote(_sound(name))}</id>"
        f"<updated>{changes[0].at:{_WHEN}}</updated><link href={quoteattr(f'{home}changelog.html')}/>"
        f'<content type="text">{_text(named + more)}</content></entry>'
    )


def _text(text: str) -> str:
    return escape(_sound(text))


def _sound(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
