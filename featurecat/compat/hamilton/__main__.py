"""``python -m featurecat.compat.hamilton SCRIPT …``: a program written for Hamilton, unchanged, on featurecat."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from featurecat.compat.hamilton import install

__all__ = ["main"]


def main(words: list[str]) -> int:
    """Run a script with ``import hamilton`` meaning featurecat's modules.

    Args:
        words: The script and its arguments.

    Returns:
        2 when there is no such script; else what the script does decides.
    """
    if not words or not Path(words[0]).is_file():
        given = f"there is no script {words[0]}" if words else "no script is named"
        print(f"{given}; try: python -m featurecat.compat.hamilton run.py", file=sys.stderr)  # noqa: T201 - a program
        return 2
    install()
    sys.argv[:] = words
    sys.path.insert(0, str(Path(words[0]).resolve().parent))
    runpy.run_path(words[0], run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
