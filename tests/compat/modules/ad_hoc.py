"""Modules out of functions and text, drivers that travel, and what else notebooks use."""

import json
import pickle
import sys

from hamilton import ad_hoc_utils, driver, htypes, registry, telemetry
from hamilton.graph_types import HamiltonGraph, hash_source_code
from hamilton.io.utils import get_file_metadata
from hamilton.node import matches_query
from hamilton.settings import ENABLE_POWER_USER_MODE


def increased(amount: int) -> int:
    """One more."""
    # a comment
    return amount + 1


TEXT = """
def decreased(increased: int) -> int:
    "Two less."
    return increased - 2
"""


def _answers() -> dict:
    module = sys.modules[__name__]
    made = ad_hoc_utils.module_from_source(TEXT, "made_of_text")
    written = ad_hoc_utils.create_module(TEXT.replace("decreased", "written"), "written_module")
    temporary = ad_hoc_utils.create_temporary_module(increased)
    dr = driver.Builder().with_modules(temporary, made, written).build()
    own = driver.Builder().with_modules(module).build()
    variables = {one.name: one for one in dr.list_available_variables()}
    answers = {
        "values": dr.execute(["decreased", "written", "increased"], inputs={"amount": 5}),
        "another module's function": increased.__module__ != temporary.__name__,
        "exported": json.loads(own.export_execution(["increased"], inputs={"amount": 1})),
        "as_dict": variables["decreased"].as_dict(),
        "pickled": pickle.loads(pickle.dumps(own)).execute(["increased"], inputs={"amount": 3}),
        "graph version": len(
            HamiltonGraph.from_graph(dr.function_graph if hasattr(dr, "function_graph") else dr.graph).version
        ),
        "graph": sorted(
            node.name for node in HamiltonGraph.from_graph(dr.graph).filter_nodes(lambda node: node.type is int)
        ),
        "inner nodes": sorted(node.name for node in dr.graph.get_nodes() if node.user_defined),
        "hash": hash_source_code("def f():\n    # note\n    return 1", strip=True),
        "power": ENABLE_POWER_USER_MODE,
        "queries": [matches_query({"a": ["x", "y"]}, {"a": "x"}), matches_query({"a": "x"}, {"b": None})],
        "types": [htypes.get_type_as_string(one) for one in (int, list, dict[str, int])],
        "fits": [htypes.check_input_type(int, 1), htypes.check_input_type(int, "1"), htypes.types_match(int, bool)],
        "telemetry": telemetry.is_telemetry_enabled(),
        "formats": sorted({"csv", "json", "parquet", "pickle"} & set(registry.LOADER_REGISTRY)),
        "metadata": sorted(get_file_metadata("nothing.txt")),
    }
    for name, call in {
        "private": lambda: ad_hoc_utils.create_temporary_module(_answers),
        "twice": lambda: ad_hoc_utils.create_temporary_module(increased, increased),
        "taken": lambda: ad_hoc_utils.create_temporary_module(increased, module_name="json"),
    }.items():
        try:
            call()
        except Exception as error:
            answers[name] = error
    return answers
