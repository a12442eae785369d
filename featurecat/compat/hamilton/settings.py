"""Hamilton's ``settings``: the config key that allows decorators to depend on the config."""

from __future__ import annotations

__all__ = ["ENABLE_POWER_USER_MODE"]

ENABLE_POWER_USER_MODE = "hamilton.enable_power_user_mode"
