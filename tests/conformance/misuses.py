"""Every misuse that the reference names, and what featurecat says to it, where and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["MISUSES", "PENDING", "Misuse"]

#: Import of the module, building of a driver, planning of a run, running it.
Stage = Literal["import", "build", "plan", "run"]


@dataclass(frozen=True, slots=True)
class Misuse:
    """Something that cannot work.

    Args:
        stage: When it is said. Later than ``build`` where only the request shows it, or only the data.
        source: A module, under the imports of the test.
        said: A regular expression that the message fits.
        at: A text of the line that is pointed at; empty where no line of a module is at fault.
        code: Of the problem.
        problems: How many there are.
        ask: What is asked for.
        program: Instead of building and asking: statements that use ``module`` and ``Builder``.
    """

    stage: Stage
    source: str
    said: str
    at: str = "@"
    code: str = "invalid-modifier"
    problems: int = 1
    ask: tuple[str, ...] = ("f",)
    config: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)
    program: str = ""


ONE = "def f(a: int, b: int = 1) -> int: return a\n"
FRAME = "def f(a: int) -> pd.DataFrame: return pd.DataFrame({'x': [a], 'y': [a]})\n"
FIELDS = "def f(a: int) -> dict: return {'x': a}\n"
STEP = "def _add(x: int, y: int = 1) -> int: return x + y\n"
SUB = "def q(i: int) -> int: return i\n@subdag(q, {})\ndef z(q: int) -> int: return q\n"
COLUMNS = "def c(x: pd.Series) -> pd.Series: return x\n{}\ndef f(frame: pd.DataFrame) -> pd.DataFrame: return frame\n"
PARALLEL = "def numbers(n: int) -> Parallelizable[int]:\n    yield n\ndef one(numbers: int) -> int: return numbers\ndef f(one: Collect[int]) -> int: return sum(one)\n"


def _parameters(decorator: str, function: str = ONE) -> str:
    return f"{decorator}\n{function}"


MISUSES: dict[str, Misuse] = {
    # --- §1.1–1.3, 4.3: requests ---
    "an unknown name": Misuse("plan", ONE, "no feature 'ff'", "", "unknown-feature", ask=("ff",), inputs={"a": 1}),
    "two unknown names": Misuse("plan", ONE, "'ff'", "", "unknown-feature", 2, ask=("ff", "gg"), inputs={"a": 1}),
    "a string instead of a list": Misuse("plan", ONE, "takes a list, not the string 'f'", "", "invalid-option", program="module.driver().execute('f', inputs={'a': 1})"),
    "a function of another module": Misuse("plan", ONE, "is not a feature of this driver", "", "unknown-feature", program="module.driver().execute([len])"),
    "a missing input": Misuse("plan", ONE, "the input 'a' was not given", "def f", "missing-input"),
    "two missing inputs": Misuse("plan", "def f(a: int, b: int) -> int: return a", "was not given", "def f", "missing-input", 2),
    "an input of another type": Misuse("plan", ONE, "'a' must be int, not str", "", "input-type", inputs={"a": "x"}),
    "config of another type": Misuse("build", ONE, "'a' must be int, not str", "", "input-type", config={"a": "x"}),
    "one name as config and input": Misuse("plan", ONE, "'a' is given as config and as input", "", "config-conflict", config={"a": 1}, inputs={"a": 1}),
    "an input that is computed": Misuse("plan", ONE + "def g(f: int) -> int: return f", "'f' is a computed feature", "", "unknown-input", ask=("g",), inputs={"a": 1, "f": 1}),
    "an input that nobody takes": Misuse("plan", ONE, "no feature takes the input 'aa'", "", "unknown-input", inputs={"a": 1, "aa": 1}),
    "an override of nobody": Misuse("plan", ONE, "no feature takes the override 'q'", "", "unknown-input", inputs={"a": 1}, overrides={"q": 1}),
    "a config key that is a function": Misuse("build", ONE, "f", "def f", "config-conflict", config={"f": 1}),
    "a tag filter that cannot match": Misuse("plan", ONE, "tag_filter", "", "invalid-option", program="module.driver().list_available_variables(tag_filter={'k': []})"),
    "a path between unknown names": Misuse("plan", ONE, "no feature 'zz'", "", "unknown-feature", program="module.driver().what_is_the_path_between('zz', 'f')"),
    "a picture of no path": Misuse("plan", ONE, "no path", "", "invalid-option", program="module.driver().visualize_path_between('f', 'a')"),
    "a style that is not keyword-only": Misuse("plan", ONE, "custom_style_function", "", "invalid-option", program="module.driver().display_all_functions(custom_style_function=lambda node, node_class: None)"),
    "nothing to materialize": Misuse("plan", ONE, "nothing is asked for", "", "invalid-option", program="module.driver().materialize()"),
    "a coroutine in the plain driver": Misuse("plan", "async def f(a: int) -> int: return a", "f", "async def f", "unsupported", inputs={"a": 1}),
    # --- §1.2, 1.4, 1.6: builders and adapters ---
    "no modules": Misuse("build", ONE, "needs modules", "", "no-project", program="Builder().build()"),
    "what is no module": Misuse("build", ONE, "takes modules, not", "", "invalid-option", program="Builder().with_modules('name').build()"),
    "two adapters by with_adapter": Misuse("build", ONE, "called before", "", "invalid-option", program="Builder().with_adapter(DictResult()).with_adapter(DictResult())"),
    "two result builders": Misuse("build", ONE, "one result builder", "", "invalid-option", program="Builder().with_modules(module).with_adapters(DictResult(), DictResult()).build()"),
    "a list of materializers": Misuse("build", ONE, "one by one", "", "invalid-option", program="Builder().with_materializers([])"),
    "caching": Misuse("build", ONE, "with_cache", "", "unsupported", program="Builder().with_cache()"),
    "dynamic execution not allowed": Misuse("build", ONE, "allowed explicitly", "", "invalid-option", program="Builder().enable_dynamic_execution()"),
    "an executor before dynamic execution": Misuse("build", ONE, "needs dynamic execution", "", "invalid-option", program="Builder().with_remote_executor(SynchronousLocalTaskExecutor())"),
    "two executors": Misuse("build", ONE, "chosen before", "", "invalid-option", program="Builder().enable_dynamic_execution(allow_experimental_mode=True).with_local_executor(SynchronousLocalTaskExecutor()).with_local_executor(SynchronousLocalTaskExecutor())"),
    "a manager beside executors": Misuse("build", ONE, "cannot stand beside", "", "invalid-option", program="Builder().enable_dynamic_execution(allow_experimental_mode=True).with_local_executor(SynchronousLocalTaskExecutor()).with_execution_manager(DefaultExecutionManager())"),
    "a list of adapters": Misuse("build", ONE, "one by one", "", "invalid-option", program="Builder().with_adapters([DictResult()])"),
    "what is no adapter": Misuse("build", ONE, "neither a result builder nor a hook", "", "invalid-option", program="Builder().with_modules(module).with_adapters(3).build()"),
    "dynamic execution, asynchronous": Misuse("build", ONE, "async", "", "unsupported", program="async_driver.Builder().enable_dynamic_execution(allow_experimental_mode=True)"),
    "materializers, asynchronous": Misuse("build", ONE, "async", "", "unsupported", program="async_driver.Builder().with_materializers(to.pickle(id='o', dependencies=['f'], path='o'))"),
    "an adapter class without its methods": Misuse("build", ONE, "int", "", "invalid-adapter", program="register_adapter(int)"),
    "a parallel block without tasks": Misuse("plan", PARALLEL, "needs dynamic execution", "def numbers", "unsupported", 2, inputs={"n": 1}),
    "a request inside a block": Misuse("plan", PARALLEL, "one", "def one", "parallel-block", program="module.tasks().execute(['one'], inputs={'n': 1})"),
    "collect and expand in one": Misuse("build", PARALLEL + "def again(one: Collect[int]) -> Parallelizable[int]:\n    yield 1", "again", "def again", "parallel-block"),
    "a block in a block": Misuse("build", "def numbers(n: int) -> Parallelizable[int]:\n    yield n\ndef more(numbers: int) -> Parallelizable[int]:\n    yield n\ndef f(more: Collect[int]) -> int: return 1", "more", "def more", "parallel-block"),
    # --- §1.8: materializers ---
    "several values without combine": Misuse("plan", ONE, "what makes one value", "", "invalid-option", program="module.driver().materialize(to.pickle(id='o', dependencies=['f', 'a'], path='o'))"),
    "an id that is taken": Misuse("plan", ONE, "there is a node 'f'", "", "duplicate-definition", program="module.driver().materialize(to.pickle(id='f', dependencies=['a'], path='o'))"),
    "saving what is not there": Misuse("plan", ONE, "no feature or input 'zz'", "", "unknown-feature", program="module.driver().materialize(to.pickle(id='o', dependencies=['zz'], path='o'))"),
    "loading for nobody": Misuse("plan", ONE, "no feature or input 'zz'", "", "unknown-feature", program="module.driver().materialize(from_.json(target='zz', path='o'), additional_vars=['f'])"),
    "an unknown format": Misuse("plan", ONE, "parqet", "", "invalid-adapter", program="to.parqet(id='o', dependencies=['f'], path='o')"),
    "an unknown argument of a saver": Misuse("plan", ONE, "pth", "", "invalid-option", program="module.driver().materialize(to.pickle(id='o', dependencies=['f'], pth='o'))"),
    # --- §2.1: phases ---
    "two creators": Misuse("build", "def _h(a: int) -> int: return a\n@does(_h)\n@subdag(_h, inputs={'a': source('b')})\ndef f(a: int) -> int: pass", "cannot stand beside @subdag", "@does"),
    "two expanders": Misuse("build", _parameters("@inject(a=value(1))\n@parameterize(p={'b': value(1)})"), "cannot stand beside @parameterize", "@inject"),
    "a pipe and an expander": Misuse("build", STEP + _parameters("@pipe_input(step(_add))\n@parameterize(p={'b': value(1)})"), "cannot stand beside", "@p"),
    "several nodes for a transformer": Misuse("build", _parameters("@extract_columns('x')\n@parameterize(p={'a': value(1)}, q={'a': value(2)})", FRAME), "single node", "@extract_columns"),
    "an unknown target": Misuse("build", _parameters("@tag(target_='zz', k='v')"), "'zz', which is not a node", "@tag"),
    "a decorator without its config": Misuse("plan", SUB.format("inputs={'i': source('a')}, config={'m': configuration('outer')}"), "no variant of 'z' fits outer=None", "@subdag", "no-variant", ask=("z",)),
    # --- §2.2: markers ---
    "an empty group": Misuse("import", _parameters("@inject(a=group())"), r"group\(\) takes either", "@inject"),
    "a group of both kinds": Misuse("import", _parameters("@inject(a=group(source('x'), k=source('y')))"), r"group\(\) takes either", "@inject"),
    "a group of something else": Misuse("import", _parameters("@inject(a=group(1))"), "group", "@inject"),
    "a source that is no name": Misuse("import", _parameters("@inject(a=source(1))"), "name of a node, not 1", "@inject"),
    # --- §2.3: expanders ---
    "a bare value": Misuse("import", _parameters("@parameterize(p={'a': 1})"), "bare value 1", "@parameterize"),
    "an unknown parameter": Misuse("import", _parameters("@parameterize(p={'zz': value(1)})"), "'zz', which is no parameter", "@parameterize"),
    "a parameter called output_name": Misuse("import", "@parameterize(p={'output_name': value(1)})\ndef f(output_name: int) -> int: return 1", "output_name", "@parameterize"),
    "a docstring with a position": Misuse("build", "@parameterize(p={'a': value(1)})\ndef f(a: int) -> int:\n    '''Of {0}.'''\n    return a", "docstring", "@parameterize"),
    "names of values that are no pairs": Misuse("import", _parameters("@parameterize_values('a', {'p': 1})"), "parameterize_values", "@parameterize_values"),
    "an unknown parameter of sources": Misuse("import", _parameters("@parameterize_sources(p={'zz': 'x'})"), "'zz'", "@parameterize_sources"),
    "a group for a number": Misuse("build", _parameters("@inject(a=group(source('x')))"), "which is int and not list", "@inject"),
    "a group by keys for a list": Misuse("build", "@inject(a=group(k=source('x')))\ndef f(a: List[int]) -> int: return 1", "dict", "@inject"),
    "a group's member of another type": Misuse("build", "def w() -> str: return ''\n@inject(a=group(source('w')))\ndef f(a: List[int]) -> int: return 1", "but w is str", "@inject|def f", "type-mismatch"),
    "a frame of parameters without its levels": Misuse("import", _parameters("@parameterize_frame(pd.DataFrame({'a': [1]}))", FRAME), "parameterize_frame", "@parameterize_frame"),
    "columns of no frame": Misuse("import", _parameters("@extract_columns('x')"), "returns a frame, not int", "@extract_columns"),
    "a list of columns": Misuse("import", _parameters("@extract_columns(['x', 'y'])", FRAME), "one by one, not a list", "@extract_columns"),
    "a column named as the function": Misuse("build", _parameters("@extract_columns('f')", FRAME), "'f' is the name of the whole", "@extract_columns"),
    "columns extracted twice": Misuse("build", _parameters("@extract_columns('x')\n@extract_columns('y')", FRAME), "extract_columns", "@extract_columns"),
    "a missing column": Misuse("run", _parameters("@extract_columns('x', 'zz')", FRAME), "zz", "@extract|def f", "step-failed", ask=("zz",), inputs={"a": 1}),
    "fields without types": Misuse("build", _parameters("@extract_fields(['x'])", FIELDS), "extract_fields", "@extract_fields"),
    "fields of no dictionary": Misuse("build", _parameters("@extract_fields({'x': int})"), "int", "@extract_fields"),
    "fields that the TypedDict lacks": Misuse("build", "class T(TypedDict):\n    x: int\n@extract_fields(['zz'])\ndef f() -> T: return {'x': 1}", "zz", "@extract_fields"),
    "a field of another type than in the TypedDict": Misuse("build", "class T(TypedDict):\n    x: int\n@extract_fields({'x': str})\ndef f() -> T: return {'x': 1}", "x", "@extract_fields"),
    "a missing field": Misuse("run", _parameters("@extract_fields({'x': int, 'zz': int})", FIELDS), "zz", "@extract|def f", "step-failed", ask=("zz",), inputs={"a": 1}),
    "more fields than elements": Misuse("import", "@unpack_fields('x', 'y')\ndef f() -> Tuple[int]: return (1,)", "names 2 fields", "@unpack_fields"),
    "a bare tuple": Misuse("import", "@unpack_fields('x')\ndef f() -> tuple: return (1,)", "says of what", "@unpack_fields"),
    "multiple extraction of no frame": Misuse("import", _parameters("@parameterize_extract_columns(ParameterizedExtract(('o',), {'a': value(1)}))"), "frame", "@parameterize_extract_columns"),
    # --- §2.4: resolution ---
    "an empty suffix": Misuse("import", "@config.when(k=1)\ndef f__(a: int) -> int: return a", "leaves no suffix", "@config"),
    "a condition without keys": Misuse("import", _parameters("@config.when()"), "config", "@config"),
    "when_in without a list": Misuse("import", _parameters("@config.when_in(k=1)"), "k", "@config"),
    "when_not_in without a list": Misuse("import", _parameters("@config.when_not_in(k=1)"), "k", "@config"),
    "config of no function": Misuse("import", _parameters("@config(3)"), "config", "@config"),
    "two variants at once": Misuse("build", "@config.when(k=1)\ndef f__x(a: int) -> int: return a\n@config.when(j=1)\ndef f__y(a: int) -> int: return a", "'f' is defined twice", "def f__|@config", "duplicate-definition", config={"k": 1, "j": 1}),
    "no variant": Misuse("plan", "@config.when(k=1)\ndef g__x(a: int) -> int: return a\ndef f(g: int) -> int: return g", "no variant of 'g' fits k=3", "@config|def g", "no-variant", config={"k": 3}),
    "resolve of no function": Misuse("import", _parameters("@resolve(when=ResolveAt.CONFIG_AVAILABLE, decorate_with=1)"), "resolve", "@resolve"),
    "resolve gives no decorator": Misuse("build", _parameters("@resolve_from_config(decorate_with=lambda k: 7)"), "resolve", "@resolve", config={"k": 1}),
    # --- §2.5: creators ---
    "does with a body": Misuse("import", "def _h(a: int) -> int: return a\n@does(_h)\ndef f(a: int) -> int: return 1", "body is not empty", "@does"),
    "does that does not bind": Misuse("import", "def _h(a: int) -> int: return a\n@does(_h)\ndef f(b: int) -> int: pass", "cannot be called with b", "@does"),
    "a model with parameters": Misuse("import", "class M: pass\n@model(M, 'k')\ndef f(a: int) -> pd.Series: pass", "model", "@model"),
    "a model that returns no column": Misuse("build", "class M: pass\n@model(M, 'k')\ndef f() -> int: pass", "model", "@model", config={"k": {}}),
    "subdag of nothing": Misuse("import", "@subdag(inputs={})\ndef f(q: int) -> int: return q", "names no module or function", "@subdag"),
    "subdag with a bare input": Misuse("import", SUB.format("inputs={'i': 1}"), "bare value 1", "@subdag"),
    "subdag with a key twice": Misuse("import", SUB.format("inputs={'i': value(1)}, config={'i': 1}"), "'i' is in inputs and in config", "@subdag"),
    "subdag without a variant": Misuse("build", "@config.when(m=1)\ndef q__a(i: int) -> int: return i\n@subdag(q__a, inputs={'i': source('a')}, config={'m': 2})\ndef z(q: int) -> int: return q", "no variant of 'q' fits m=2", "@subdag"),
    "subdag with an unknown external input": Misuse("import", SUB.format("inputs={'i': source('a')}, external_inputs=['zz']"), "zz", "@subdag"),
    "parameterized_subdag of nothing": Misuse("import", "@parameterized_subdag(v1={'inputs': {}})\ndef f(q: int) -> int: return q", "names no module or function", "@parameterized_subdag"),
    "parameterized_subdag with an unknown word": Misuse("import", "def q(i: int) -> int: return i\n@parameterized_subdag(q, v1={'input': {}})\ndef f(q: int) -> int: return q", "input", "@parameterized_subdag"),
    "dataloader of no tuple": Misuse("import", _parameters("@dataloader()"), "tuple of data and metadata", "@dataloader"),
    "dataloader without metadata": Misuse("import", "@dataloader()\ndef f() -> Tuple[int, str]: return 1, ''", "metadata is str", "@dataloader"),
    "dataloader without parentheses": Misuse("import", _parameters("@dataloader", "def f() -> Tuple[int, dict]: return 1, {}\n"), "dataloader", "@dataloader"),
    "datasaver of no dictionary": Misuse("import", _parameters("@datasaver()"), "returns metadata", "@datasaver"),
    # --- §2.6: pipes ---
    "a pipe on two parameters": Misuse("import", STEP + _parameters("@pipe_input(step(_add), on_input=['a', 'b'])"), "on_input", "@pipe_input"),
    "a pipe on an unknown parameter": Misuse("import", STEP + _parameters("@pipe_input(step(_add), on_input='zz')"), "zz", "@pipe_input"),
    "a step's namespace beside the pipe's": Misuse("import", STEP + _parameters("@pipe_input(step(_add).named('x', namespace='own'), namespace='one')"), "namespace", "@pipe_input"),
    "what is no step": Misuse("import", STEP + _parameters("@pipe_input(_add)"), "step", "@pipe_input"),
    "a step without annotations": Misuse("import", "def _bare(x): return x\n" + _parameters("@pipe_input(step(_bare))"), "_bare", "@pipe_input"),
    "an unknown argument of a step": Misuse("import", STEP + _parameters("@pipe_input(step(_add, zz=1))"), "zz", "@pipe_input"),
    "a step that lacks an argument": Misuse("import", "def _two(x: int, y: int) -> int: return x\n" + _parameters("@pipe_input(step(_two))"), "y", "@pipe_input"),
    "a target of the pipe and of the step": Misuse("import", STEP + _parameters("@pipe_output(step(_add).on_output('x'), on_output='x')\n@extract_fields({'x': int})", FIELDS), "for the whole pipe and for the step", "@pipe_output"),
    "a pipe on all outputs": Misuse("import", STEP + _parameters("@pipe_output(step(_add), on_output=...)"), "on_output", "@pipe_output"),
    "an unknown output of a pipe": Misuse("build", STEP + _parameters("@pipe_output(step(_add), on_output='zz')"), "zz", "@pipe_output"),
    "a mutation of another module's function": Misuse("import", "from os.path import join\n@mutate(join)\ndef _m(x: int) -> int: return x", "module", "@mutate"),
    "a mutation of nothing": Misuse("import", "@mutate()\ndef _m(x: int) -> int: return x", "mutate", "@mutate"),
    "an unknown format to load from": Misuse("import", _parameters("@load_from.zzz(path='x')"), "zzz", "@load_from", "invalid-adapter"),
    "a loader without its argument": Misuse("import", _parameters("@load_from.json()", "def f(d: dict) -> int: return 1\n"), "path", "@load_from"),
    "an unknown argument of a loader": Misuse("import", _parameters("@load_from.json(path='x', zz=1)", "def f(d: dict) -> int: return 1\n"), "zz", "@load_from"),
    "a loader for several parameters": Misuse("import", _parameters("@load_from.json(path='x')", "def f(d: dict, e: dict) -> int: return 1\n"), "which of the parameters", "@load_from"),
    "no loader for the type": Misuse("import", _parameters("@load_from.parquet(path='x')"), "parquet", "@load_from"),
    "an unknown format to save to": Misuse("import", _parameters("@save_to.zzz(path='x')"), "zzz", "@save_to", "invalid-adapter"),
    "no saver for the type": Misuse("import", _parameters("@save_to.parquet(path='x')"), "parquet", "@save_to"),
    "a saver without its argument": Misuse("import", _parameters("@save_to.json()", "def f(a: int) -> dict: return {}\n"), "path", "@save_to"),
    "with_columns of nothing": Misuse("import", COLUMNS.format("@with_columns(c)"), "columns", "@with_columns"),
    "with_columns redefines a column": Misuse("build", COLUMNS.format("@with_columns(c, columns_to_pass=['x', 'c'])"), "'c' is passed and computed", "@with_columns"),
    "with_columns on an unknown parameter": Misuse("import", COLUMNS.format("@with_columns(c, on_input='zz')"), "zz", "@with_columns"),
    "with_columns selects what is not there": Misuse("build", COLUMNS.format("@with_columns(c, columns_to_pass=['x'], select=['zz'])"), "zz", "@with_columns"),
    # --- §2.7: metadata ---
    **{f"a tag in {word}": Misuse("import", _parameters(f"@tag(**{{'{word}.x': 'v'}})"), word, "@tag") for word in ("hamilton", "data_quality", "gdpr", "ccpa", "dag", "module", "ray_remote")},
    "a tag that is no text": Misuse("import", _parameters("@tag(k=1)"), "k", "@tag"),
    "an empty list of tags": Misuse("import", _parameters("@tag(k=[])"), "k", "@tag"),
    "a tag twice": Misuse("import", _parameters("@tag(k=['x', 'x'])"), "k", "@tag"),
    "a key that is no name": Misuse("import", _parameters("@tag(**{'a b': 'x'})"), "a b", "@tag"),
    "tags of nobody": Misuse("build", _parameters("@tag_outputs(zz={'k': 'v'})\n@extract_fields({'x': int})", FIELDS), "zz", "@tag_outputs"),
    "a tag of an output that is no text": Misuse("import", _parameters("@tag_outputs(x={'k': 1})\n@extract_fields({'x': int})", FIELDS), "k", "@tag_outputs"),
    "a schema of no frame": Misuse("import", _parameters("@schema.output(('x', 'int'))"), "frame", "@schema"),
    "a schema that is no pairs": Misuse("import", _parameters("@schema.output('x')", FRAME), "pair", "@schema"),
    "two schemas": Misuse("import", _parameters("@schema.output(('x', 'int'))\n@schema.output(('y', 'int'))", FRAME), "schema", "@schema"),
    "an unknown behaviour of a cache": Misuse("import", _parameters("@cache(behavior='zz')"), "zz", "@cache"),
    # --- §3: checks ---
    "an unknown check": Misuse("import", _parameters("@check_output(rnage=(0, 1))"), "'rnage' is not an expectation", "@check_output"),
    "a check for another type": Misuse("build", _parameters("@check_output(contains='x')"), "contains cannot judge f", "@check_output"),
    "an unknown importance": Misuse("import", _parameters("@check_output(range=(0, 1), importance='zz')"), "zz", "@check_output"),
    "allow_nans=True": Misuse("import", "@check_output(allow_nans=True)\ndef f(a: int) -> pd.Series: return a", "expects nothing", "@check_output"),
    "a fraction above one": Misuse("import", "@check_output(max_fraction_nans=2)\ndef f(a: int) -> pd.Series: return a", "from 0 to 1", "@check_output"),
    "a range that is no pair": Misuse("import", _parameters("@check_output(range=3)"), "range", "@check_output"),
    "a range upside down": Misuse("import", _parameters("@check_output(range=(3, 1))"), "range", "@check_output"),
    "a custom check that is none": Misuse("import", _parameters("@check_output_custom(1)"), "check_output_custom", "@check_output_custom"),
    "a custom check for another type": Misuse("build", "class V(DataValidator):\n    def applies_to(self, datatype): return datatype is str\n    def description(self): return ''\n    @classmethod\n    def name(cls): return 'v'\n    def validate(self, dataset): return None\n" + _parameters("@check_output_custom(V('fail'))"), "v", "@check_output_custom"),
    "an unknown target of a check": Misuse("build", _parameters("@check_output(range=(0, 1), target_='zz')"), "zz", "@check_output"),
    # --- §4.1, 4.2, 4.4, 4.5 ---
    "a parameter without annotation": Misuse("build", "def f(a) -> int: return 1", "parameter 'a'", "def f", "missing-annotation"),
    "no return annotation": Misuse("build", "def f(a: int): return 1", "return value", "def f", "missing-annotation"),
    "star parameters": Misuse("build", "def f(*many: int) -> int: return 1", r"takes \*many", "def f", "missing-annotation"),
    "an annotation that does not exist": Misuse("build", "def f(a: 'Nowhere') -> int: return 1", "Nowhere", "def f", "missing-annotation"),
    "one name twice": Misuse("build", "def f(a: int) -> int: return a\n@parameterize(f={'b': value(1)})\ndef g(b: int) -> int: return b", "'f' is defined twice", "def|@", "duplicate-definition"),
    "types that do not fit": Misuse("build", ONE + "def g(f: str) -> str: return f", "g takes f: str, but f is int", "def g", "type-mismatch"),
    "two types that do not fit": Misuse("build", ONE + "def g(f: str) -> str: return f\ndef h(f: bytes) -> str: return ''", "f is int", "def g", "type-mismatch", 2),
    "consumers that do not agree": Misuse("build", ONE + "def g(a: str) -> str: return a", "a is int for f and str for g", "def", "type-mismatch"),
    "a circle": Misuse("build", "def hen(egg: int) -> int: return egg\ndef egg(hen: int) -> int: return hen", "egg → hen → egg", "def", "cycle"),
    "a circle of one": Misuse("build", "def f(f: int) -> int: return f", "f", "def f", "cycle"),
    "a node that fails": Misuse("run", "def f(a: int) -> int:\n    return 1 // a", "ZeroDivisionError", "return 1 // a", "step-failed", inputs={"a": 0}),
}  # fmt: skip

#: What does not hold yet, and why.
PENDING: dict[str, str] = {}
