"""§1.1–1.3: what a driver and its builder can be asked, and how a run goes."""

from __future__ import annotations

from tests.conformance.case import ABSENT, Case, Raises

__all__ = ["CASES", "SHOP"]

SHOP = '''
@tag(team="a", many=["x", "y"])
def b(a: int) -> int:
    """One more."""
    return a + 1

@tag(team="z")
def c(b: int, k: int = 3) -> int:
    return b * k

def d(c: int, t: int) -> int:
    return c - t
'''
BUILD = "dr = driver.Builder().with_modules(module).build()\n"
_NAMES = "names = lambda found: sorted(one.name for one in found)\n"

CASES: dict[str, Case] = {
    "Driver gives one frame": Case(
        rows=("1.1-constructor", "1.1-execute"),
        source="def s(raw: pd.Series) -> pd.Series: return raw * 2\ndef t(s: pd.Series) -> float: return float(s.sum())",
        program="return driver.Driver({}, module).execute(['s', 't'], inputs={'raw': pd.Series([1, 2])})",
    ),
    "names, functions and variables can be asked for": Case(
        rows=("1.1-execute", "1.2-build", "1.3-names"),
        source=SHOP,
        program=BUILD
        + "d = next(one for one in dr.list_available_variables() if one.name == 'd')\n"
        + "return dr.execute(['b', 'b', module.c, d], inputs={'a': 1, 't': 2})",
    ),
    "overrides and inputs": Case(
        rows=("1.1-execute", "1.3-closure", "4.3-override-computed"),
        source=SHOP + "def broken(a: int) -> int: raise KeyError\ndef e(broken: int, b: int) -> int: return broken + b\n",
        program=BUILD + "return dr.execute(['e'], inputs={'a': 1}, overrides={'broken': 5})",
    ),
    "materialize saves and hands out values": Case(
        rows=("1.1-materialize", "1.8-saver"),
        source=SHOP,
        program=BUILD
        + "saved, values = dr.materialize(to.pickle(id='o', dependencies=['c'], path='o.pkl'), additional_vars=['b'], inputs={'a': 1})\n"
        + "return list(saved), values, pickle.loads(Path('o.pkl').read_bytes())",
    ),
    "materialize wants something to do": Case(
        rows=("1.1-materialize",), source=SHOP, program=BUILD + "return attempt(lambda: dr.materialize(inputs={'a': 1}))"
    ),
    "validate_execution judges and runs nothing": Case(
        rows=("1.1-validate-execution",),
        source=SHOP + "def loud(b: int) -> int:\n    Path('ran').touch()\n    return b\n",
        program=BUILD
        + "return [attempt(lambda: dr.validate_execution(['loud'], inputs={'a': 1})), Path('ran').exists(),"
        + " attempt(lambda: dr.validate_execution(['loud', 'x'], inputs={'a': 1})), attempt(lambda: dr.validate_execution(['loud'])),"
        + " attempt(lambda: dr.validate_execution(['loud'], inputs={'a': 'x'}))]",
    ),
    "validate_execution takes functions": Case(
        rows=("1.1-validate-execution",),
        source=SHOP,
        program=BUILD + "return attempt(lambda: dr.validate_execution([module.b], inputs={'a': 1}) or 'fine')",
        agrees=(),
        ours="fine",
    ),
    "validate_materialization": Case(
        rows=("1.1-validate-materialization",),
        source=SHOP,
        program=BUILD
        + "out = to.pickle(id='o', dependencies=['c'], path='o.pkl')\n"
        + "return [attempt(lambda: dr.validate_materialization(out, inputs={'a': 1})), Path('o.pkl').exists(),"
        + " attempt(lambda: dr.validate_materialization(out)),"
        + " attempt(lambda: dr.validate_materialization(to.pickle(id='o', dependencies=['nothing'], path='o.pkl')))]",
    ),
    "variables and tag filters": Case(
        rows=("1.1-variables", "4.2-config-nodes"),
        source=SHOP,
        program="dr = driver.Builder().with_modules(module).with_config({'key': 1}).build()\n" + _NAMES + "ask = lambda **tags: names(dr.list_available_variables(tag_filter=tags))\n"
        + "return [names(dr.list_available_variables()), ask(team='a'), ask(team=['a', 'z']), ask(team=None), ask(many='x'),"
        + " ask(many=['x', 'q']), ask(team='a', many='y'), ask(team='z', many=None), ask(absent=None)]",
    ),
    "tag filters that cannot match": Case(
        rows=("1.1-tag-filter-values",),
        source=SHOP,
        program=BUILD
        + "return [attempt(lambda: dr.list_available_variables(tag_filter={'team': bad})) for bad in ([], 1)]",
    ),
    "tag filters of other values": Case(
        rows=("1.1-tag-filter-values",),
        source=SHOP,
        program=BUILD + "return attempt(lambda: dr.list_available_variables(tag_filter={'team': [1]}))",
        agrees=(),
        ours=Raises("invalid-option", "team"),
    ),
    "upstream and downstream": Case(
        rows=("1.1-upstream-downstream",),
        source=SHOP,
        program=BUILD + _NAMES
        + "return [names(dr.what_is_upstream_of('c')), names(dr.what_is_upstream_of('b', 'c')), names(dr.what_is_downstream_of('b')),"
        + " names(dr.what_is_downstream_of('t')), names(dr.what_is_upstream_of('a'))]",
    ),
    "the path between": Case(
        rows=("1.1-path-between",),
        source=SHOP + "def beside(b: int) -> int: return b\n",
        program=BUILD + _NAMES
        + "return [names(dr.what_is_the_path_between('a', 'd')), dr.what_is_the_path_between('d', 'a'),"
        + " attempt(lambda: dr.what_is_the_path_between('no', 'd')), attempt(lambda: dr.what_is_the_path_between('a', 'no'))]",
    ),
    "a picture of everything": Case(
        rows=("1.1-display-all",),
        source=SHOP,
        program=BUILD
        + "one, two = dr.display_all_functions(), dr.display_all_functions('all.svg')\n"
        + "return [one.svg == two.svg, [path.name for path in Path().glob('*.svg')], '>b<' in one.svg or 'b' in one.mermaid,"
        + " dr.display_all_functions(hide_inputs=True).svg != one.svg, dr.display_all_functions(show_legend=False).svg != one.svg]",
        agrees=(),
        ours=[True, ["all.svg"], True, True, True],
    ),
    "pictures around a node": Case(
        rows=("1.1-display-around", "1.1-visualize-path"),
        source=SHOP,
        program=BUILD
        + "up, down, path = dr.display_upstream_of('c'), dr.display_downstream_of('c'), dr.visualize_path_between('b', 'd')\n"
        + "nodes = lambda one: sorted(node['name'] for node in json.loads(one.json)['nodes'])\n"
        + "return [nodes(up), nodes(down), nodes(dr.visualize_path_between('b', 'd', strict_path_visualization=True)),"
        + " attempt(lambda: dr.visualize_path_between('d', 'b'))]",
        agrees=(),
        ours=[["a", "b", "c", "k"], ["b", "c", "d", "k", "t"], ["b", "c", "d"], Raises("invalid-option", "no path")],
    ),
    "a picture of a run": Case(
        rows=("1.1-visualize-execution",),
        source=SHOP,
        program=BUILD
        + "nodes = lambda one: sorted(node['name'] for node in json.loads(one.json)['nodes'])\n"
        + "return [attempt(lambda: dr.visualize_execution(['b'])), nodes(dr.visualize_execution(['b'], bypass_validation=True)),"
        + " nodes(dr.visualize_execution(['c'], inputs={'a': 1})), nodes(dr.visualize_execution(['c'], overrides={'b': 1}))]",
        agrees=(),
        ours=[Raises("missing-input", "bypass_validation=True"), ["a", "b"], ["a", "b", "c"], ["b", "c"]],
    ),
    "a picture of saving": Case(
        rows=("1.1-visualize-materialization",),
        source=SHOP,
        program=BUILD
        + "one = dr.visualize_materialization(to.pickle(id='o', dependencies=['b'], path='o.pkl'), inputs={'a': 1})\n"
        + "return [sorted(node['name'] for node in json.loads(one.json)['nodes']), Path('o.pkl').exists()]",
        agrees=(),
        ours=[["a", "b", "o"], False],
    ),
    "export_execution": Case(
        rows=("1.1-export-execution",),
        source=SHOP,
        program=BUILD
        + "nodes = json.loads(dr.export_execution(['c'], inputs={'a': 1}))['nodes']\n"
        + "return [sorted(nodes[1]), [(one['name'], one['output_type'], one['required_dependencies'], one['optional_dependencies'],"
        + " one['documentation'] or '') for one in nodes if not one['name'] in 'ak']]",
    ),
    "no cycles": Case(
        rows=("1.1-has-cycles", "4.5-cycle"),
        source="def hen(egg: int) -> int: return egg\ndef egg(hen: int) -> int: return hen",
        agrees=(),
        ours=Raises("cycle", "egg → hen → egg"),
    ),
    "a pickled driver": Case(
        rows=("1.1-pickle",),
        source=SHOP,
        program=BUILD + "return pickle.loads(pickle.dumps(dr)).execute(['c'], inputs={'a': 1})",
    ),
    "a driver in a notebook": Case(
        rows=("1.1-notebook",),
        source=SHOP,
        program=BUILD + "shown = dr._repr_mimebundle_()\nreturn [sorted(shown), '<svg' in shown['text/html']]",
        agrees=(),
        ours=[["text/html", "text/plain"], True],
    ),
    "fields of variables": Case(
        rows=("1.1-variable-fields",),
        source=SHOP,
        program=BUILD
        + "return {one.name: [one.is_external_input, one.documentation or '', sorted(one.required_dependencies),"
        + " sorted(one.optional_dependencies), one.type.__name__, {key: tag for key, tag in one.tags.items() if key in ('team', 'many')}]"
        + " for one in dr.list_available_variables() if one.name not in ('k',)}",
    ),
    "config merges": Case(
        rows=("1.2-with-config",),
        source="def s(x: int, y: int) -> int: return x * y",
        program="dr = driver.Builder().with_modules(module).with_config({'x': 1, 'y': 2}).with_config({'x': 5}).build()\nreturn dr.execute(['s'])",
    ),
    "two modules": Case(
        rows=("1.2-with-modules",),
        source=SHOP,
        second="def e(d: int) -> int: return d + 1",
        program="dr = driver.Builder().with_modules(modules[0]).with_modules(modules[1]).build()\nreturn dr.execute(['e'], inputs={'a': 1, 't': 2})",
    ),
    "one module twice": Case(
        rows=("1.2-with-modules",),
        source=SHOP,
        program="dr = driver.Builder().with_modules(module, module).build()\nreturn dr.execute(['b'], inputs={'a': 1})",
        agrees=(),
        ours={"b": 2},
    ),
    "with_adapter once": Case(
        rows=("1.2-with-adapter",),
        source=SHOP,
        program="one = base.DefaultAdapter() if 'base' in globals() else DictResult()\n"
        "two = base.DefaultAdapter() if 'base' in globals() else DictResult()\n"
        "return attempt(lambda: driver.Builder().with_adapter(one).with_adapter(two))",
    ),
    "with_adapters": Case(
        rows=("1.2-with-adapters", "1.5-result-builder"),
        source=SHOP,
        program="dr = driver.Builder().with_modules(module).with_adapters(PandasDataFrameResult()).build()\n"
        "return dr.execute(['b', 'c'], inputs={'a': 1})",
    ),
    "with_materializers": Case(
        rows=("1.2-with-materializers",),
        source=SHOP,
        program="out = to.pickle(id='o', dependencies=['b'], path='o.pkl')\n"
        "dr = driver.Builder().with_modules(module).with_materializers(out).build()\n"
        "before = Path('o.pkl').exists()\ndr.execute(['b'], inputs={'a': 1})\nunasked = Path('o.pkl').exists()\n"
        "dr.execute(['o'], inputs={'a': 1})\nreturn [before, unasked, Path('o.pkl').exists(),"
        " attempt(lambda: driver.Builder().with_modules(module).with_materializers([out]).build())]",
    ),
    "with_cache comes later": Case(
        rows=("1.2-with-cache", "1.7-caching"),
        source=SHOP,
        program="return attempt(lambda: driver.Builder().with_modules(module).with_cache())",
        agrees=(),
        ours=Raises("unsupported", "with_cache"),
    ),
    "the cache of a driver comes later": Case(
        rows=("1.1-cache-property",),
        source=SHOP,
        program=BUILD + "return attempt(lambda: dr.cache)",
        agrees=(),
        ours=ABSENT,
        in_compat=Raises("unsupported"),
    ),
    "dynamic execution is allowed explicitly": Case(
        rows=("1.2-dynamic",), program="return attempt(lambda: driver.Builder().enable_dynamic_execution())"
    ),
    "executors and their order": Case(
        rows=("1.2-executors",),
        program="""
            def begun(): return driver.Builder().enable_dynamic_execution(allow_experimental_mode=True)
            here = executors.SynchronousLocalTaskExecutor()
            manager = executors.DefaultExecutionManager(here, here)
            return [attempt(one) for one in (
                lambda: driver.Builder().with_remote_executor(here),
                lambda: driver.Builder().with_local_executor(here),
                lambda: driver.Builder().with_execution_manager(manager),
                lambda: driver.Builder().with_grouping_strategy(grouping.GroupNodesIndividually()),
                lambda: begun().with_remote_executor(here).with_remote_executor(here),
                lambda: begun().with_local_executor(here).with_local_executor(here),
                lambda: begun().with_execution_manager(manager).with_local_executor(here).build(),
            )]
        """,
    ),
    "a later module wins": Case(
        rows=("1.2-overrides", "4.2-duplicate"),
        source="def s(x: int) -> int: return x\ndef t(s: int) -> int: return s + 1",
        second="def s(x: int) -> int: return x * 10",
        program="return [attempt(lambda: driver.Builder().with_modules(*modules).build()),"
        " driver.Builder().with_modules(*modules).allow_module_overrides().build().execute(['t'], inputs={'x': 1}),"
        " driver.Builder().with_modules(*reversed(modules)).allow_module_overrides().build().execute(['t'], inputs={'x': 1})]",
    ),
    "a copy of a builder": Case(
        rows=("1.2-copy",),
        source="def s(x: int) -> int: return x",
        second="def s(x: int) -> int: return x * 10",
        program="one = driver.Builder().with_modules(*modules).allow_module_overrides()\n"
        "return one.copy().build().execute(['s'], inputs={'x': 1})",
        agrees=(),
        ours={"s": 10},
    ),
    "the async driver": Case(
        rows=("1.2-async",),
        source="async def s(x: int) -> int:\n    await asyncio.sleep(0)\n    return x\ndef t(s: int) -> int: return s + 1\n"
        "async def u(s: int, t: int) -> int: return s * t\n",
        program="""
            async def serve():
                dr = await async_driver.Builder().with_modules(module).build()
                late = async_driver.Builder().with_modules(module).build_without_init()
                await late.ainit()
                return await dr.execute(['u', 't'], inputs={'x': 2}), await late.execute(['u'], inputs={'x': 3})
            return asyncio.run(serve())
        """,
    ),
    "what the async driver cannot do": Case(
        rows=("1.2-async-limits",),
        source="async def s(x: int) -> int: return x\ndef t(s: int) -> int: return s + 1",
        program="""
            return [attempt(one) for one in (
                lambda: async_driver.Builder().enable_dynamic_execution(allow_experimental_mode=True),
                lambda: async_driver.Builder().with_materializers(to.pickle(id='o', dependencies=['t'], path='o.pkl')),
                lambda: driver.Builder().with_modules(module).build().execute(['t'], inputs={'x': 1}),
            )]
        """,
        agrees=(),
        ours=[Raises("unsupported"), Raises("unsupported"), Raises("unsupported", "s")],
    ),
    "every unknown name": Case(
        rows=("1.3-names", "4.5-unknown-output"),
        source=SHOP,
        program=BUILD + "return [attempt(lambda: dr.execute(['bb', 'qq'])), dr.execute([])]",
    ),
    "unknown names and near ones": Case(
        rows=("4.5-unknown-output",),
        source="def spend(x: int) -> int: return x",
        ask=("spned", "qqqq"),
        agrees=(),
        ours=Raises("unknown-feature", "did you mean 'spend'?"),
    ),
    "a plain string": Case(
        rows=("1.3-string-request",),
        source=SHOP,
        program=BUILD + "return attempt(lambda: dr.execute('b', inputs={'a': 1}))",
        compat=True,
        ours=Raises("invalid-option", "['b']"),
    ),
    "an input as an output": Case(
        rows=("1.3-input-as-output",),
        source=SHOP,
        program=BUILD + "return attempt(lambda: dr.execute(['b', 'stranger'], inputs={'a': 1, 'stranger': 7}))",
        compat=True,
        ours=Raises("unknown-input", "stranger"),
    ),
    "an input of the graph as an output": Case(
        rows=("1.3-closure",), source=SHOP, ask=("a", "b"), inputs="{'a': 4}"
    ),
    "inputs of optional parameters": Case(
        rows=("1.3-closure", "1.3-optional-parameters", "4.3-default-parameter"),
        source=SHOP,
        program=BUILD + "return [dr.execute(['c'], inputs=given) for given in ({'a': 1}, {'a': 1, 'k': 10})]",
    ),
    "a default from config": Case(
        rows=("4.3-default-parameter",), source=SHOP, config={"k": 7}, ask=("c",), inputs="{'a': 1}"
    ),
    "a default from a node": Case(
        rows=("4.3-default-parameter",), source=SHOP + "def k() -> int: return 100\n", ask=("c",), inputs="{'a': 1}"
    ),
    "config and inputs overlap": Case(
        rows=("1.3-input-config-overlap", "4.3-input-and-config"),
        source=SHOP,
        program="dr = driver.Builder().with_modules(module).with_config({'a': 1}).build()\nreturn attempt(lambda: dr.execute(['b'], inputs={'a': 1}))",
    ),
    "missing and unfit inputs": Case(
        rows=("1.3-input-problems", "4.5-missing-inputs", "4.5-wrong-input-type"),
        source=SHOP,
        program=BUILD
        + "return [attempt(lambda: dr.execute(['d'], inputs=given)) for given in ({}, {'a': 'x'}, {'a': 1}, {'a': True, 't': 1})]",
    ),
    "missing inputs, all at once": Case(
        rows=("4.5-missing-inputs",),
        source=SHOP,
        program=BUILD + "error = attempt(lambda: dr.execute(['d']))\nreturn [error['codes'], error['says'].count('needed by') >= 0]",
        agrees=(),
        ours=[["missing-input", "missing-input"], True],
    ),
    "None fits every input": Case(
        rows=("1.3-input-problems", "4.4-input-values"),
        source="def s(x: int, y: pd.Series) -> bool: return x is None and y is None",
        inputs="{'x': None, 'y': None}",
    ),
    "an unfit value in a few words": Case(
        rows=("4.5-wrong-input-type",),
        source="def s(x: int) -> int: return x",
        program="try:\n    driver.Builder().with_modules(module).build().execute(['s'], inputs={'x': pd.DataFrame({'a': range(5000)})})\n"
        "except ValueError as error:\n    return [len(str(error)) < 300, str(error)]",
        agrees=(),
        ours=[True, "the input 'x' must be int, not DataFrame (5,000 x 1) [input-type]\n  hint: convert it before, or change the annotation"],
    ),
    "each node once": Case(
        rows=("1.3-order-and-memory",),
        source="ran = []\ndef p(x: int) -> int:\n    ran.append('p')\n    return x\n"
        "def q(p: int) -> int:\n    ran.append('q')\n    return p\ndef r(p: int, q: int) -> int:\n    ran.append('r')\n    return p + q\n",
        program=BUILD + "return [dr.execute(['r', 'p', 'q'], inputs={'x': 1}), module.ran, dr.execute(['r'], inputs={'x': 2}), len(module.ran)]",
    ),
    "values are freed": Case(
        rows=("1.3-order-and-memory",),
        source="import weakref, gc\nclass Big:\n    pass\nseen = []\ndef big(x: int) -> Big:\n    made = Big()\n    seen.append(weakref.ref(made))\n    return made\n"
        "def small(big: Big) -> int: return 1\ndef later(small: int) -> bool:\n    gc.collect()\n    return seen[-1]() is None\n",
        ask=("later",),
        inputs="{'x': 1}",
    ),
    "a failing node": Case(
        rows=("1.3-failing-node",),
        source="def s(x: int) -> int: raise ZeroDivisionError('no')\ndef t(s: int) -> int: return s",
        program=BUILD + "return attempt(lambda: dr.execute(['t'], inputs={'x': 1}))",
        compat=True,
        ours=Raises("step-failed", "ZeroDivisionError"),
    ),
    "a failing node has a place": Case(
        rows=("4.5-node-failure",),
        source="def s(x: int) -> int:\n    return 1 // x\n",
        program=BUILD + "try:\n    dr.execute(['s'], inputs={'x': 0})\nexcept Exception as error:\n"
        "    one = error.problems[0]\n    return [one.feature, one.file == module.__file__, Path(one.file).read_text().splitlines()[one.line - 1], type(error.__cause__)]",
        agrees=(),
        ours=["s", True, "    return 1 // x", "ZeroDivisionError"],
        in_compat=ABSENT,
    ),
    "a long chain": Case(
        rows=("1.3-deep-chains",),
        source="def n0(x: int) -> int: return x\n" + "\n".join(f"def n{k}(n{k - 1}: int) -> int: return n{k - 1} + 1" for k in range(1, 400)),
        ask=("n399",),
        inputs="{'x': 0}",
    ),
    "a very long chain": Case(
        rows=("1.3-deep-chains",),
        source="@parameterize(**{f'n{k}': {'before': source(f'n{k - 1}') } for k in range(1, 3000)})\ndef step_(before: int) -> int: return before + 1\n"
        "def n0(x: int) -> int: return x",
        program=BUILD + "return dr.execute(['n2999'], inputs={'x': 0})",
        agrees=(),
        ours={"n2999": 2999},
    ),
}  # fmt: skip
