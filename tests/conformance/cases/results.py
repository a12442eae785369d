"""§1.4–1.8: result builders, hooks, parallel blocks, caching, loading and saving."""

from __future__ import annotations

from tests.conformance.case import ABSENT, BOTH, Case, Raises

__all__ = ["CASES"]

FRAMES = """
def s(x: int) -> px.Series: return px.Series([x, x + 1])
def t(s: px.Series) -> px.Series: return s * 2
def one(s: px.Series) -> int: return 7
def df(s: px.Series) -> px.DataFrame: return px.DataFrame({"p": [1, 2], "q": [3, 4]})
"""
BUILT = "driver.Builder().with_modules(module).with_adapters({}).build()"
PARALLEL = """
def numbers(n: int) -> Parallelizable[int]:
    for k in range(n):
        yield k
def squared(numbers: int, by: int) -> int: return numbers * numbers * by
def plus(squared: int) -> int: return squared + 1
def total(plus: Collect[int]) -> int: return sum(plus)
def by() -> int: return 2
"""
TASKS = "driver.Builder().with_modules(module).enable_dynamic_execution(allow_experimental_mode=True){}.build()"
HOOK = """
class Notes(lifecycle.NodeExecutionHook, lifecycle.GraphExecutionHook, lifecycle.GraphConstructionHook):
    def __init__(self): self.told = []
    def run_after_graph_construction(self, *, graph, config, **future_kwargs): self.told.append(("built", sorted(config)))
    def run_before_graph_execution(self, *, final_vars, inputs, overrides, execution_path, **future_kwargs):
        self.told.append(("begin", list(final_vars), inputs or {}, overrides or {}))
        self.path = sorted(execution_path)
    def run_after_graph_execution(self, *, success, **future_kwargs): self.told.append(("end", success))
    def run_before_node_execution(self, *, node_name, node_kwargs, node_return_type, **future_kwargs):
        self.told.append(("before", node_name, node_kwargs, node_return_type.__name__))
    def run_after_node_execution(self, *, node_name, result, success, **future_kwargs):
        self.told.append(("after", node_name, result, success))
def b(a: int) -> int: return a + 1
def c(b: int, k: int = 3) -> int: return b * k
def bad(c: int) -> int: raise KeyError("no")
"""
WATCH = "notes = module.Notes()\ndr = driver.Builder().with_modules(module).with_config({'key': 1}).with_adapters(notes).build()\n"

