"""No file of the checkout names a machine, a package index or a person."""

from __future__ import annotations

import re
from pathlib import Path

#: The patterns are written so that they do not match themselves.
PATTERNS = {
    "a path of somebody's machine": re.compile(
        r"(?<![\w.])/(?:work|farm|root|home/[a-z]\w*|Users/\w+|opt/wheels|mnt)/"
    ),
    "a temporary path": re.compile(r"(?<![\w.])/tmp/[A-Za-z0-9]"),
    "a drive": re.compile(r"\b[A-Z]:\\\\?Users\b"),
    "a package index or CDN": re.compile(
        r"\b(?:pypi[.]org|pythonhosted[.]org|npmjs[.](?:org|com)|unpkg[.]com|jsdelivr[.]net|deb[.]debian[.]org)"
    ),
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]{2,}\.(?:com|org|net|io|dev|local|localdomain)\b"),
}
#: Examples in documents and tests that are nobody's address.
HARMLESS = re.compile(r"@(?:[\w-]+\.)*(?:example\.(?:com|org|net)|invalid)\b")
TEXT = {".py", ".md", ".toml", ".txt", ".sql", ".json", ".csv", ".yml", ".yaml", ".cfg", ".dot", ".svg", ""}


def test_no_machine_paths(tracked_files: list[Path], repository: Path) -> None:
    wrong = []
    for path in tracked_files:
        if path.suffix not in TEXT or path.name == "LICENSE":
            continue
        text = (repository / path).read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            for what, pattern in PATTERNS.items():
                found = pattern.search(line)
                if found and not HARMLESS.search(line):
                    wrong.append(f"{path}:{number}: {what}: {found[0]}")
    assert not wrong, "\n".join(wrong)
