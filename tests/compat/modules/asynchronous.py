"""A service: coroutines and plain functions in one dataflow."""

import asyncio
import sys
from typing import Any

from hamilton import async_driver, base
from hamilton.lifecycle.base import BasePostNodeExecuteAsync, BasePreGraphExecuteAsync, BasePreNodeExecute


async def user(user_id: int) -> dict:
    await asyncio.sleep(0)
    return {"id": user_id, "name": f"user {user_id}"}


async def orders(user_id: int) -> list:
    await asyncio.sleep(0)
    return [user_id, user_id + 1]


def greeting(user: dict, polite: bool = True) -> str:
    return f"{'Dear' if polite else 'Hi'} {user['name']}"


async def letter(greeting: str, orders: list) -> str:
    return f"{greeting}, thanks for {len(orders)} orders"


async def failing(user: dict) -> str:
    raise KeyError("no")


class Seen(BasePreGraphExecuteAsync, BasePreNodeExecute, BasePostNodeExecuteAsync):
    def __init__(self) -> None:
        self.seen: list = []

    async def pre_graph_execute(
        self, *, run_id: str, graph: Any, final_vars: list, inputs: dict, overrides: dict
    ) -> None:
        self.seen.append(f"run {final_vars}")

    def pre_node_execute(self, *, run_id: str, node_: Any, kwargs: dict, task_id: Any = None) -> None:
        self.seen.append(f"plain {node_.name}")

    async def post_node_execute(
        self, *, run_id: str, node_: Any, kwargs: dict, success: bool, error: Any, result: Any, task_id: Any = None
    ) -> None:
        self.seen.append(f"after {node_.name} {success}")


async def _run() -> dict:
    module = sys.modules[__name__]
    built = await async_driver.Builder().with_modules(module).build()
    seen = Seen()
    watched = await async_driver.Builder().with_modules(module).with_adapters(seen).build()
    legacy = async_driver.AsyncDriver({"polite": False}, module, result_builder=base.DictResult())
    answers = {
        "dictionary": await built.execute(["letter", "user"], inputs={"user_id": 7}),
        "override": await built.execute(["letter"], inputs={"user_id": 7}, overrides={"user": {"name": "nobody"}}),
        "legacy": await legacy.execute(["letter"], inputs={"user_id": 1}),
        "at once": await asyncio.gather(*[built.execute(["letter"], inputs={"user_id": one}) for one in range(3)]),
        "watched": await watched.execute(["letter"], inputs={"user_id": 1}),
    }
    answers["seen"] = sorted(entry for entry in seen.seen if entry.startswith(("run", "after")))
    for name, call in {
        "failing": lambda: built.execute(["failing"], inputs={"user_id": 1}),
        "missing": lambda: built.execute(["letter"]),
    }.items():
        try:
            await call()
        except Exception as error:
            answers[name] = error
    for name in ("with_materializers", "enable_dynamic_execution"):
        try:
            getattr(async_driver.Builder(), name)()
        except Exception as error:
            answers[name] = error
    return answers


def _answers() -> dict:
    return asyncio.run(_run())
