"""The values of ``conf.py`` that begin with ``fc_``: declared, checked, and read into options."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

from featurecat_sphinx.options import DOCSTRING_FORMATS, SiteOptions

__all__ = ["VALUES", "add_values", "catalog_path", "moment", "options_from", "validate"]

#: Name to default, what it makes Sphinx do again, types, and what it is for.
VALUES: dict[str, tuple[Any, Any, tuple[type, ...], str]] = {
    "fc_catalog": ("", "env", (str, Path), "File of the catalog; empty looks for .featurecat/catalog.duckdb upwards."),
    "fc_project": ("", "env", (str,), "Name to show; empty is `project`."),
    "fc_as_of": ("", "env", (str,), "Moment staleness is measured from, such as 2026-11-24; empty is the catalog's."),
    "fc_feature_pages": ("splice", "env", (str,), "`splice` writes pages of features; `none` leaves them out."),
    "fc_docstring_format": ("auto", "env", (str,), "auto, rst, numpy, google, markdown or plain."),
    "fc_source_url": ("", "env", (str,), "Address of a line of source, with {path}, {line} and {end_line}."),
    "fc_command": ("featurecat", "env", (str,), "What copied commands begin with."),
    "fc_lineage_hops": (2, "env", (int,), "Hops of the pictures on feature pages, 1 to 3."),
    "fc_lineage_nodes": (40, "env", (int,), "Most nodes of those pictures, 5 to 60."),
    "fc_profile_values": (True, "env", (bool,), "Whether frequent values are shown; never those of personal data."),
    "fc_downloads": (True, "env", (bool,), "Whether the catalog can be downloaded."),
    "fc_private_tags": ([], "env", (list, tuple), "Keys of tags that are not shown."),
    "fc_badges": ({}, "env", (dict,), "`key=value` of tags that are shown as badges, with their labels."),
    "fc_feed_url": ("", "env", (str,), "Address the site will have, for the feed of changes."),
    "fc_cache_dir": ("", "", (str, Path), "Where rendered docstrings are kept; empty is beside the doctrees."),
    "fc_jobs": (1, "", (int,), "Processes that render docstrings."),
}
_RANGES: dict[str, tuple[int, int]] = {"fc_lineage_hops": (1, 3), "fc_lineage_nodes": (5, 60), "fc_jobs": (1, 64)}
_CHOICES = {"fc_docstring_format": DOCSTRING_FORMATS, "fc_feature_pages": ("splice", "none")}
_PLACE = (".featurecat", "catalog.duckdb")
_VARIABLE = "FEATURECAT_CATALOG"


def add_values(app: Sphinx) -> None:
    """Declare the values."""
    for name, (default, rebuild, types, description) in VALUES.items():
        app.add_config_value(name, default, rebuild, types, description)


def validate(_app: Sphinx, config: Config) -> None:
    """Refuse values that cannot be meant.

    Raises:
        ConfigError: With all that is wrong, a line each.
    """
    if problems := list(_problems(config)):
        raise ConfigError("\n".join(problems))


def _problems(config: Config) -> Iterator[str]:
    for name in sorted(name for name in config._raw_config if name.startswith("fc_") and name not in VALUES):
        near = difflib.get_close_matches(name, VALUES, n=1)
        yield f"conf.py: {name} is no setting of featurecat_sphinx" + (f"; did you mean {near[0]}?" if near else "")
    for name, (_, _, types, _) in VALUES.items():
        value: Any = config[name]
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            yield f"conf.py: {name} is {value!r}; it takes {' or '.join(kind.__name__ for kind in types)}"
        elif name in _CHOICES and value not in _CHOICES[name]:
            near = difflib.get_close_matches(value, _CHOICES[name], n=1)
            known = f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(_CHOICES[name])}"
            yield f"conf.py: {name} is {value!r}; {known}"
        elif name in _RANGES and not _inside(value, *_RANGES[name]):
            low, high = _RANGES[name]
            yield f"conf.py: {name} is {value}; it takes {low} to {high}"
    if config.fc_source_url and isinstance(config.fc_source_url, str):
        try:
            config.fc_source_url.format(path="a.py", line=1, end_line=2)
        except (KeyError, IndexError, ValueError):
            yield f"conf.py: fc_source_url is {config.fc_source_url!r}; it may hold {{path}}, {{line}} and {{end_line}}"
        if not config.fc_source_url.startswith(("https://", "http://", "file://", "/", ".")):
            yield f"conf.py: fc_source_url is {config.fc_source_url!r}; it begins with https://, http:// or /"
    if isinstance(config.fc_as_of, str) and config.fc_as_of and moment(config) is None:
        yield f"conf.py: fc_as_of is {config.fc_as_of!r}; it takes a day or moment such as 2026-11-24T06:00"


def _inside(value: Any, low: int, high: int) -> bool:
    return bool(low <= value <= high)


def options_from(config: Config) -> SiteOptions:
    """The options that the values make."""
    return SiteOptions(
        project=config.fc_project or config.project,
        source_url=config.fc_source_url,
        command=config.fc_command,
        lineage_hops=config.fc_lineage_hops,
        lineage_nodes=config.fc_lineage_nodes,
        profile_values=config.fc_profile_values,
        downloads=config.fc_downloads,
        private_tags=tuple(config.fc_private_tags),
        badges=dict(config.fc_badges),
        feed_url=config.fc_feed_url,
    )


def moment(config: Config) -> datetime | None:
    """The moment that staleness is measured from, UTC without zone; None for the catalog's own.

    ``SOURCE_DATE_EPOCH`` counts where ``conf.py`` says nothing.
    """
    if not config.fc_as_of:
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        return datetime.fromtimestamp(int(epoch), UTC).replace(tzinfo=None) if epoch.isdigit() else None
    try:
        said = datetime.fromisoformat(config.fc_as_of)
    except ValueError:
        return None
    return said.astimezone(UTC).replace(tzinfo=None) if said.tzinfo else said


def catalog_path(config: Config, source_directory: Path) -> Path:
    """File of the catalog: as configured, as ``FEATURECAT_CATALOG`` says, or the nearest one upwards.

    Args:
        config: The configuration.
        source_directory: Relative paths start here, and so does the search.
    """
    said = config.fc_catalog or os.environ.get(_VARIABLE, "")
    if said:
        return (source_directory / said).resolve()
    for directory in (source_directory, *source_directory.resolve().parents):
        if (found := directory.joinpath(*_PLACE)).is_file():
            return found
    return source_directory.joinpath(*_PLACE)
