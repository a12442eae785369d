"""§2.6–2.8: pipes, injection, metadata and the names of what is generated."""

from __future__ import annotations

from tests.conformance.case import ABSENT, BOTH, Case, Raises
from tests.function_modifiers.test_against_hamilton import CASES as MODIFIED
from tests.function_modifiers.test_against_hamilton import STEPS

__all__ = ["CASES"]

BUILD = "return attempt(lambda: driver.Builder().with_modules(module).build() and None)"
ADD = "def _add(x: int, y: int = 1) -> int: return x + y\ndef _mul(x: int, y: int) -> int: return x * y\n"
GIVEN = "used({'u': 5, 'v': 3, 'k': 2, 'kk': 4, 'df': pd.DataFrame({'a': [1, 2], 'b': [3, 4]})})"
_ROWS = {
    "condition": "2.6-pipe-input-conditions",
    "output": "2.6-pipe-output",
    "field": "2.6-pipe-output-targets",
    "mutation": "2.6-mutate",
    "column": "2.6-with-columns",
    "unpack": "2.3-unpack-fields",
    "frames": "2.3-parameterize-extract",
    "injected": "2.3-inject",
    "functions": "2.4-raw",
    "excluded": "2.4-exclude",
    "schema": "2.7-cache",
}


def _row(name: str) -> str:
    return next((row for word, row in _ROWS.items() if word in name), "2.6-pipe-input")


FRAME = "def frame(n: int) -> px.DataFrame: return px.DataFrame({'a': [n, 2], 'b': [3, 4]})\n"
COLUMNS = (
    FRAME
    + "def _c(a: px.Series, b: px.Series, k: int) -> px.Series: return a + b + k\ndef _d(_c: px.Series) -> px.Series: return _c * 2\n"
)
TAGS = (
    "return {one.name: {key: tag for key, tag in one.tags.items() if key in ('k', 'deep.key', 'many')}"
    " for one in driver.Builder().with_modules(module).build().list_available_variables() if not one.is_external_input}"
)

