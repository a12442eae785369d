"""Hamilton's ``telemetry``: there is none; its switches do nothing."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import INTERNAL, offer

__all__ = ["disable_telemetry", "is_telemetry_enabled"]

__getattr__, __dir__, _ = offer(__name__, {}, later={INTERNAL: ("deprecated",)}, own=__all__)


def disable_telemetry() -> None:
    """Nothing to switch off: nothing is ever sent."""


def is_telemetry_enabled() -> bool:
    """Always False."""
    return False
