"""Shell completion: a script for each shell, names and attributes from the catalog, silence where there is none."""

from __future__ import annotations

import os
import pty
import select
import shutil
import signal
import subprocess
import sys

import pytest

from featurecat.cli.shells import read_line
from tests.support.projects import REPOSITORY


def completed(shop, line: str, **more) -> list[str]:
    """What bash is offered for the last word of a line."""
    environment = {"_FEATURECAT_COMPLETE": "fish_complete", "_FEATURECAT_LINE": line}
    told = shop.run(environment=environment, **more)
    assert told.code == 0, told
    assert told.err == ""
    return [offered.split("\t")[1] for offered in told.out.splitlines() if offered]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script(shop, shell):
    told = shop.ok("completion", shell)
    assert f"_FEATURECAT_COMPLETE={shell}_complete" in told.out
    assert not told.err
    if found := shutil.which(shell):
        subprocess.run([found, "-n"], input=told.out, text=True, check=True)


def test_the_help_says_where_it_goes(shop):
    assert "featurecat completion bash >> ~/.bashrc" in shop.ok("completion", "--help").out
    assert shop.run("completion", "csh").code == 2


def test_commands_and_options(shop):
    assert {"show", "sql"} <= set(completed(shop, "featurecat s"))
    assert completed(shop, "featurecat materialize --eng") == ["--engine"]
    assert "polars" in completed(shop, "featurecat materialize --engine p")


def test_names_come_from_the_catalog_without_importing_modules(published):
    published.write("order_features.py", "raise SystemExit('imported')")
    assert completed(published, "featurecat show mar") == ["margin"]
    assert completed(published, "featurecat materialize net_amount,mar") == ["net_amount,margin"]
    assert completed(published, "featurecat lineage uni") == ["unit_price"]
    assert completed(published, "featurecat list +mar") == ["+margin"]
    assert completed(published, "featurecat list tag:te") == ["tag:team", "tag:team=sales"]
    assert completed(published, "featurecat list owner:") == ["owner:crm", "owner:ops"]
    assert completed(published, "featurecat list entity:o") == ["entity:order"]
    assert completed(published, "featurecat list module:cus") == ["module:customer_features"]
    assert completed(published, "featurecat list p") == ["pii:false", "pii:true"]
    assert {"sql:", "status:", "state:"} <= set(completed(published, "featurecat list s"))


def test_every_attribute_has_its_values(published):
    published.replace("pyproject.toml", "[tool.featurecat.configs.us]", """[tool.featurecat.sets.money]
features = "tag:team=sales"

[tool.featurecat.configs.us]""")  # fmt: skip
    assert completed(published, "featurecat list config:r") == ["config:region", "config:region=us"]
    assert completed(published, "featurecat list set:") == ["set:money"]
    assert completed(published, "featurecat check result:s") == ["result:skip"]
    assert completed(published, "featurecat list freshness:") == [
        "freshness:fresh",
        "freshness:stale",
        "freshness:unknown",
    ]
    assert completed(published, "featurecat list state:n") == ["state:new"]
    assert completed(published, "featurecat list pii:t") == ["pii:true"]
    assert completed(published, "featurecat list status:") == []
    assert completed(published, "featurecat list sql:") == []
    # an attribute alone would be closed by the shell: its values are offered at once
    assert completed(published, "featurecat list 'margin & own") == ["margin & owner:crm", "margin & owner:ops"]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("'tag:team & mar", ["tag:team & margin"]),
        ('"not mar', ["not margin"]),
        ("'(margin, +net", ["(margin, +net_amount"]),
        ("'2+uni", ["2+unit_price"]),
        ("--against main --features tag:team=", ["tag:team=sales"]),
        ("margin\\ net", ["margin net_amount"]),
    ],
)
def test_in_quotes_and_after_operators(published, typed, offered):
    assert completed(published, f"featurecat materialize {typed}") == offered


@pytest.mark.parametrize(
    ("line", "breaks", "words", "typed", "kept"),
    [
        ("featurecat ", ":", (), "", 0),
        ("featurecat list tag:del", ":=", ("list",), "tag:del", 4),
        ("featurecat list tag:team=da", ":=", ("list",), "tag:team=da", 9),
        ("featurecat list 'tag:a & own", ":&", ("list",), "tag:a & own", 0),
        ('featurecat list tag:team="Data S', ":=", ("list",), "tag:team=Data S", 9),
        ("featurecat list 'a b',c", "'", ("list",), "a b,c", 3),
        ("featurecat -C 'my dir' list x", "", ("-C", "my dir", "list"), "x", 0),
        ('featurecat list "a\\"b', "", ("list",), 'a"b', 0),
        ("featurecat list a\\ b\\", "", ("list",), "a b", 0),
        ("featurecat list ''", "", ("list",), "", 0),
    ],
)
def test_a_line_is_taken_apart_as_a_shell_does(line, breaks, words, typed, kept):
    found = read_line(line, breaks)
    assert (found.words, found.typed, found.kept) == (words, typed, kept)