CASES: dict[str, Case] = {
    # --- 1.4 ---
    "a dictionary": Case(
        rows=("1.4-dict",),
        source=FRAMES,
        frames=BOTH,
        program=f"return {BUILT.format('DictResult()')}.execute(['t', 'one', 'df'], inputs={{'x': 1}})",
    ),
    "one frame as it is, one scalar, columns and scalars": Case(
        rows=("1.4-pandas",),
        source=FRAMES.replace("px.", "pd."),
        program=f"dr = {BUILT.format('PandasDataFrameResult()')}\n"
        "return [dr.execute(names, inputs={'x': 1}) for names in (['df'], ['one'], ['s', 't', 'one'], ['s', 'df'])]",
    ),
    "columns of other rows": Case(
        rows=("1.4-pandas-index", "1.4-strict-index"),
        source="def s() -> pd.Series: return pd.Series([1, 2], index=['a', 'b'])\ndef t() -> pd.Series: return pd.Series([3, 4], index=['b', 'c'])",
        program="dr = driver.Driver({}, module)\nreturn dr.execute(['s', 't']).sort_index().to_dict('split')",
        compat=True,
        ours=Raises("alignment", "t"),
    ),
    "a matrix": Case(
        rows=("1.4-numpy-matrix",),
        source=FRAMES.replace("px.", "pd."),
        program="dr = driver.Driver({}, module, adapter=base.SimplePythonGraphAdapter(base.NumpyMatrixResult()))\n"
        "return np.asarray(dr.execute(['s', 'one'], inputs={'x': 1})).tolist()",
        compat=True,
        ours=ABSENT,
    ),
    "Polars and Arrow frames": Case(
        rows=("1.4-plugins",),
        source=FRAMES.replace("px.", "pl."),
        program=f"return [{BUILT.format('PolarsDataFrameResult()')}.execute(['s', 't'], inputs={{'x': 1}}),"
        f" {BUILT.format('PolarsDataFrameResult()')}.execute(['s', 'one'], inputs={{'x': 1}})]",
    ),
    "an Arrow table": Case(
        rows=("1.4-plugins",),
        source=FRAMES,
        frames=BOTH,
        agrees=("pandas",),
        ours={"arrow": {"p": [1, 2], "q": [3, 4]}},
        program=f"return {BUILT.format('PyarrowTableResult()')}.execute(['df'], inputs={{'x': 1}})",
    ),
    "builders of plugins": Case(
        rows=("1.4-plugins", "1.4-strict-index"),
        source=FRAMES.replace("px.", "pl."),
        program="""
            from hamilton.plugins.h_narwhals import NarwhalsDataFrameResultBuilder
            from hamilton.plugins.h_polars_lazyframe import PolarsLazyFrameResult
            builders = [PolarsLazyFrameResult(), NarwhalsDataFrameResultBuilder(PolarsDataFrameResult())]
            return [driver.Builder().with_modules(module).with_adapters(one).build().execute(["df"], inputs={"x": 1}) for one in builders]
        """,
        compat=True,
        ours=ABSENT,
    ),
    "a strict index": Case(
        rows=("1.4-strict-index",),
        source="def s() -> pd.Series: return pd.Series([1, 2], index=['a', 'b'])\ndef t() -> pd.Series: return pd.Series([3, 4], index=[1, 2])",
        program="dr = driver.Driver({}, module, adapter=base.SimplePythonGraphAdapter(base.StrictIndexTypePandasDataFrameResult()))\n"
        "return attempt(lambda: dr.execute(['s', 't']))",
        compat=True,
        ours=ABSENT,
    ),
    "a result builder of one's own": Case(
        rows=("1.4-custom", "1.5-result-builder"),
        source=FRAMES,
        frames=BOTH,
        program="class Names(lifecycle.ResultBuilder):\n    def build_result(self, **outputs):\n        return list(outputs)\n"
        f"return {BUILT.format('Names()')}.execute(['t', 's'], inputs={{'x': 1}})",
    ),
    "two result builders": Case(
        rows=("1.4-two-builders",),
        source=FRAMES,
        frames=BOTH,
        program=f"return attempt(lambda: {BUILT.format('DictResult(), PandasDataFrameResult()')})",
    ),
    "a legacy graph adapter": Case(
        rows=("1.4-graph-adapters",),
        source=FRAMES.replace("px.", "pd."),
        program="return driver.Driver({}, module, adapter=base.SimplePythonGraphAdapter(base.DictResult())).execute(['one', 't'], inputs={'x': 1})",
        compat=True,
        ours=ABSENT,
    ),
    # --- 1.5 ---
    "what hooks are told": Case(
        rows=("1.5-construction", "1.5-graph-execution", "1.5-node-execution"),
        source=HOOK,
        program=WATCH + "dr.execute(['c'], inputs={'a': 1})\nreturn notes.told",
    ),
    "what hooks are told of a failure": Case(
        rows=("1.5-graph-execution", "1.5-node-execution"),
        source=HOOK,
        program=WATCH + "attempt(lambda: dr.execute(['bad'], inputs={'a': 1}))\nattempt(lambda: dr.execute(['bad']))\nreturn notes.told",
    ),
    "overridden nodes and hooks": Case(
        rows=("1.5-graph-execution", "1.5-node-execution"),
        source=HOOK,
        program=WATCH + "dr.execute(['c'], overrides={'b': 4})\nreturn [one for one in notes.told if one[0] in ('before', 'after')]",
    ),
    "the path of a run": Case(
        rows=("1.5-graph-execution",),
        source=HOOK,
        program=WATCH + "dr.execute(['c'], overrides={'b': 4})\nreturn notes.path",
        compat=True,
        ours=["c"],
    ),
    "an adapter that calls": Case(
        rows=("1.5-node-method",),
        source="class Twice(lifecycle.NodeExecutionMethod):\n"
        "    def run_to_execute_node(self, *, node_name, node_callable, node_kwargs, **future_kwargs):\n"
        "        return node_callable(**node_kwargs) * (2 if node_name == 'b' else 1)\n"
        "def b(a: int) -> int: return a\ndef c(b: int) -> int: return b + 1",
        program=f"return {BUILT.format('module.Twice()')}.execute(['c', 'b'], inputs={{'a': 5}})",
    ),
    "edges that an adapter allows": Case(
        rows=("1.5-edges",),
        source="class Lax(lifecycle.EdgeConnectionHook):\n"
        "    def check_edge_types_match(self, type_from, type_to, **kwargs): return {type_from, type_to} == {str, int}\n"
        "    def validate_input(self, node_type, input_value, **kwargs): return input_value != 13\n"
        "def b(a: int) -> str: return str(a)\ndef c(b: int) -> str: return b + '!'",
        program=f"dr = {BUILT.format('module.Lax()')}\n"
        "return [dr.execute(['c'], inputs={'a': 'any'}), attempt(lambda: dr.execute(['c'], inputs={'a': 13}))]",
    ),
    "which type of an edge comes first": Case(
        rows=("1.5-edges",),
        source="class Lax(lifecycle.EdgeConnectionHook):\n"
        "    def check_edge_types_match(self, type_from, type_to, **kwargs): return type_from is int and type_to is str\n"
        "    def validate_input(self, node_type, input_value, **kwargs): return True\n"
        "def b(a: int) -> str: return str(a)\ndef c(b: int) -> str: return b + '!'",
        program=f"return attempt(lambda: {BUILT.format('module.Lax()')}.execute(['c'], inputs={{'a': 1}}))",
        compat=True,
        ours=Raises("type-mismatch"),
    ),
    "a static validator": Case(
        rows=("1.5-static-validator",),
        source="class Long(lifecycle.StaticValidator):\n"
        "    def run_to_validate_node(self, *, node, **future_kwargs): return len(node.name) > 3, f'{node.name} is short'\n"
        "    def run_to_validate_graph(self, *, graph, **future_kwargs): return True, None\n"
        "def bbb(aaaa: int) -> int: return aaaa\ndef cc(aaaa: int) -> int: return aaaa\ndef long(aaaa: int) -> int: return aaaa",
        program=f"return attempt(lambda: {BUILT.format('module.Long()')})",
        agrees=(),
        ours={"codes": ["validator-refused", "validator-refused"]},
        in_compat={"kind": "ValidationException"},
    ),
    "hooks of tasks": Case(
        rows=("1.5-tasks",),
        source=PARALLEL
        + "class Tasks(lifecycle.TaskSubmissionHook, lifecycle.TaskExecutionHook, lifecycle.TaskReturnHook, lifecycle.TaskGroupingHook):\n"
        "    def __init__(self): self.told = collections.Counter()\n"
        "    def run_after_task_grouping(self, **facts): self.told['grouped'] += 1\n"
        "    def run_after_task_expansion(self, **facts): self.told['expanded'] += 1\n"
        "    def run_before_task_submission(self, **facts): self.told['submitted'] += 1\n"
        "    def run_before_task_execution(self, **facts): self.told['begun'] += 1\n"
        "    def run_after_task_execution(self, **facts): self.told['done'] += 1\n"
        "    def run_after_task_return(self, **facts): self.told['returned'] += 1\n",
        program=f"notes = module.Tasks()\ndr = {TASKS.format('.with_adapters(notes)')}\n"
        "total, told = dr.execute(['total'], inputs={'n': 3}), notes.told\n"
        "alike = {told[name] for name in ('submitted', 'begun', 'done', 'returned')}\n"
        "return total, told['grouped'], told['expanded'], len(alike), min(alike) > 5",
    ),
    "methods of Hamilton's base classes": Case(
        rows=("1.5-pre-do-anything", "1.5-remote-execute"),
        source="def b(a: int) -> int: return a",
        program="""
            from hamilton.lifecycle import base as lifecycle_base
            told = []
            class First(lifecycle_base.BasePreDoAnythingHook):
                def pre_do_anything(self): told.append("first")
            class Far(lifecycle_base.BaseDoRemoteExecute):
                def do_remote_execute(self, *, node, execute_lifecycle_for_node, **kwargs):
                    told.append(node.name)
                    return execute_lifecycle_for_node(**kwargs)
            dr = driver.Builder().with_modules(module).with_adapters(First(), Far()).build()
            return [dr.execute(["b"], inputs={"a": 1}), told]
        """,
        compat=True,
        ours=ABSENT,
    ),
    "shipped adapters": Case(
        rows=("1.5-shipped",),
        source="def b(a: int) -> int: return a\ndef c(b: int) -> int: return 'text'\ndef d(c: int) -> int: return 1",
        program="said = []\n"
        f"printed = {BUILT.format('lifecycle.PrintLn(verbosity=1, print_fn=said.append)')}.execute(['b'], inputs={{'a': 1}})\n"
        f"checked = {BUILT.format('lifecycle.FunctionInputOutputTypeChecker()')}\n"
        "from_default = lambda: checked.execute(['c'], inputs={'a': 1})\n"
        "return [printed, len(said) > 0, 'raised' in str(attempt(from_default)), checked.execute(['b'], inputs={'a': 1})]",
    ),
    "graceful errors": Case(
        rows=("1.5-shipped",),
        source="def b(a: int) -> int: return 1 // a\ndef c(b: int) -> int: return b\ndef d(a: int) -> int: return a",
        program=f"dr = {BUILT.format('lifecycle.GracefulErrorAdapter(error_to_catch=ZeroDivisionError, sentinel_value=None)')}\n"
        "return dr.execute(['b', 'c', 'd'], inputs={'a': 0})",
    ),
    "slow and debugged": Case(
        rows=("1.5-shipped",),
        source="def b(a: int) -> int: return a",
        program="slow = getattr(lifecycle, 'default', lifecycle).SlowDownYouMoveTooFast(0.0, 0.0)\n"
        f"return {BUILT.format('slow, lifecycle.PDBDebugger(node_filter=[])')}.execute(['b'], inputs={{'a': 1}})",
    ),
    "the old cache adapter": Case(
        rows=("1.7-caching",),
        program="return attempt(lambda: lifecycle.default.CacheAdapter())",
        agrees=(),
        ours=ABSENT,
        in_compat=Raises("unsupported"),
    ),
    "no type checks": Case(
        rows=("1.5-no-edge-check",),
        source="def b(a: int) -> str: return str(a)\ndef c(b: int) -> str: return b + '!'",
        program=f"return {BUILT.format('lifecycle.NoEdgeAndInputTypeChecking()')}.execute(['c'], inputs={{'a': 'any'}})",
    ),
    # --- 1.6 ---
    "a parallel block": Case(
        rows=("1.6-parallel", "1.3-parallel-without-tasks"),
        source=PARALLEL,
        program=f"return [{TASKS.format('')}.execute(['total', 'by'], inputs={{'n': 4}}),"
        " attempt(lambda: driver.Builder().with_modules(module).build().execute(['total'], inputs={'n': 4}))]",
    ),
    "an empty block": Case(
        rows=("1.6-parallel",), source=PARALLEL, program=f"return {TASKS.format('')}.execute(['total'], inputs={{'n': 0}})"
    ),
    "four ways to make tasks": Case(
        rows=("1.6-grouping",),
        source=PARALLEL.replace("Parallelizable[int]", "List[int]").replace("    for k in range(n):\n        yield k", "    return list(range(n))")
        .replace("numbers: int", "numbers: List[int]").replace("numbers * numbers * by", "sum(numbers) * by").replace("Collect[int]", "int").replace("sum(plus)", "plus"),
        program="ways = [grouping.GroupByRepeatableBlocks(), grouping.GroupNodesIndividually(), grouping.GroupNodesAllAsOne(), grouping.GroupNodesByLevel()]\n"
        f"return [{TASKS.format('.with_grouping_strategy(way)')}.execute(['total'], inputs={{'n': 4}}) for way in ways]",
    ),
    "executors": Case(
        rows=("1.6-executors",),
        source=PARALLEL,
        program="here = executors.SynchronousLocalTaskExecutor\n"
        f"return [{TASKS.format('.with_remote_executor(one)')}.execute(['total'], inputs={{'n': 4}})"
        " for one in (here(), executors.MultiThreadingExecutor(max_tasks=2))]"
        f" + [{TASKS.format('.with_execution_manager(executors.DefaultExecutionManager(here(), here()))')}.execute(['total'], inputs={{'n': 4}})]",
    ),
    "a request inside a block": Case(
        rows=("1.6-request-inside-block",),
        source=PARALLEL,
        program=f"return attempt(lambda: {TASKS.format('')}.execute(['squared'], inputs={{'n': 4}}))",
        agrees=(),
        ours=Raises("parallel-block", "squared"),
    ),
    "collecting what was expanded": Case(
        rows=("1.6-expand-into-collect", "1.6-order-of-items"),
        source="def numbers(n: int) -> Parallelizable[int]:\n    yield from range(n)\ndef listed(numbers: Collect[int]) -> list: return list(numbers)",
        program=f"return {TASKS.format('')}.execute(['listed'], inputs={{'n': 5}})",
        agrees=(),
        ours={"listed": [0, 1, 2, 3, 4]},
    ),
    "collect and expand in one": Case(
        rows=("1.6-collect-and-expand",),
        source="def numbers(n: int) -> Parallelizable[int]:\n    yield from range(n)\ndef again(numbers: Collect[int]) -> Parallelizable[int]:\n    yield 1\n"
        "def total(again: Collect[int]) -> int: return sum(again)",
        program="return attempt(lambda: driver.Builder().with_modules(module).build())",
        agrees=(),
        ours=Raises("parallel-block", "again"),
    ),
    "a block in a block": Case(
        rows=("1.6-nested-blocks",),
        source="def numbers(n: int) -> Parallelizable[int]:\n    yield from range(n)\ndef deeper(numbers: int) -> Parallelizable[int]:\n    yield 1\n"
        "def total(deeper: Collect[int]) -> int: return sum(deeper)",
        program="return attempt(lambda: driver.Builder().with_modules(module).build())",
        agrees=(),
        ours=Raises("parallel-block", "deeper"),
    ),
    "adapters of clusters": Case(
        rows=("1.6-cluster-adapters",),
        program="from hamilton.plugins.h_ray import RayGraphAdapter\nreturn attempt(lambda: RayGraphAdapter(DictResult()))",
        agrees=(),
        ours=ABSENT,
        in_compat=Raises("unsupported", "Ray"),
    ),
    # --- 1.7 ---
    "@cache": Case(
        rows=("1.7-cache-modifier", "2.7-cache"),
        source="@cache(behavior='recompute', format='parquet')\ndef g(u: int) -> int: return u\n@cache\ndef h(u: int) -> int: return u"
        .replace("@cache\n", "@cache()\n"),
        program="return {one.name: {key: tag for key, tag in one.tags.items() if key.startswith('cache.')}"
        " for one in driver.Builder().with_modules(module).build().list_available_variables() if not one.is_external_input}",
    ),
    # --- 1.8 ---
    "savers in the graph": Case(
        rows=("1.8-saver", "2.8-materializers"),
        source="def s(x: int) -> px.Series: return px.Series([x, 2])\ndef t(x: int) -> px.Series: return px.Series([x, 3])\n"
        "def both(s: px.Series, t: px.Series) -> dict: return {}",
        program="""
            @dataclass
            class Frame:
                def build_result(self, **outputs): return px.DataFrame(outputs)
                def input_types(self): return [Any]
                def output_type(self): return px.DataFrame
            combine = type("Combine", (lifecycle.ResultBuilder, Frame), {"build_result": Frame.build_result, "output_type": Frame.output_type})()
            out = to.parquet(id="o", dependencies=["s", "t"], combine=combine, **{PATH: "o.parquet"})
            dr = driver.Builder().with_modules(module).with_materializers(out).build()
            nodes = {one.name: sorted(one.required_dependencies) for one in dr.list_available_variables() if one.name.startswith("o")}
            dr.execute(["o"], inputs={"x": 1})
            return [nodes, pd.read_parquet("o.parquet").to_dict("list")]
        """,
        frames=BOTH,
        agrees=("pandas",),
        ours=[{"o": ["o_build_result"], "o_build_result": ["s", "t"]}, {"s": [1, 2], "t": [1, 3]}],
    ),
    "savers that cannot be": Case(
        rows=("1.8-saver-faults",),
        source="def s(x: int) -> int: return x\ndef t(x: int) -> int: return x",
        program="dr = driver.Builder().with_modules(module).build()\n"
        "return [attempt(lambda: dr.materialize(to.pickle(id=name, dependencies=names, path='o'), inputs={'x': 1}))"
        " for name, names in (('o', ['s', 't']), ('s', ['t']), ('o', ['nothing']))]",
    ),
    "loaders in the graph": Case(
        rows=("1.8-loader", "2.8-materializers", "1.8-formats"),
        source="def df(x: int) -> px.DataFrame: return px.DataFrame({'a': [x]})\ndef s(df: px.DataFrame, other: px.DataFrame) -> int: return len(df) + len(other)",
        program="""
            pd.DataFrame({"a": [1, 2, 3]}).to_parquet("a.parquet")
            dr = driver.Builder().with_modules(module).with_materializers(
                from_.parquet(target="df", **{PATH: "a.parquet"}), from_.parquet(target="other", **{PATH: value("a.parquet")})
            ).build()
            nodes = {one.name: sorted(one.required_dependencies) for one in dr.list_available_variables() if one.name != "x"}
            return [nodes, dr.execute(["s"])]
        """,
        frames=BOTH,
        agrees=("pandas",),
        ours=[
            {
                "load_data.df": [],
                "df": ["load_data.df"],
                "load_data.other": [],
                "other": ["load_data.other"],
                "s": ["df", "other"],
            },
            {"s": 6},
        ],
    ),
    "loading for nobody": Case(
        rows=("1.8-loader-unknown-target",),
        source="def s(x: int) -> int: return x",
        program="return attempt(lambda: driver.Builder().with_modules(module).with_materializers(from_.json(target='nobody', path='x')).build())",
    ),
    "arguments of savers": Case(
        rows=("1.8-arguments",),
        source="def s(x: int) -> int: return x",
        program="dr = driver.Builder().with_modules(module).build()\n"
        "for given, more in (('plain.pkl', {}), (value('value.pkl'), {}), (source('where'), {'where': 'source.pkl'})):\n"
        "    dr.materialize(to.pickle(id='o', dependencies=['s'], path=given), inputs={'x': 1, **more})\n"
        "return sorted(path.name for path in Path().glob('*.pkl'))",
    ),
    "one vocabulary": Case(
        rows=("1.8-formats",),
        source="def df(x: int) -> px.DataFrame: return px.DataFrame({'a': [x, 2]})\ndef back(read: px.DataFrame) -> int: return len(read)",
        program="""
            dr = driver.Builder().with_modules(module).build()
            def turn(name, suffix):
                dr.materialize(getattr(to, name)(id="o", dependencies=["df"], path=f"o.{suffix}"), inputs={"x": 1})
                _, found = dr.materialize(getattr(from_, name)(target="read", path=f"o.{suffix}"), additional_vars=["back"])
                return found["back"]
            return [turn(*one) for one in (("parquet", "parquet"), ("csv", "csv"), ("feather", "feather"), ("ndjson", "ndjson"), ("orc", "orc"))]
        """,
        frames=BOTH,
        agrees=(),
        ours=[2, 2, 2, 2, 2],
    ),
    "an adapter of one's own": Case(
        rows=("1.8-custom",),
        source="""
            @dataclass
            class Lines(DataLoader):
                text: str
                @classmethod
                def applicable_types(cls): return [list]
                @classmethod
                def name(cls): return "lines_of"
                def load_data(self, type_): return self.text.split("/"), {"n": 1}
            @dataclass
            class Kept(DataSaver):
                where: list
                @classmethod
                def applicable_types(cls): return [list]
                @classmethod
                def name(cls): return "kept_in"
                def save_data(self, data):
                    self.where.append(data)
                    return {"kept": len(data)}
            register_adapter(Lines)
            register_adapter(Kept)
            def words(lines: list) -> list: return lines[1:]
        """,
        program="where = []\ndr = driver.Builder().with_modules(module).build()\n"
        "return [dr.materialize(from_.lines_of(target='lines', text='a/b/c'), to.kept_in(id='o', dependencies=['words'], where=value(where)), additional_vars=['words']), where]",
    ),
    "metadata of saving": Case(
        rows=("1.8-metadata",),
        source="def df(x: int) -> px.DataFrame: return px.DataFrame({'a': [x, 2], 'b': ['p', 'q']})",
        frames=BOTH,
        agrees=("pandas",),
        ours=[2, 2, ["a", "b"], True, "o.parquet"],
        program="dr = driver.Builder().with_modules(module).build()\n"
        "saved, _ = dr.materialize(to.parquet(id='o', dependencies=['df'], path='o.parquet'), inputs={'x': 1})\n"
        "facts = saved['o']\nreturn [facts['dataframe_metadata']['rows'], facts['dataframe_metadata']['columns'], facts['dataframe_metadata']['column_names'],"
        " facts['file_metadata']['size'] > 0, facts['file_metadata']['path']]",
    ),
}  # fmt: skip