CASES: dict[str, Case] = {
    **{
        f"together: {name}": Case(rows=(_row(name),), source=STEPS + source, config=config, inputs=GIVEN)
        for name, (source, config) in MODIFIED.items()
        if name != "cache and schema"
    },
    "pipe_input": Case(
        rows=("2.6-pipe-input", "2.8-pipe-input"),
        source=ADD + "@pipe_input(step(_add, y=2), step(_add), step(_mul, y=source('k')).named('mm'))\ndef r(u: int) -> int: return u",
        inputs="{'u': 5, 'k': 2}",
    ),
    "pipe, the old name": Case(
        rows=("2.6-pipe-input",),
        source=ADD + "@pipe(step(_add, y=2))\ndef r(u: int) -> int: return u",
        inputs="{'u': 5}",
    ),
    "pipes on columns": Case(
        rows=("2.6-pipe-input", "2.6-pipe-output"),
        source="def _twice(x: px.Series) -> px.Series: return x * 2\ndef _more(x: px.Series, by: int) -> px.Series: return x + by\n"
        "@pipe_input(step(_twice), step(_more, by=source('k')))\n@pipe_output(step(_twice))\ndef r(u: px.Series) -> px.Series: return u + 1",
        inputs="{'u': px.Series([1, 2]), 'k': 3}",
        frames=BOTH,
    ),
    "misused pipe_input": Case(
        rows=("2.6-pipe-input-faults",),
        source=ADD,
        program="""
            def r(u: int, v: int) -> int: return u
            def build(**given):
                import types
                made = types.ModuleType("made")
                r.__module__ = "made"
                made.r = pipe_input(step(module._add).named("x", namespace="own"), **given)(r)
                driver.Builder().with_modules(made).build()
            return ['raised' in attempt(lambda: build(on_input=['u', 'v'])), 'raised' in attempt(lambda: build(namespace='one'))]
        """,
    ),
    "pipe_output": Case(
        rows=("2.6-pipe-output", "2.8-pipe-output"),
        source=ADD + "@pipe_output(step(_add))\ndef r(u: int) -> int: return u",
        inputs="{'u': 5}",
    ),
    "targets of pipe_output, of the pipe and of a step": Case(
        rows=("2.6-pipe-output-targets",),
        source=ADD,
        program="""
            def build(pipe):
                def r(u: int) -> dict: return {'a': u, 'b': u}
                import types
                made = types.ModuleType("made")
                r.__module__ = "made"
                made.r = pipe()(extract_fields({'a': int, 'b': int})(r))
                driver.Builder().with_modules(made).build()
            return ['raised' in attempt(lambda: build(lambda: pipe_output(step(module._add).on_output('a'), on_output='b'))),
                'raised' in attempt(lambda: build(lambda: pipe_output(step(module._add), on_output=...)))]
        """,
    ),
    "mutate another module's function": Case(
        rows=("2.6-mutate-faults",),
        source="def a(u: int) -> int: return u",
        program="def _m(x: int) -> int: return x\n_m.__module__ = 'elsewhere'\nreturn 'raised' in attempt(lambda: mutate(module.a)(_m) and None)",
    ),
    "mutate": Case(
        rows=("2.6-mutate",),
        source="def a(u: int) -> int: return u\n@mutate(a)\ndef _ten(x: int) -> int: return x * 10\n@mutate(apply_to(a, k=value(3)))\ndef _plus(x: int, k: int) -> int: return x + k\n",
        inputs="{'u': 5}",
    ),
    "load_from": Case(
        rows=("2.6-load-from", "2.8-load-from"),
        source="@load_from.json(path=source('p'))\ndef f(d: dict) -> int: return d['n']\n"
        "@load_from.json(path='g.json', inject_='d')\n@load_from.json(path='h.json', inject_='e')\ndef g(d: dict, e: dict, u: int) -> int: return d['n'] + e['n'] + u\n",
        program="""
            for name in "fgh":
                Path(f"{name}.json").write_text(json.dumps({"n": ord(name)}))
            dr = driver.Builder().with_modules(module).build()
            nodes = {one.name: sorted(one.required_dependencies) for one in dr.list_available_variables()}
            return nodes, dr.execute(["f", "g", "f.select_data.d"], inputs={"p": "f.json", "u": 1})
        """,
    ),
    "frames are loaded": Case(
        rows=("2.6-load-from", "1.8-formats"),
        source="@load_from.parquet(path=source('p'))\ndef f(d: px.DataFrame) -> int: return len(d)",
        program="pd.DataFrame({'a': [1, 2]}).to_parquet('f.parquet')\n"
        "return driver.Builder().with_modules(module).build().execute(['f'], inputs={'p': 'f.parquet'})",
        frames=BOTH,
        agrees=("pandas",),
        ours={"f": 2},
    ),
    "misused load_from": Case(
        rows=("2.6-load-from-faults",),
        program="""
            def f(d: dict) -> int: return 1
            def g(d: dict, e: dict) -> int: return 1
            return ['raised' in attempt(one) for one in (lambda: load_from.nothing(path='x')(f) and None, lambda: load_from.json()(f) and None,
                lambda: load_from.json(path='x', absent=1)(f) and None, lambda: load_from.json(path='x')(g) and None)]
        """,
    ),
    "save_to": Case(
        rows=("2.6-save-to", "2.8-save-to"),
        source="@save_to.json(path=value('f.json'))\ndef f(u: int) -> dict: return {'n': u}\n"
        "@save_to.json(path=source('where'), output_name_='saved')\ndef g(u: int) -> dict: return {'n': u}\n",
        program="""
            dr = driver.Builder().with_modules(module).build()
            nodes = {one.name: sorted(one.required_dependencies) for one in dr.list_available_variables()}
            values = dr.execute(["f", "g"], inputs={"u": 1})
            before = sorted(path.name for path in Path().glob("*.json"))
            dr.execute(["save.f", "saved"], inputs={"u": 1, "where": "g.json"})
            return nodes, values, before != ["f.json", "g.json"], json.loads(Path("g.json").read_text()), Path("f.json").exists()
        """,
    ),
    "with_columns": Case(
        rows=("2.6-with-columns", "2.8-with-columns"),
        source=COLUMNS + "@with_columns(_c, _d, columns_to_pass=['a', 'b'])\ndef out(frame: px.DataFrame) -> px.DataFrame: return frame",
        inputs="{'n': 1, 'k': 10}",
        frames=BOTH,
    ),
    "with_columns, selected, in a namespace": Case(
        rows=("2.6-with-columns",),
        source=COLUMNS + "@with_columns(_c, _d, columns_to_pass=['a', 'b'], select=['_d'], namespace='ns')\ndef out(frame: px.DataFrame, n: int) -> px.DataFrame: return frame",
        inputs="{'n': 1, 'k': 10}",
        frames=BOTH,
    ),
    "with_columns of the user's own extraction": Case(
        rows=("2.6-with-columns",),
        source=FRAME + "def _a(frame: px.DataFrame) -> px.Series: return frame['a'] * 10\ndef _e(_a: px.Series) -> px.Series: return _a + 1\n"
        "@with_columns(_a, _e, on_input='frame', select=['_e'])\ndef out(frame: px.DataFrame) -> px.DataFrame: return frame",
        inputs="{'n': 1}",
        frames=BOTH,
    ),
    "with_columns of a lazy frame": Case(
        rows=("2.6-with-columns-lazy",),
        source="def frame(n: int) -> pl.LazyFrame: return pl.LazyFrame({'a': [n, 2]})\ndef _c(a: pl.Expr) -> pl.Expr: return a * 2\n"
        "@with_columns(_c, columns_to_pass=['a'])\ndef out(frame: pl.LazyFrame) -> pl.LazyFrame: return frame\ndef rows(out: pl.LazyFrame) -> pl.DataFrame: return out.collect()",
        ask=("rows",),
        inputs="{'n': 1}",
        agrees=(),
        ours={"values": {"rows": {"polars": {"a": [1, 2], "_c": [2, 4]}}}},
    ),
    "with_columns of nothing": Case(
        rows=("2.6-with-columns-faults",),
        source=COLUMNS + "@with_columns(_c)\ndef out(frame: px.DataFrame) -> px.DataFrame: return frame",
        program=BUILD,
        frames=BOTH,
        agrees=(),
        ours=Raises("invalid-modifier", "columns_to_pass"),
    ),
    "with_columns redefines a column": Case(
        rows=("2.6-with-columns-faults",),
        source=COLUMNS + "def b(a: px.Series) -> px.Series: return a\n"
        "@with_columns(b, columns_to_pass=['a', 'b'])\ndef out(frame: px.DataFrame) -> px.DataFrame: return frame",
        program=BUILD,
        frames=BOTH,
    ),
    # --- 2.7 ---
    "tags": Case(
        rows=("2.7-tag", "2.7-tag-outputs"),
        source="@tag(k='v', **{'deep.key': 'w'}, many=['x', 'y'])\ndef f(u: int) -> int: return u\n"
        "@tag_outputs(a={'k': '1'}, b={'k': '2', 'deep.key': '3'})\n@extract_fields({'a': int, 'b': int})\ndef g(u: int) -> dict: return {}\n",
        program=TAGS,
    ),
    "misused tags": Case(
        rows=("2.7-tag-faults",),
        program="""
            def f(u: int) -> int: return u
            bad = [{'k': 1}, {'k': []}, {'k': ['a', 'a']}, {'a b': 'x'}, *({f'{word}.x': 'v'} for word in ('hamilton', 'data_quality', 'gdpr', 'ccpa', 'dag', 'module'))]
            return ['raised' in str(attempt(lambda: tag(**one)(f) and None)) for one in bad]
        """,
    ),
    "tags of nobody": Case(
        rows=("2.7-tag-outputs-faults",),
        source="@tag_outputs(nobody={'k': '1'})\n@extract_fields({'a': int})\ndef g(u: int) -> dict: return {}\n",
        program=BUILD,
        agrees=(),
        ours=Raises("invalid-modifier", "nobody"),
    ),
    "bad tags of outputs": Case(
        rows=("2.7-tag-outputs-faults",),
        source="@tag_outputs(a={'k': 1})\n@extract_fields({'a': int})\ndef g(u: int) -> dict: return {}\n",
        program=BUILD,
        agrees=(),
        ours=Raises("invalid-modifier", "k"),
    ),
    "a schema that is enforced": Case(
        rows=("2.7-schema",),
        source="@schema.output(('a', 'int'), enforce=True)\n" + FRAME,
        inputs="{'n': 1}",
        frames=BOTH,
        agrees=(),
        ours=Raises("type-mismatch", "not declared: b"),
        in_compat=ABSENT,
    ),
    "options of Ray": Case(
        rows=("2.7-ray-options",),
        source="from hamilton.function_modifiers.metadata import ray_remote_options\n@ray_remote_options(num_cpus=2)\ndef f(x: int) -> int: return x",
        program="return {one.name: {key: tag for key, tag in one.tags.items() if key.startswith('ray_remote')}"
        " for one in driver.Builder().with_modules(module).build().list_available_variables() if not one.is_external_input}",
        compat=True,
        ours=ABSENT,
    ),
    "schema": Case(
        rows=("2.7-schema",),
        source="@schema.output(('a', 'int'))\n" + FRAME,
        inputs="{'n': 1}",
        frames=BOTH,
    ),
}  # fmt: skip
