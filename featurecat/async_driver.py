"""Drivers that are awaited: ``await async_driver.Builder().with_modules(features).build()``."""

from __future__ import annotations

from featurecat.driver.asynchronous import AsyncDriver, Builder

__all__ = ["AsyncDriver", "Builder"]
