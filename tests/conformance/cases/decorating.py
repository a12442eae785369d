"""§2.1–2.5: phases, markers, expanders, resolution, creators."""

from __future__ import annotations

from tests.conformance.case import ABSENT, BOTH, Case, Raises

__all__ = ["CASES"]

TAGS = (
    "return {one.name: [one.tags[key] for key in ('k', 'j') if key in one.tags]"
    " for one in driver.Builder().with_modules(module).build().list_available_variables() if not one.is_external_input}"
)
BUILD = "return attempt(lambda: driver.Builder().with_modules(module).build() and None)"
FRAME = "def df(x: int) -> px.DataFrame: return px.DataFrame({'a': [x, 2], 'b': [3, 4]})\n"
DOCS = (
    "return {one.name: one.documentation for one in driver.Builder().with_modules(module).build().list_available_variables()"
    " if not one.is_external_input}"
)
INNER = """
def q(i: int, c: int) -> int: return i + c
def s(q: int, far: int) -> int: return q * far
"""
RESOLVE = "def r__one(u: int) -> int: return u\ndef r__two(u: int) -> int: return -u\ndef r__three(u: int) -> int: return u * 3\n"

CASES: dict[str, Case] = {
    # --- 2.1 ---
    "a decorated function is called as before": Case(
        rows=("2.1-function-unchanged",),
        source="@tag(k='v')\n@parameterize(p={'a': value(1)})\n@check_output(range=(0, 1))\ndef f(a: int) -> int: return a * 100",
        program="return module.f(3), module.f.__name__",
    ),
    "a decorator by config joins its phase": Case(
        rows=("2.1-0-dynamic", "2.4-resolve"),
        source="@tag(k='static')\n@resolve(when=ResolveAt.CONFIG_AVAILABLE, decorate_with=lambda level='none': tag(k=level))\ndef f(a: int) -> int: return a",
        program="return [{one.name: one.tags['k'] for one in driver.Builder().with_modules(module).with_config({**POWER, **config}).build()"
        ".list_available_variables() if one.name == 'f'} for config in ({}, {'level': 'low'})]",
    ),
    "all conditions must hold": Case(
        rows=("2.1-1-resolve", "2.4-when"),
        source="@config.when(a=1)\n@config.when_not(b=2)\ndef f__x(u: int) -> int: return u\ndef g(u: int) -> int: return u",
        program="return [sorted(one.name for one in driver.Builder().with_modules(module).with_config(config).build().list_available_variables())"
        " for config in ({'a': 1, 'b': 1}, {'a': 1, 'b': 2}, {'a': 2})]",
    ),
    "two creators": Case(
        rows=("2.1-2-generate",),
        source="def _h(a: int) -> int: return a\n@does(_h)\n@subdag(_h, inputs={'a': source('b')})\ndef f(a: int) -> int: pass",
        program=BUILD,
    ),
    "two expanders": Case(
        rows=("2.1-4-expand", "2.1-inject-and-expand"),
        source="@inject(a=value(1))\n@parameterize(p={'b': value(1)})\ndef f(a: int, b: int) -> int: return a + b",
        program=BUILD,
    ),
    "two pipes": Case(
        rows=("2.1-3-inject",),
        source="def _one(a: int) -> int: return a + 1\ndef _ten(a: int) -> int: return a * 10\n"
        "@pipe_input(step(_one), on_input='a', namespace='p')\n@pipe_input(step(_ten), on_input='b', namespace='q')\ndef f(a: int, b: int) -> int: return a + b",
        inputs="{'a': 1, 'b': 2}",
    ),
    "transformers go from the bottom up": Case(
        rows=("2.1-5-transform",),
        source="def _one(a: int) -> int: return a + 1\ndef _ten(a: int) -> int: return a * 10\n"
        "@pipe_output(step(_one))\n@extract_fields({'a': int, 'b': int})\ndef f(u: int) -> dict: return {'a': u, 'b': u + 1}",
        inputs="{'u': 1}",
    ),
    "the topmost tag wins": Case(
        rows=("2.1-6-decorate",), source="@tag(k='top', j='1')\n@tag(k='bottom')\ndef f(u: int) -> int: return u", program=TAGS
    ),
    "targets": Case(
        rows=("2.1-targets",),
        source=f"@tag(k='final')\n@tag(target_=..., j='all')\n@extract_columns('a', 'b')\n{FRAME}"
        "@tag(target_='c', k='one')\n@tag(target_=['c', 'd'], j='two')\n@extract_fields({'c': int, 'd': int})\ndef e(x: int) -> dict: return {}\n",
        frames=BOTH,
        program=TAGS,
    ),
    "an unknown target": Case(
        rows=("2.1-targets",), source="@tag(target_='nobody', k='v')\ndef f(u: int) -> int: return u", program=BUILD
    ),
    "several final nodes for one": Case(
        rows=("2.1-single-node", "2.1-expand-then-extract"),
        source="@extract_columns('a', 'b')\n@parameterize(p={'x': value(1)}, q={'x': value(2)})\n" + FRAME,
        frames=BOTH,
        program=BUILD,
    ),
    "one output taken apart": Case(
        rows=("2.1-expand-then-extract",),
        source="@extract_columns('a', 'b')\n@parameterize(p={'x': value(1)})\n" + FRAME,
        frames=BOTH,
        ask=("a", "b", "p"),
    ),
    "a tag above or below": Case(
        rows=("2.1-order-independence",),
        source=f"@tag(k='above')\n@extract_columns('a')\n{FRAME}@extract_columns('c')\n@tag(k='below')\n{FRAME.replace('df', 'dg').replace(chr(39) + 'a', chr(39) + 'c')}",
        program=TAGS,
        frames=BOTH,
    ),
    "a check above columns": Case(
        rows=("2.1-check-and-extract", "2.8-check-output-columns"),
        source="@check_output(allow_none=False)\n@extract_columns('a')\n" + FRAME,
        frames=BOTH,
        inputs="{'x': 1}",
    ),
    "a check below columns": Case(
        rows=("2.1-check-and-extract",),
        source="@extract_columns('a')\n@check_output(allow_none=False)\n" + FRAME,
        frames=BOTH,
        inputs="{'x': 1}",
    ),
    "does and parameterize": Case(
        rows=("2.1-does-and-parameterize",),
        source="def _sum(**them: int) -> int: return sum(them.values())\n@parameterize(p={'a': source('u')}, q={'a': value(5)})\n@does(_sum)\ndef f(a: int, b: int) -> int: pass",
        inputs="{'u': 1, 'b': 2}",
    ),
    "a check above a pipe": Case(
        rows=("2.1-check-and-pipe",),
        source="def _one(a: int) -> int: return a + 1\n@check_output(range=(0, 9))\n@pipe_output(step(_one))\ndef r(u: int) -> int: return u",
        inputs="{'u': 1}",
    ),
    "a check below a pipe": Case(
        rows=("2.1-check-and-pipe",),
        source="def _one(a: int) -> int: return a + 1\n@pipe_output(step(_one))\n@check_output(range=(0, 9))\ndef r(u: int) -> int: return u",
        inputs="{'u': 1}",
    ),
    "a pipe and an expander": Case(
        rows=("2.1-inject-and-expand",),
        source="def _one(a: int) -> int: return a + 1\n@pipe_input(step(_one))\n@parameterize(p={'b': value(1)})\ndef r(u: int, b: int) -> int: return u",
        program=BUILD,
    ),
    "a key that a decorator requires": Case(
        rows=("2.1-config-visibility", "2.5-subdag-faults"),
        source="@config.when(mode='a')\ndef q__a(i: int) -> int: return i\n"
        "@subdag(q__a, inputs={'i': source('src')}, config={'mode': configuration('outer')})\ndef z(q: int) -> int: return q",
        program="return ['raised' in attempt(lambda: driver.Builder().with_modules(module).build().execute(['z'])),"
        " driver.Builder().with_modules(module).with_config({'outer': 'a'}).build().execute(['z'], inputs={'src': 1})]",
    ),
    "the rest without the key": Case(
        rows=("2.1-config-visibility",),
        source="@config.when(mode='a')\ndef q__a(i: int) -> int: return i\ndef rest(src: int) -> int: return src\n"
        "@subdag(q__a, inputs={'i': source('src')}, config={'mode': configuration('outer')})\ndef z(q: int) -> int: return q",
        program="dr = driver.Builder().with_modules(module).build()\nreturn [dr.execute(['rest'], inputs={'src': 1}), attempt(lambda: dr.execute(['z']))]",
        agrees=(),
        ours=[{"rest": 1}, Raises("no-variant", "outer")],
    ),
    "config as a value of a sub-DAG": Case(
        rows=("2.5-subdag-config",),
        source="def q(i: int, c: int) -> int: return i + c\n@subdag(q, inputs={'i': source('src')}, config={'c': configuration('outer')})\ndef z(q: int) -> int: return q",
        config={"outer": 4},
        inputs="{'src': 1}",
        ask=("z",),
        agrees=(),
        ours={"values": {"z": 5}},
    ),
    # --- 2.2 ---
    "markers": Case(
        rows=("2.2-source-value", "2.2-nesting"),
        source="@parameterize(p={'a': source('u'), 'b': value(2)}, q={'a': source(source('u')), 'b': value(value(3))})\ndef f(a: int, b: int) -> int: return a * b",
        inputs="{'u': 5}",
    ),
    "groups": Case(
        rows=("2.2-group", "2.3-parameterize-group"),
        source="@parameterize(p={'a': group(source('u'), value(2)), 'b': group(k=source('u'), j=value(1))})\n"
        "def f(a: List[int], b: Dict[str, int]) -> list: return [a, dict(b)]\n"
        "@inject(a=group(source('u'), source('w')), b=group(k=value(1)))\ndef g(a: list[int], b: dict[str, int]) -> list: return [a, dict(b)]\n",
        inputs="{'u': 5, 'w': 6}",
    ),
    "groups that cannot be": Case(
        rows=("2.2-group-faults",),
        program="return [attempt(lambda: group()), attempt(lambda: group(source('a'), b=source('c')))]",
    ),
    "a group for a parameter that holds none": Case(
        rows=("2.3-parameterize-group",), source="@inject(a=group(source('u')))\ndef g(a: int) -> int: return a", program=BUILD
    ),
    "a member of a group of another type": Case(
        rows=("2.3-parameterize-group",),
        source="def w() -> str: return 'w'\n@inject(a=group(source('w')))\ndef g(a: List[int]) -> int: return 1",
        program=BUILD,
    ),
    "config of a sub-DAG": Case(
        rows=("2.2-configuration", "2.5-subdag-config"),
        source="@config.when(mode='a')\ndef q__a(i: int) -> int: return i\n@config.when(mode='b')\ndef q__b(i: int) -> int: return -i\n"
        "@subdag(q__a, q__b, inputs={'i': source('u')}, config={'mode': configuration('outer')})\ndef z(q: int) -> int: return q\n"
        "@subdag(q__a, q__b, inputs={'i': source('u')}, config={'mode': 'a'})\ndef y(q: int) -> int: return q\n",
        config={"outer": "b", "mode": "b"},
        inputs="{'u': 3}",
        ask=("z", "y", "z.q", "y.q"),
    ),
    # --- 2.3 ---
    "parameterize": Case(
        rows=("2.3-parameterize", "2.8-parameterize"),
        source="@parameterize(x1={'a': source('u')}, x2={'a': value(2), 'b': source('w')})\ndef x(a: int, b: int, c: int = 7) -> int: return a + b * c",
        inputs="{'u': 1, 'w': 2, 'b': 3}",
    ),
    "the function's own name": Case(
        rows=("2.3-parameterize-own-name",),
        source="@parameterize(x={'a': value(2)}, y={'a': value(3)})\ndef x(a: int) -> int: return a",
    ),
    "swapped names": Case(
        rows=("2.3-parameterize-swap",),
        source="@parameterize(p={'a': source('b'), 'b': source('a')}, q={'a': source('u'), 'b': source('u')})\ndef x(a: int, b: int) -> int: return a - b",
        inputs="{'a': 1, 'b': 5, 'u': 9}",
    ),
    "docs of outputs": Case(
        rows=("2.3-parameterize-docs",),
        source='@parameterize(p=({"a": value(1)}, "own"), q={"a": source("u")})\ndef x(a: int) -> int:\n    """Makes {output_name} of {a}."""\n    return a',
        program=DOCS,
    ),
    "literals of another type": Case(
        rows=("2.3-parameterize-literals",),
        source="@parameterize(p={'a': value('text')})\ndef x(a: int) -> int: return a",
    ),
    "misused parameterize": Case(
        rows=("2.3-parameterize-faults",),
        program="""
            def f(a: int) -> int: return a
            def g(output_name: int) -> int: return output_name
            return [attempt(lambda: parameterize(p={'a': 1})(f) and None), attempt(lambda: parameterize(p={'b': value(1)})(f) and None),
                attempt(lambda: parameterize(p={'output_name': value(1)})(g) and None)]
        """,
    ),
    "parameterize_sources": Case(
        rows=("2.3-parameterize-sources",),
        source="@parameterize_sources(p={'a': 'u', 'b': 'w'}, q={'a': 'w'})\ndef x(a: int, b: int) -> int: return a - b",
        inputs="{'u': 1, 'w': 5, 'b': 3}",
    ),
    "parameterize_values": Case(
        rows=("2.3-parameterize-values",),
        source="@parameterize_values('a', {('p', 'first'): 1, ('q', 'second'): 2})\ndef x(a: int, b: int) -> int: return a - b",
        inputs="{'b': 3}",
    ),
    "deprecated names": Case(
        rows=("2.3-deprecated-names",),
        source="from hamilton.function_modifiers import parametrized, parametrized_input, parameterized_inputs\n"
        "@parametrized('a', {('p', 'first'): 1})\ndef x(a: int, b: int) -> int: return a - b\n"
        "@parametrized_input('a', {'u': ('q', 'second')})\ndef y(a: int, b: int) -> int: return a * b\n"
        "@parameterized_inputs(r={'a': 'u'})\ndef z(a: int, b: int) -> int: return a + b\n",
        inputs="{'b': 3, 'u': 4}",
        compat=True,
        ours=ABSENT,
    ),
    "inject": Case(
        rows=("2.3-inject",),
        source="@inject(a=source('u'), b=value(4), c=group(source('u'), value(1)))\ndef x(a: int, b: int, c: List[int], d: int = 1) -> int: return a + b + sum(c) + d",
        inputs="{'u': 3}",
    ),
    "parameterize_extract_columns": Case(
        rows=("2.3-parameterize-extract", "2.8-parameterize-extract"),
        source="@parameterize_extract_columns(ParameterizedExtract(('o1', 'o2'), {'x': source('u')}), ParameterizedExtract(('o3', 'o4'), {'x': value(9)}))\n" + FRAME.replace("def df", "def f"),
        inputs="{'u': 3}",
        frames=BOTH,
    ),
    "parameterize_frame": Case(
        rows=("2.3-parameterize-frame",),
        source="table = pd.DataFrame([['o1', 'o2', 'u', 5], ['o3', 'o4', 'u', 6]],"
        " columns=[['output1', 'output2', 'x', 'k'], ['out', 'out', 'source', 'value']])\n"
        "@parameterize_frame(table)\ndef f(x: int, k: int) -> px.DataFrame: return px.DataFrame({'a': [x, k], 'b': [k, k]})",
        inputs="{'u': 3}",
        frames=BOTH,
    ),
    "extract_columns": Case(
        rows=("2.3-extract-columns", "2.8-extract-columns"),
        source="@extract_columns('a', ('b', 'the second'))\n" + FRAME,
        inputs="{'x': 1}",
        frames=BOTH,
    ),
    "columns of a lazy frame": Case(
        rows=("2.3-extract-columns-lazy",),
        source="@extract_columns('a')\ndef df(x: int) -> pl.LazyFrame: return pl.LazyFrame({'a': [x, 2]})\n"
        "def more(a: pl.Expr, df: pl.LazyFrame) -> pl.DataFrame: return df.select(a * 2).collect()",
        program="dr = driver.Builder().with_modules(module).build()\nfound = dr.execute(['a', 'more'], inputs={'x': 1})\n"
        "return [one.type.__name__ for one in dr.list_available_variables() if one.name == 'a'], str(found['a']), found['more'].to_dict(as_series=False)",
    ),
    "a column that is not there is filled": Case(
        rows=("2.3-extract-columns-fill",),
        source="@extract_columns('a', 'new', fill_with=0)\n" + FRAME,
        inputs="{'x': 1}",
        ask=("a", "new"),
        frames=BOTH,
        agrees=("pandas",),
        ours={"values": {"new": {"polars": [0, 0]}, "a": {"polars": [1, 2]}}},
    ),
    "extract_columns of no frame": Case(
        rows=("2.3-extract-columns-faults",), source="@extract_columns('a')\ndef f(a: int) -> int: return a", program=BUILD
    ),
    "extract_columns of a list": Case(
        rows=("2.3-extract-columns-faults",), source="@extract_columns(['a', 'b'])\n" + FRAME, frames=BOTH,
        program=BUILD
    ),
    "a column named as the function": Case(
        rows=("2.3-extract-columns-faults",), source="@extract_columns('df')\n" + FRAME, frames=BOTH,
        program=BUILD
    ),
    "a missing column": Case(
        rows=("2.3-extract-columns-faults",),
        source="@extract_columns('a', 'nothing')\n" + FRAME,
        frames=BOTH,
        program="return 'raised' in attempt(lambda: driver.Builder().with_modules(module).build().execute(['nothing'], inputs={'x': 1}))",
    ),
    "extract_columns twice": Case(
        rows=("2.3-extract-columns-twice",),
        source="@extract_columns('a')\n@extract_columns('b')\n" + FRAME,
        frames=BOTH,
        program=BUILD,
        agrees=(),
        ours=Raises("invalid-modifier"),
    ),
    "extract_fields": Case(
        rows=("2.3-extract-fields",),
        source="class Pair(TypedDict):\n    e: int\n    f: str\n"
        "@extract_fields({'a': int, 'b': str})\ndef one(u: int) -> dict: return {'a': u, 'b': 'x'}\n"
        "@extract_fields(['c'])\ndef two(u: int) -> Dict[str, int]: return {'c': u, 'z': 3}\n"
        "@extract_fields('d', 'g')\ndef three(u: int) -> Dict[str, int]: return {'d': u, 'g': 3}\n"
        "@extract_fields()\ndef four(u: int) -> Pair: return {'e': u, 'f': 'y'}\n",
        inputs="{'u': 1}",
    ),
    "a missing field": Case(
        rows=("2.3-extract-fields",),
        source="@extract_fields({'a': int, 'b': str})\ndef one(u: int) -> dict: return {'a': u}",
        program="return 'raised' in attempt(lambda: driver.Builder().with_modules(module).build().execute(['b'], inputs={'u': 1}))",
    ),
    "a missing field is filled": Case(
        rows=("2.3-extract-fields",),
        source="@extract_fields({'a': int, 'b': int}, fill_with=7)\ndef one(u: int) -> dict: return {'a': u}",
        ask=("a", "b"),
        inputs="{'u': 1}",
    ),
    "a missing field is None": Case(
        rows=("2.3-extract-fields-fill",),
        source="@extract_fields({'a': int, 'b': Optional[int]}, fill_with=None)\ndef one(u: int) -> dict: return {'a': u}",
        ask=("a", "b"),
        inputs="{'u': 1}",
        agrees=(),
        ours={"values": {"a": 1, "b": None}},
    ),
    "extract_outputs": Case(
        rows=("2.3-extract-outputs",),
        source="@extract_outputs({'a': int})\ndef one(u: int) -> dict: return {'a': u}",
        ask=("a",),
        inputs="{'u': 1}",
        agrees=(),
        ours={"values": {"a": 1}},
        in_compat=ABSENT,
    ),
    "unpack_fields": Case(
        rows=("2.3-unpack-fields",),
        source="@unpack_fields('a', 'b')\ndef f() -> Tuple[int, str]: return 1, 'x'\n@unpack_fields('c')\ndef g() -> Tuple[int, str]: return 2, 'y'\n"
        "@unpack_fields('d', 'e')\ndef i() -> Tuple[int, ...]: return 3, 4\n",
    ),
    "unpack_fields of too many": Case(
        rows=("2.3-unpack-fields",), source="@unpack_fields('a', 'b')\ndef f() -> Tuple[int]: return (1,)", program=BUILD
    ),
    "unpack_fields of a bare tuple": Case(
        rows=("2.3-unpack-fields",), source="@unpack_fields('a')\ndef f() -> tuple: return (1,)", program=BUILD
    ),
    # --- 2.4 ---
    "conditions": Case(
        rows=("2.4-when", "2.4-absent-key"),
        source="""
            @config.when(k=1)
            def a(u: int) -> int: return u
            @config.when_not(k=1)
            def b(u: int) -> int: return u
            @config.when_in(k=[1, 2])
            def c(u: int) -> int: return u
            @config.when_not_in(k=[1, 2])
            def d(u: int) -> int: return u
            @config.when(k=None)
            def e(u: int) -> int: return u
            @config.when(k=1, j=2)
            def f(u: int) -> int: return u
            def always(u: int) -> int: return u
        """,
        program="return [sorted(one.name for one in driver.Builder().with_modules(module).with_config(config).build().list_available_variables()"
        " if not one.is_external_input) for config in ({}, {'k': 1}, {'k': 2}, {'k': 3}, {'k': None}, {'k': 1, 'j': 2})]",
    ),
    "a condition that is a function": Case(
        rows=("2.4-raw",),
        source="@config(lambda given: given.get('z') == 1, target_name='tt', config_used=['z'])\ndef g(u: int) -> int: return u\n"
        "@config(lambda given: 'y' in given)\ndef h__one(u: int) -> int: return u\n",
        program="return [sorted(one.name for one in driver.Builder().with_modules(module).with_config(config).build().list_available_variables()"
        " if not one.is_external_input) for config in ({'z': 1}, {'z': 1, 'y': 2})]",
    ),
    "names of variants": Case(
        rows=("2.4-name", "2.4-bare-suffix"),
        source="@config.when(k=1, name='other')\ndef a__x(u: int) -> int: return u\n@config.when(k=1)\ndef b__c__d(u: int) -> int: return u\n"
        "def plain__x(u: int) -> int: return u\n",
        config={"k": 1},
        inputs="{'u': 1}",
    ),
    "an empty suffix": Case(
        rows=("2.4-empty-suffix",),
        source="@config.when(k=1)\ndef a__(u: int) -> int: return u",
        program="return attempt(lambda: driver.Builder().with_modules(module).with_config({'k': 1}).build() and None)",
    ),
    "the tag of config": Case(
        rows=("2.4-tag",),
        source="@config.when(k=1, j=2)\ndef a__x(u: int) -> int: return u",
        program="return [one.tags.get('hamilton.config') for one in driver.Builder().with_modules(module).with_config({'k': 1, 'j': 2}).build()"
        ".list_available_variables() if one.name == 'a']",
        compat=True,
        ours=[None],
    ),
    "the function keeps its name": Case(
        rows=("2.4-function-untouched",),
        source="@config.when(k=1)\ndef a__x(u: int) -> int: return u",
        program="driver.Builder().with_modules(module).with_config({'k': 1}).build()\nreturn module.a__x.__name__",
        agrees=(),
        ours="a__x",
    ),
    "two variants at once": Case(
        rows=("2.4-two-variants",),
        source="@config.when(k=1)\ndef a__x(u: int) -> int: return u\n@config.when(j=1)\ndef a__y(u: int) -> int: return u\n",
        program="return attempt(lambda: driver.Builder().with_modules(module).with_config({'k': 1, 'j': 1}).build() and None)",
    ),
    "no variant": Case(
        rows=("2.4-no-variant",),
        source="@config.when(k=1)\ndef a__x(u: int) -> int: return u\n@config.when(k=2)\ndef a__y(u: int) -> int: return u\ndef b(a: int) -> int: return a\n",
        program="return attempt(lambda: driver.Builder().with_modules(module).with_config({'k': 3}).build().execute(['b']))",
        agrees=(),
        ours=Raises("no-variant", "k"),
    ),
    "an excluded function": Case(
        rows=("2.4-exclude",), source="@exclude\ndef g(u: int) -> int: return u\ndef q(u: int) -> int: return u", inputs="{'u': 1}"
    ),
    "resolve": Case(
        rows=("2.4-resolve",),
        source="@resolve_from_config(decorate_with=lambda names, n=2: parameterize_sources(**{one: {'a': one + '_in'} for one in names[:n]}))\n"
        "def f(a: int) -> int: return a",
        program="dr = driver.Builder().with_modules(module).with_config({**POWER, 'names': ['x', 'y', 'z']}).build()\nreturn dr.execute(['x', 'y'], inputs={'x_in': 1, 'y_in': 2})",
    ),
    "resolve without its keys": Case(
        rows=("2.4-resolve-missing-keys",),
        source="@resolve_from_config(decorate_with=lambda names: parameterize_sources(**{one: {'a': one + '_in'} for one in names}))\ndef f(a: int) -> int: return a",
        program="return attempt(lambda: driver.Builder().with_modules(module).build().execute(['f']))",
        agrees=(),
        ours=Raises("no-variant", "names is given"),
    ),
    "resolve without power mode": Case(
        rows=("2.4-power-mode",),
        source="@resolve_from_config(decorate_with=lambda name: parameterize_sources(**{name: {'a': 'u'}}))\ndef f(a: int) -> int: return a",
        config={"name": "x"},
        inputs="{'u': 1}",
        ask=("x",),
        agrees=(),
        ours={"values": {"x": 1}},
    ),
    # --- 2.5 ---
    "does": Case(
        rows=("2.5-does",),
        source="def _sum(**them: int) -> int: return sum(them.values())\ndef _diff(p: int, q: int) -> int: return p - q\n"
        "@does(_sum)\ndef f(a: int, b: int = 5) -> int:\n    pass\n@does(_diff, p='b', q='a')\ndef g(a: int, b: int) -> int:\n    '''Docs are no body.'''\n",
        inputs="{'a': 1, 'b': 2}",
    ),
    "a default that does passes on": Case(
        rows=("2.5-does",),
        source="def _sum(**them: int) -> int: return sum(them.values())\n@does(_sum)\ndef f(a: int, b: int = 5) -> int:\n    pass\n",
        inputs="{'a': 1}",
    ),
    "misused does": Case(
        rows=("2.5-does-faults",),
        program="""
            def one(a: int) -> int: return a
            def body(a: int) -> int:
                print(a)
                return 2
            def other(b: int) -> int: pass
            return [attempt(lambda: does(one)(body) and None), attempt(lambda: does(one)(other) and None)]
        """,
    ),
    "a constant is a body": Case(
        rows=("2.5-does-constant-body",),
        source="def _one(a: int) -> int: return a\n@does(_one)\ndef f(a: int) -> int: return 1",
        program="return None",
        agrees=(),
        ours=Raises("invalid-modifier", "f"),
    ),
    "a model": Case(
        rows=("2.5-model",),
        source="class Weights:\n    def __init__(self, config, name, **more): self.config = config\n"
        "    def get_dependents(self): return list(self.config)\n"
        "    def predict(self, **columns): return sum(columns[name] * weight for name, weight in self.config.items())\n"
        "@model(Weights, 'weights')\ndef f() -> pd.Series: pass",
        config={"weights": {"a": 2, "b": 3}},
        inputs="{'a': pd.Series([1, 2]), 'b': pd.Series([10, 20])}",
        agrees=(),
        ours={"nodes": {"f": [["a", "b"], []]}, "values": {"f": {"index": ["0", "1"], "dtype": "int64", "values": [32, 64]}}},
    ),
    "a sub-DAG of columns": Case(
        rows=("2.5-subdag",),
        source="def part(raw: px.Series, by: int) -> px.Series: return raw * by\ndef _total(part: px.Series) -> int: return int(part.sum())\n"
        "def total(part: px.Series) -> int: return int(part.sum())\n"
        "@subdag(part, total, inputs={'raw': source('prices'), 'by': value(10)})\ndef z(total: int, part: px.Series) -> int: return total + len(part)",
        inputs="{'prices': px.Series([1, 2])}",
        ask=("z", "z.part"),
        frames=BOTH,
    ),
    "does on columns": Case(
        rows=("2.5-does",),
        source="def _sum(**them: px.Series) -> px.Series: return sum(them.values())\n@does(_sum)\ndef f(a: px.Series, b: px.Series) -> px.Series: pass",
        inputs="{'a': px.Series([1, 2]), 'b': px.Series([3, 4])}",
        frames=BOTH,
    ),
    "parameterize on columns": Case(
        rows=("2.3-parameterize", "2.2-group"),
        source="@parameterize(p={'a': source('u'), 'b': value(2)}, q={'a': source('w'), 'b': source('k')})\n"
        "def f(a: px.Series, b: int) -> px.Series: return a * b\n"
        "@inject(many=group(source('p'), source('q')))\ndef g(many: List[px.Series]) -> px.Series: return many[0] + many[1]",
        inputs="{'u': px.Series([1, 2]), 'w': px.Series([3, 4]), 'k': 5}",
        frames=BOTH,
    ),
    "fields that are columns": Case(
        rows=("2.3-extract-fields", "2.3-unpack-fields"),
        source="@extract_fields({'a': px.Series, 'n': int})\ndef one(u: px.Series) -> dict: return {'a': u, 'n': len(u)}\n"
        "@unpack_fields('b', 'm')\ndef two(u: px.Series) -> Tuple[px.Series, int]: return u * 2, 1\n",
        inputs="{'u': px.Series([1, 2])}",
        frames=BOTH,
    ),
    "variants of columns": Case(
        rows=("2.4-when", "2.4-resolve"),
        source="@config.when(k=1)\ndef a__one(u: px.Series) -> px.Series: return u\n@config.when(k=2)\ndef a__two(u: px.Series) -> px.Series: return u * 2\n"
        "@tag(k='v')\ndef b(a: px.Series) -> px.Series: return a + 1",
        config={"k": 2},
        inputs="{'u': px.Series([1, 2])}",
        frames=BOTH,
    ),
    "subdag": Case(
        rows=("2.5-subdag", "2.8-subdag", "2.5-subdag-outer-names"),
        second=INNER,
        source="import SECOND as M\n@subdag(M, inputs={'i': source('src')}, config={'c': 1})\ndef z(s: int) -> int: return s",
        inputs="{'src': 3, 'far': 10}",
    ),
    "a named sub-DAG with inputs of its own": Case(
        rows=("2.5-subdag",),
        second=INNER,
        source="import SECOND as M\n@subdag(M, inputs={'i': source('src'), 'far': value(2)}, config={'c': 1}, namespace='ns', final_node_name='end', external_inputs=['e'])\n"
        "def z(s: int, e: int) -> int: return s + e",
        inputs="{'src': 3, 'e': 100}",
    ),
    "tags of a sub-DAG": Case(
        rows=("2.5-subdag-tags",),
        second=INNER,
        source="import SECOND as M\n@tag(k='outer')\n@subdag(M, inputs={'i': source('src'), 'far': value(2)}, config={'c': 1})\ndef z(s: int) -> int: return s",
        program=TAGS,
    ),
    "an input that the sub-DAG does not take": Case(
        rows=("2.5-subdag-unused-input",),
        second=INNER,
        source="import SECOND as M\n@subdag(M, inputs={'i': source('src'), 'unused': value(2)}, config={'c': 1})\ndef z(s: int) -> int: return s",
        program=BUILD,
    ),
    "no variant in a sub-DAG": Case(
        rows=("2.5-subdag-no-variant",),
        source="@config.when(mode='a')\ndef q__a(i: int) -> int: return i\n@subdag(q__a, inputs={'i': source('u')}, config={'mode': 'z'})\ndef z(q: int) -> int: return q\n",
        program="return attempt(lambda: driver.Builder().with_modules(module).build().execute(['z'], inputs={'u': 1}))",
        agrees=(),
        ours=Raises("invalid-modifier", "mode='a'"),
    ),
    "misused subdag": Case(
        rows=("2.5-subdag-faults",),
        source="def q(i: int) -> int: return i\n",
        program="""
            def z(q: int) -> int: return q
            def build(**given):
                import types
                made = types.ModuleType("made")
                z.__module__ = "made"
                made.z = subdag(module.q, **given)(z)
                driver.Builder().with_modules(made).build()
            return [attempt(lambda: subdag(inputs={})(z) and None), attempt(lambda: build(inputs={'i': value(1)}, config={'i': 1})),
                attempt(lambda: build(inputs={'i': 1}))]
        """,
    ),
    "parameterized_subdag": Case(
        rows=("2.5-parameterized-subdag", "2.8-parameterized-subdag"),
        second=INNER,
        source="import SECOND as M\n@parameterized_subdag(M, inputs={'far': value(2)}, config={'c': 1}, v1={'inputs': {'i': source('src')}}, v2={'inputs': {'i': value(7)}, 'config': {'c': 5}})\n"
        "def z(s: int) -> int: return s",
        inputs="{'src': 3}",
    ),
    "dataloader and datasaver": Case(
        rows=("2.5-dataloader", "2.5-datasaver", "2.8-dataloader"),
        source="@dataloader()\ndef l(path: str) -> Tuple[px.DataFrame, dict]: return px.DataFrame({'a': [1]}), {'path': path}\n"
        "@datasaver()\ndef s(l: px.DataFrame, where: str) -> dict: return {'rows': len(l), 'where': where}\n",
        inputs="{'path': 'p', 'where': 'w'}",
        frames=BOTH,
    ),
    "misused loaders and savers": Case(
        rows=("2.5-loader-faults",),
        program="""
            def f(a: int) -> int: return a
            def g(a: int) -> Tuple[int, str]: return a, ''
            return [attempt(lambda: dataloader()(f) and None), attempt(lambda: datasaver()(f) and None), attempt(lambda: dataloader()(g) and None)]
        """,
    ),
}  # fmt: skip
