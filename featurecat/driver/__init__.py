"""The driver: walks the graph for just what is asked. It wires the rooms together and decides nothing itself.

Example:
    >>> import types
    >>> def spend_twice(spend: int) -> int:
    ...     return spend * 2
    >>> module = types.ModuleType("weeks")
    >>> spend_twice.__module__ = "weeks"
    >>> module.spend_twice = spend_twice
    >>> Builder().with_modules(module).build().execute(["spend_twice"], inputs={"spend": 2})
    {'spend_twice': 4}
"""

from featurecat.driver.builder import Builder
from featurecat.driver.driver import Driver
from featurecat.driver.variable import Variable

__all__ = ["Builder", "Driver", "Variable"]
