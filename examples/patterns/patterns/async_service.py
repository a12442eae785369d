"""Async service: coroutines that wait together, in a driver that serves many requests at once."""

import asyncio
import sys

from hamilton import async_driver

PRICES = {"tea": 2.5, "cake": 4.0}


async def price(item: str) -> float:
    """Asks the price list, which is elsewhere."""
    await asyncio.sleep(0)
    return PRICES[item]


async def discount(guest: str) -> float:
    """Asks who the guest is, which is elsewhere, too."""
    await asyncio.sleep(0)
    return 0.1 if guest == "ann" else 0.0


def total(price: float, discount: float, count: int = 1) -> float:
    """What is to be paid."""
    return round(price * count * (1 - discount), 2)


async def receipt(item: str, guest: str, total: float) -> str:
    """What the guest gets to see."""
    return f"{guest} pays {total:.2f} for {item}"


async def _serve(requests: list) -> list:
    """Answers every request by one driver."""
    dr = await async_driver.Builder().with_modules(sys.modules[__name__]).build()
    answers = await asyncio.gather(*(dr.execute(["receipt", "total"], inputs=request) for request in requests))
    return list(answers)


def _run() -> dict:
    """Three requests at the same time."""
    requests = [
        {"item": "tea", "guest": "ann"},
        {"item": "cake", "guest": "bob", "count": 2},
        {"item": "tea", "guest": "cy"},
    ]
    return {"answers": asyncio.run(_serve(requests))}