# --- real shells -----------------------------------------------------------------------------------

_PREPARED = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source {script}; echo rea''dy"),
    "zsh": (["zsh", "-f", "-i"], "autoload -Uz compinit; compinit -D -u; source {script}; echo rea''dy"),
}


@pytest.fixture
def keyboard(published, tmp_path):
    """Types into an interactive shell in the project, a tab at the end, until it shows what is awaited."""
    published.ok("index")
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "featurecat"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m featurecat "$@"\n')
    program.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{folder}:{os.environ['PATH']}",
        "TERM": "dumb",
        "PS1": "$ ",
        "HOME": str(tmp_path),
    }
    environment["PYTHONPATH"] = str(REPOSITORY)

    def press(shell, typed, awaited):
        command, prepare = _PREPARED[shell]
        script = tmp_path / f"completion.{shell}"
        script.write_text(published.ok("completion", shell).out)
        child, screen = pty.fork()
        if child == 0:
            os.chdir(published.root)
            os.execvpe(command[0], command, environment)
        try:
            os.write(screen, prepare.format(script=script).encode() + b"\n")
            shown = _until(screen, "ready\r\n")
            os.write(screen, f"{typed}\t".encode())
            return shown + _until(screen, awaited)
        finally:
            os.close(screen)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)

    return press


def _until(screen, awaited):
    """What a terminal shows until a text is there; a minute is more than any shell takes."""
    shown = ""
    while awaited not in shown:
        if not select.select([screen], [], [], 60)[0]:
            pytest.fail(f"{awaited!r} is never shown, but {shown!r}")
        shown += os.read(screen, 4096).decode(errors="replace")
    return shown


@pytest.mark.parametrize("shell", ["bash", "zsh"])
@pytest.mark.parametrize(
    ("typed", "awaited"),
    [
        ("featurecat list tag:team=", "tag:team=sales "),
        ("featurecat list +mar", "+margin "),
        ("featurecat list 'tag:team & owner:o", "'tag:team & owner:ops'"),
        ("featurecat list net_amount,mar", "net_amount,margin "),
        ("featurecat list state:b", "state:breaking "),
        ("featurecat mater", "materialize "),
    ],
    ids=["after a colon", "a walk", "in quotes", "after a comma", "a state", "a command"],
)
def test_a_key_press_in_a_real_shell(keyboard, shell, typed, awaited):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    keyboard(shell, typed, awaited)


def test_fish_is_offered_the_same(published, tmp_path):
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")
    published.ok("index")
    (tmp_path / "completion.fish").write_text(published.ok("completion", "fish").out)
    program = tmp_path / "featurecat"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m featurecat "$@"\n')
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    environment["PYTHONPATH"] = str(REPOSITORY)
    lines = {
        "featurecat list net_amount,mar": "net_amount,margin",
        "featurecat list 'tag:team & owner:o": "tag:team & owner:ops",
    }
    for line, offered in lines.items():
        asked = f'source {tmp_path}/completion.fish; complete -C "{line}"'
        answer = subprocess.run(
            ["fish", "-c", asked], cwd=published.root, env=environment, capture_output=True, text=True, check=True
        )
        assert answer.stdout.splitlines() == [offered]


def test_the_project_named_on_the_line_is_taken(published, tmp_path):
    line = f"featurecat -C {published.root} show mar"
    assert completed(published, line, directory=tmp_path) == ["margin"]


def test_silence_without_project_catalog_or_sense(shop, tmp_path):
    assert completed(shop, "featurecat show ma", directory=tmp_path) == []
    assert completed(shop, "featurecat show m") == []
    assert not (shop.root / ".featurecat").exists()
    shop.store.root.mkdir()
    shop.store.catalog.write_text("garbage")
    assert completed(shop, "featurecat show m") == []
    shop.write("pyproject.toml", "[tool.featurecat")
    assert completed(shop, "featurecat show m") == []


def test_a_line_that_makes_no_sense_is_no_fault(shop):
    for wish, line in (("bash_complete", "featurecat nonsense x"), ("tcsh_complete", "featurecat list"), ("bash", "")):
        told = shop.run(environment={"_FEATURECAT_COMPLETE": wish, "_FEATURECAT_LINE": line})
        assert (told.code, told.out) == (1, "")
        assert "Traceback" not in told.err
