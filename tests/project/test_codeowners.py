"""CODEOWNERS as GitHub and GitLab read it."""

from __future__ import annotations

import pytest

from featurecat.project.codeowners import parse_codeowners

GITHUB = """
# comment
*                       @all
*.sql                   @db
/build/out/             @ops
docs/*                  docs@example.com
apps/                   @apps @org/team/inner   # two owners
/scripts                @scripts
/deep/**/file.py        @deep
**/logs                 @logs
/apps/github
/my\\ features/          @blanks
\\#odd.py                @odd
/features/?.py          @one
"""

GITLAB = """
* @default
[Data][2] @data
*.py
/features/special.py @ann @@maintainer
!/features/generated/*
^[Docs]
docs/ @writers
internal/README.md @readme
[data]
/features/extra.py @bob
"""

CASES = {
    "everything": (GITHUB, "a/b.txt", ("@all",)),
    "extension anywhere": (GITHUB, "x/y/query.sql", ("@db",)),
    "anchored folder": (GITHUB, "build/out/a/b.txt", ("@ops",)),
    "anchored folder elsewhere": (GITHUB, "x/build/out/a.txt", ("@all",)),
    "files of a folder": (GITHUB, "docs/start.md", ("docs@example.com",)),
    "not those below": (GITHUB, "docs/guide/start.md", ("@all",)),
    "folder anywhere": (GITHUB, "x/apps/a.py", ("@apps", "@org/team/inner")),
    "last match wins, and names nobody": (GITHUB, "apps/github/a.py", ()),
    "folder without a slash": (GITHUB, "scripts/a.sh", ("@scripts",)),
    "stars over folders": (GITHUB, "deep/a/b/file.py", ("@deep",)),
    "stars over no folder": (GITHUB, "deep/file.py", ("@deep",)),
    "leading stars": (GITHUB, "x/logs/a.txt", ("@logs",)),
    "escaped blank": (GITHUB, "my features/a.py", ("@blanks",)),
    "escaped comment": (GITHUB, "#odd.py", ("@odd",)),
    "one character": (GITHUB, "features/a.py", ("@one",)),
    "two characters": (GITHUB, "features/ab.py", ("@all",)),
    "no rule": ("/a/ @x", "b/c.py", None),
    "case counts": ("/A/ @x", "a/c.py", None),
    "every section counts": (GITLAB, "features/a.py", ("@default", "@data")),
    "own owners instead of the section's": (GITLAB, "features/special.py", ("@default", "@ann", "@@maintainer")),
    "excluded": (GITLAB, "features/generated/a.py", ("@default",)),
    "relative path anywhere": (GITLAB, "x/internal/README.md", ("@default", "@readme")),
    "one section under two headings": (GITLAB, "features/extra.py", ("@default", "@bob")),
    "folder of a section": (GITLAB, "docs/a/b.md", ("@default", "@writers")),
}


@pytest.mark.parametrize(("text", "path", "owners"), CASES.values(), ids=CASES)
def test_owners(text: str, path: str, owners: tuple[str, ...] | None) -> None:
    found = parse_codeowners(text)
    assert found.problems == []
    assert found.of(path) == owners


BROKEN = {
    "no owner": ("/a/ nobody", 1, "'nobody' is no owner"),
    "exclusion": ("* @x\n!/a/", 2, "excludes files"),
    "range": ("/a[0-9].py @x", 1, "range of characters"),
    "heading": ("[Data] @x\n[Docs @y\n/a/ @z", 2, "no heading"),
}


@pytest.mark.parametrize(("text", "line", "message"), BROKEN.values(), ids=BROKEN)
def test_lines_that_cannot_be_used_are_told(text: str, line: int, message: str) -> None:
    (problem,) = parse_codeowners(text, file="docs/CODEOWNERS").problems
    assert (problem.code, problem.file, problem.line) == ("invalid-codeowners", "docs/CODEOWNERS", line)
    assert message in problem.message and problem.hint


def test_the_other_lines_count() -> None:
    assert parse_codeowners("* @x\n/a/ nobody").of("a/b") == ("@x",)  # GitHub leaves the line out
    assert parse_codeowners("[S]\n/a/ nobody @x").of("a/b") == ("@x",)  # GitLab only the word
