"""Hamilton's ``log_setup``: log to standard output, unless the program has set up logging itself."""

from __future__ import annotations

import logging
import sys

__all__ = ["LOG_LEVELS", "setup_logging"]

LOG_LEVELS = {name: getattr(logging, name) for name in ("CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG")}


def setup_logging(log_level: int = logging.INFO) -> None:
    """Log to standard output, unless the root logger has a handler already.

    Args:
        log_level: The lowest level shown.
    """
    root = logging.getLogger()
    if root.handlers:
        return
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("[%(levelname)s] %(asctime)s %(name)s(%(lineno)s): %(message)s"))
    root.addHandler(handler)
    root.setLevel(log_level)
