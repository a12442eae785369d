"""Profiles of what a run publishes: what the values of each feature are like, for people to look at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from featurecat.frames.profile import profile_columns, profile_file
from featurecat.project.assemble import AssembledTable
from featurecat.project.prepare import PreparedRun
from featurecat.project.rows import concealment_of

__all__ = ["profiles", "profiles_in_memory", "table_profiles"]

#: Takes the secrets of a project out of what is told of it.
Told = Callable[[Any], Any]


def profiles(
    path: Path, columns: Sequence[str], personal: Collection[str] = (), *, told: Told | None = None
) -> dict[str, dict[str, Any]]:
    """Profiles columns of a Parquet file, reading each of them once.

    Args:
        path: The file.
        columns: Its columns to profile.
        personal: Those with personal data: of these only rows, nulls and distinct are told.
        told: Takes the secrets of the project out of texts.

    Returns:
        Column to profile, ready for a manifest; see :func:`featurecat.frames.profile.profile_columns`.

    Raises:
        EvaluationError: When the file or one of the columns cannot be read.
    """
    return _without_secrets(profile_file(path, columns, personal=personal), told)


def profiles_in_memory(
    columns: Mapping[str, Any], personal: Collection[str] = (), *, told: Told | None = None
) -> dict[str, dict[str, Any]]:
    """As :func:`profiles`, of columns that are in memory: the same figures without reading them again.

    Args:
        columns: Name to an Arrow, pandas or Polars column, all of one length.
        personal: As for :func:`profiles`.
        told: As for :func:`profiles`.

    Raises:
        RunError: ``not-tabular``, when values of a column have no common type.

    Example:
        >>> profiles_in_memory({"born": [1950, 1971]}, ["born"])["born"]["distinct"]
        2
    """
    return _without_secrets(profile_columns(columns, personal=personal), told)


def table_profiles(
    prepared: PreparedRun, table: AssembledTable, features: Collection[str] | None = None
) -> dict[str, dict[str, Any]]:
    """Profiles the columns of an artifact while they are in memory.

    Args:
        prepared: The run; it knows personal data and secrets.
        table: What is written.
        features: Those whose columns are profiled; None for all. Key columns that are no features are not.

    Returns:
        As :func:`profiles`.

    Raises:
        RunError: As :func:`profiles_in_memory`.
    """
    columns = [one for one in table.columns if features is None or one.feature in features]
    return profiles_in_memory(
        {one.column: table.table.column(one.column) for one in columns},
        {one.column for one in columns if one.feature in prepared.pii},
        told=concealment_of(prepared.project).told,
    )


def _without_secrets(found: dict[str, dict[str, Any]], told: Told | None) -> dict[str, dict[str, Any]]:
    if told is None:
        return found
    return {name: told(profile) for name, profile in found.items()}
