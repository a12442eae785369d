"""A file is written as a whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from featurecat.errors import StoreError
from featurecat.io.replacing import replacing


def test_the_target_changes_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "weeks.csv.gz"
    with replacing(path) as beside:
        beside.write_text("new")
        assert beside.parent == path.parent
        assert beside.suffixes[-2:] == [".csv", ".gz"]
        assert not path.exists()
    assert path.read_text() == "new"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("fault", [ValueError("midway"), KeyboardInterrupt()], ids=["error", "interrupt"])
def test_a_failure_midway_leaves_the_old_file(tmp_path: Path, fault: BaseException) -> None:
    path = tmp_path / "weeks.txt"
    path.write_text("old")

    def write() -> None:
        with replacing(path) as beside:
            beside.write_text("half")
            raise fault

    with pytest.raises(type(fault)):
        write()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "weeks.txt", tmp_path / "link.txt"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    with replacing(link) as beside:
        beside.write_text("new")
    assert link.is_symlink()
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640


def test_what_the_system_refuses_names_the_target(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with (
        pytest.raises(StoreError, match="file/weeks.txt cannot be written") as caught,
        replacing(tmp_path / "file" / "weeks.txt"),
    ):
        pass
    assert caught.value.code == "output-unwritable"
    with pytest.raises(StoreError, match="is a folder"), replacing(tmp_path / "folder") as beside:
        (tmp_path / "folder").mkdir()
        beside.write_text("x")
    (tmp_path / "folder").rmdir()
    with pytest.raises(StoreError, match="cannot be written: No such file"), replacing(tmp_path / "never.txt"):
        pass
    assert sorted(os.listdir(tmp_path)) == ["file"]  # noqa: PTH208


def test_a_folder_takes_the_place_of_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "weeks"
    for content in ("old", "new"):
        with replacing(path) as beside:
            beside.mkdir()
            (beside / f"{content}.txt").write_text(content)
    assert [one.name for one in path.iterdir()] == ["new.txt"]
    assert list(tmp_path.iterdir()) == [path]

    def fail() -> None:
        with replacing(path) as beside:
            beside.mkdir()
            (beside / "half").touch()
            raise ValueError

    with pytest.raises(ValueError, match="^$"):
        fail()
    assert [one.name for one in path.iterdir()] == ["new.txt"]
    assert list(tmp_path.iterdir()) == [path]
