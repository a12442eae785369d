"""What a run is asked to do, as typed: config, inputs, and the sources behind them."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from featurecat.errors import Problem, RequestError, did_you_mean
from featurecat.io.literals import toml_scalar
from featurecat.project.discover import Project

if TYPE_CHECKING:
    from featurecat.project.changes import States  # contract: typing only

__all__ = ["GivenInput", "RunRequest", "config_keys", "parse_inputs", "read_config", "resolve_references"]


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What ``materialize`` and ``inputs`` are asked.

    Attributes:
        features: Selections, several of them a union.
        everything: Every public feature.
        engine: Which engine; None takes the settings' one.
        config: ``k=v`` and ``k:=json`` as typed.
        config_file: A TOML or JSON file of config.
        config_name: A named config of the settings.
        inputs: ``name=path-or-literal`` and ``name:=json`` as typed.
        limit: Rows of a sample.
        output: Where to export to.
        dry_run: Say what would run and stop.
        allow_empty: Whether a selection may match nothing.
        workers: How many items of a ``Parallelizable`` are computed at a time, in threads if several.
        may_save: Whether savers may run; those of a look at data may not.
        states: What has changed since a reference, for ``state:`` in selections.
        against: The reference, where that is still to be compared with.
        why: Whether to say by which term each name is selected.
    """

    features: tuple[str, ...] = ()
    everything: bool = False
    engine: str | None = None
    config: tuple[str, ...] = ()
    config_file: Path | None = None
    config_name: str | None = None
    inputs: tuple[str, ...] = ()
    limit: int | None = None
    output: Path | None = None
    dry_run: bool = False
    allow_empty: bool = False
    workers: int = 1
    may_save: bool = True
    states: States | None = None
    against: str | None = None
    why: bool = False


@dataclass(frozen=True, slots=True)
class GivenInput:
    """An input as typed: its text, and whether that is JSON."""

    name: str
    text: str
    as_json: bool = False

    @property
    def value(self) -> Any:
        """The text, or what its JSON says; for telling secrets in it."""
        try:
            return json.loads(self.text) if self.as_json else self.text
        except (ValueError, RecursionError):
            return self.text


@dataclass(slots=True)
class _Faults:
    problems: list[Problem] = field(default_factory=list)

    def add(self, message: str, hint: str) -> None:
        self.problems.append(Problem("invalid-option", message, hint=hint))

    def check(self) -> None:
        if self.problems:
            raise RequestError(self.problems)


def read_config(project: Project, request: RunRequest) -> dict[str, Any]:
    """The config of a request: the named one, then the file's, then single keys, later ones winning.

    ``env:NAME`` values stay references; see :func:`resolve_references`.

    Raises:
        RequestError: For an unknown name, an unreadable file, or text that is not ``key=value``, all at once.
    """
    faults = _Faults()
    config: dict[str, Any] = {}
    if request.config_name is not None:
        config |= _named(project, request.config_name, faults)
    if request.config_file is not None:
        config |= _from_file(request.config_file, faults)
    for text in request.config:
        pair = _pair("--config", text, faults)
        if pair is not None:
            name, written, as_json = pair
            config[name] = _json("--config", name, written, faults) if as_json else toml_scalar(written)
    faults.check()
    return config


def config_keys(request: RunRequest) -> list[str]:
    """The keys that were given one by one, as ``k=v`` or ``k:=json``."""
    return list(dict.fromkeys(text.partition("=")[0].removesuffix(":").strip() for text in request.config))


def _named(project: Project, name: str, faults: _Faults) -> Mapping[str, Any]:
    configs = project.settings.configs
    if name not in configs:
        known = f"named configs are {', '.join(configs)}" if configs else "there is no [tool.featurecat.configs.…]"
        faults.add(f"there is no config named {name!r}", did_you_mean(name, configs) or known)
        return {}
    return configs[name]


def _from_file(path: Path, faults: _Faults) -> Mapping[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        read = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        faults.add(f"the config file {path} cannot be read: {error}", "check the path")
        return {}
    except ValueError as error:
        form = "JSON" if path.suffix == ".json" else "TOML"
        faults.add(f"the config file {path} is not valid {form}: {error}", "mend it")
        return {}
    if not isinstance(read, dict):
        faults.add(f"the config file {path} must hold a mapping", '{"region": "US"}')
        return {}
    return read


def _pair(option: str, text: str, faults: _Faults) -> tuple[str, str, bool] | None:
    """Name, text and whether the text is JSON, of ``name=text`` or ``name:=json``."""
    name, equals, written = text.partition("=")
    as_json = name.endswith(":")
    name = name.removesuffix(":").strip()
    if not equals or not name:
        faults.add(f"{option} takes name=value; this has no '=' or no name", f"{option} name=value")
        return None
    return name, written, as_json


def _json(option: str, name: str, text: str, faults: _Faults) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        faults.add(f"{option} {name}:= is not valid JSON: {error}", f"{option} {name}=text for plain text")
        return None


def parse_inputs(request: RunRequest) -> dict[str, GivenInput]:
    """The inputs of a request by name.

    Raises:
        RequestError: For text that is not ``name=value``, or a name given twice.
    """
    faults = _Faults()
    inputs: dict[str, GivenInput] = {}
    for text in request.inputs:
        pair = _pair("--input", text, faults)
        if pair is None:
            continue
        if pair[0] in inputs:
            faults.add(f"the input {pair[0]!r} is given twice", "give it once")
        inputs[pair[0]] = GivenInput(*pair)
    faults.check()
    return inputs


def resolve_references(config: Mapping[str, Any]) -> dict[str, Any]:
    """A config with ``env:NAME`` replaced by what the environment holds.

    Raises:
        RequestError: When a variable is not set; all of them at once.
    """
    faults = _Faults()
    resolved = {key: _resolved(key, value, faults) for key, value in config.items()}
    faults.check()
    return resolved


def _resolved(key: str, value: Any, faults: _Faults) -> Any:
    if isinstance(value, dict):
        return {inner: _resolved(f"{key}.{inner}", item, faults) for inner, item in value.items()}
    if isinstance(value, list):
        return [_resolved(key, item, faults) for item in value]
    if not isinstance(value, str) or not value.startswith("env:"):
        return value
    name = value.removeprefix("env:")
    if name not in os.environ:
        faults.add(f"config {key} refers to the environment variable {name}, which is not set", f"export {name}=…")
        return None
    return os.environ[name]
