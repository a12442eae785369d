"""What is never a saver's to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from featurecat.io import targets
from featurecat.io.targets import code_files, kept_file, local_path, targets_among


def test_links_and_homes_are_resolved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "week.csv").touch()
    (tmp_path / "link.csv").symlink_to("week.csv")
    week = str(tmp_path.resolve() / "week.csv")
    assert [local_path(one) for one in ("link.csv", Path("./week.csv"), "~/week.csv")] == [week] * 3


@pytest.mark.parametrize("value", [None, 3, "", b"week.csv", "s3://bucket/week.csv", "a\0b", object()])
def test_other_values_name_no_file(value: object) -> None:
    assert local_path(value) is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("path", True),
        ("report_file", True),
        ("OUTPUT", True),
        ("connection", True),
        ("mode", False),
        ("pathology", False),
    ],
)
def test_names_of_arguments_say_where(name: str, said: bool) -> None:
    assert bool(targets_among({name: "week.csv"})) is said


def test_settings_store_and_modules_are_kept(tmp_path: Path) -> None:
    settings = tmp_path / "pyproject.toml"
    assert kept_file(str(settings)) is None
    settings.touch()
    assert kept_file(str(settings)) == "is a project's settings and would be lost"
    assert kept_file(str(tmp_path / ".featurecat" / "week.csv")) == "lies in a project's store"
    assert kept_file(str(Path(targets.__file__).resolve())) == "is a module and would be lost"
    assert kept_file(str(tmp_path / "week.csv")) is None
    assert code_files()[str(Path(__file__).resolve())] == "a module"
