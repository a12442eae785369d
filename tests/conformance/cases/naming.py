"""§4: what becomes a node, collisions, what is given, types, errors."""

from __future__ import annotations

from tests.conformance.case import BOTH, Case, Raises

__all__ = ["CASES"]

BUILD = "return attempt(lambda: driver.Builder().with_modules(module).build() and None)"
ONE = "def s(x: int) -> int: return x\ndef t(s: int) -> int: return s + 1\n"


def edge(produced: str, consumed: str) -> dict[str, str]:
    """Two functions, one after the other."""
    return {
        "source": "T_ = TypeVar('T_')\nId = NewType('Id', int)\n"
        f"def made(x: str) -> {produced}: return None\ndef taken(made: {consumed}) -> int: return 1\n",
        "program": "return 'raised' in str(attempt(lambda: driver.Builder().with_modules(module).build() and None))",
    }


def edges(row: str, fits: bool, *pairs: tuple[str, str], agree: bool = True) -> dict[str, Case]:
    """A case per pair of what is produced and what is asked for."""
    found = {}
    for produced, consumed in pairs:
        rest = {} if agree else {"agrees": (), "ours": not fits}
        found[f"{produced} for {consumed}"] = Case(rows=(row,), **edge(produced, consumed), **rest)  # type: ignore[arg-type]
    return found


def given(row: str, fits: bool, *pairs: tuple[str, str], agree: bool = True) -> dict[str, Case]:
    """A case per annotation and value."""
    found = {}
    for annotation, value in pairs:
        rest = {} if agree else {"agrees": (), "ours": not fits}
        found[f"{value} as {annotation}"] = Case(
            rows=(row,),
            source=f"def s(x: {annotation}) -> int: return 1",
            program=f"return 'raised' in str(attempt(lambda: driver.Builder().with_modules(module).build().execute(['s'], inputs={{'x': {value}}})))",
            **rest,  # type: ignore[arg-type]
        )
    return found


CASES: dict[str, Case] = {
    "functions, and nothing else": Case(
        rows=("4.1-functions",),
        source="from os.path import join\nclass Thing:\n    def method(self): return 1\n    def __call__(self): return 1\n"
        "thing = Thing()\npart = functools.partial(int, 3)\ndef _helper(no): return no\ndef real(x: int) -> int: return _helper(x)\n",
        inputs="{'x': 1}",
    ),
    "functions of submodules": Case(
        rows=("4.1-functions",),
        program="""
            import importlib
            import sys
            Path("pack").mkdir()
            Path("pack/__init__.py").write_text("from os.path import join\\nfrom pack.inner import g\\ndef f(x: int) -> int: return x\\n")
            Path("pack/inner.py").write_text("def g(f: int) -> int: return f\\ndef other(f: int) -> int: return f\\n")
            sys.path.insert(0, str(Path().resolve()))
            importlib.invalidate_caches()
            try:
                dr = driver.Builder().with_modules(importlib.import_module("pack")).build()
            finally:
                sys.path.pop(0)
                for name in ("pack", "pack.inner"):
                    sys.modules.pop(name, None)
            return sorted(one.name for one in dr.list_available_variables())
        """,
    ),
    "an alias": Case(
        rows=("4.1-alias",), source="def real(x: int) -> int: return x\nalias = real", inputs="{'x': 1}", agrees=(), ours={"values": {"real": 1}}
    ),
    "a lambda": Case(
        rows=("4.1-lambda",), source="def real(x: int) -> int: return x\nshort = lambda y: y", inputs="{'x': 1}", agrees=(), ours={"values": {"real": 1}}
    ),
    "the order of the text": Case(
        rows=("4.1-order",),
        source="def zeta(x: int) -> int: return x\ndef alpha(x: int) -> int: return x\n",
        program="return [one.name for one in driver.Builder().with_modules(module).build().list_available_variables() if not one.is_external_input]",
        agrees=(),
        ours=["zeta", "alpha"],
    ),
    "annotations as text and None": Case(
        rows=("4.1-annotations",),
        source="def s(x: 'int') -> 'List[int]': return [x]\ndef nothing(s: List[int]) -> None: return None\n",
        inputs="{'x': 1}",
    ),
    "missing annotations": Case(
        rows=("4.1-annotations", "4.5-missing-annotation"), source="def s(x) -> int: return 1\n", program=BUILD
    ),
    "a missing return annotation": Case(rows=("4.1-annotations",), source="def s(x: int): return 1\n", program=BUILD),
    "every missing annotation has a place": Case(
        rows=("4.5-missing-annotation",),
        source="def s(x) -> int: return 1\ndef t(y: int): return 1\n",
        program="try:\n    driver.Builder().with_modules(module).build()\nexcept ValueError as error:\n"
        "    return [(one.code, Path(one.file).read_text().splitlines()[one.line - 1][:5]) for one in error.problems]",
        agrees=(),
        ours=[["missing-annotation", "def s"], ["missing-annotation", "def t"]],
    ),
    "star parameters": Case(
        rows=("4.1-star-parameters",),
        source="def s(*many: int, **named: int) -> int: return 1",
        program=BUILD,
        agrees=(),
        ours=Raises("missing-annotation", "*many"),
    ),
    "an underscore parameter": Case(rows=("4.1-underscore-parameter",), source="def s(_a: int) -> int: return _a", inputs="{'_a': 3}"),
    "one name twice": Case(
        rows=("4.2-duplicate",), source="@parameterize(t={'s': value(1)})\ndef u(s: int) -> int: return s\n" + ONE, program=BUILD
    ),
    "both places of a duplicate": Case(
        rows=("4.5-duplicate",),
        source=ONE,
        second="def s(x: int) -> int: return -x",
        program="return attempt(lambda: driver.Builder().with_modules(*modules).build())['says'].count('.py:') > 1",
        agrees=(),
        ours=True,
    ),
    "a config key named as a function": Case(
        rows=("4.2-config-shadows",), source=ONE, config={"s": 5}, ask=("t",), compat=True, ours=Raises("config-conflict", "s")
    ),
    "config keys are inputs": Case(rows=("4.2-config-nodes",), source=ONE, config={"x": 5, "unused": 1}, ask=("t", "x")),
    "an input that nobody takes": Case(
        rows=("4.3-unused-input",), source=ONE, ask=("t",), inputs="{'x': 1, 'xx': 2}", compat=True, ours=Raises("unknown-input", "'xx'")
    ),
    "an input that is computed": Case(
        rows=("4.3-input-computed",), source=ONE, ask=("t",), inputs="{'x': 1, 's': 2}", compat=True, ours=Raises("unknown-input", "overrides")
    ),
    "an override of nobody": Case(
        rows=("4.3-override-unknown",), source=ONE, ask=("t",), inputs="{'x': 1}", overrides="{'q': 1}", compat=True, ours=Raises("unknown-input", "'q'")
    ),
    "an override of an input": Case(
        rows=("4.3-override-input",), source=ONE, ask=("t",), overrides="{'x': 7}", agrees=(), ours={"values": {"t": 8}}
    ),
    "an override prunes": Case(
        rows=("4.3-override-computed",), source=ONE, ask=("t",), overrides="{'s': 7}"
    ),
    "optional for one, required for another": Case(
        rows=("4.3-optional-and-required",),
        source="def f(k: int = 2) -> int: return k\ndef g(k: int) -> int: return k\n",
        program="dr = driver.Builder().with_modules(module).build()\nreturn [dr.execute(['f']), attempt(lambda: dr.execute(['g'])), attempt(lambda: dr.execute(['f', 'g']))]",
    ),
    "Optional without a default": Case(
        rows=("4.3-optional-type",),
        source="def f(k: Optional[int]) -> bool: return k is None",
        program="dr = driver.Builder().with_modules(module).build()\nreturn [attempt(lambda: dr.execute(['f'])), dr.execute(['f'], inputs={'k': None})]",
    ),
    **edges("4.4-any", True, ("Any", "int"), ("int", "Any")),
    **edges("4.4-classes", True, ("int", "int"), ("bool", "int"), ("int", "object")),
    **edges("4.4-classes", False, ("int", "bool"), ("str", "int")),
    **edges("4.4-newtype-typevar", False, ("T_", "int"), ("int", "Id")),
    **edges("4.4-numbers", True, ("int", "float"), agree=False),
    **edges("4.4-numbers", False, ("float", "int")),
    **edges("4.4-unions", True, ("int", "Optional[int]"), ("int", "int | str"), ("Union[int, str]", "Union[str, int]")),
    **edges("4.4-unions", True, ("Union[int, str]", "Union[int, str, float]"), agree=False),
    **edges("4.4-unions", False, ("Optional[int]", "int")),
    **edges("4.4-generics", True, ("List[int]", "list"), ("list[int]", "Sequence[int]"), ("Dict[str, int]", "dict"), ("List[int]", "list[int]")),
    **edges("4.4-generics", True, ("list[bool]", "Sequence[int]"), ("Dict[str, int]", "Dict[str, Any]"), agree=False),
    **edges("4.4-generics", False, ("list[str]", "list[int]"), ("List[int]", "Dict[str, int]")),
    **edges("4.4-literal", True, ("Literal['a']", "str"), agree=False),
    **edges("4.4-literal", False, ("str", "Literal['a']")),
    **edges("4.4-annotated", True, ("Annotated[pd.Series, int]", "pd.Series"), ("pd.Series", "Annotated[pd.Series, int]"), ("pl.Series", "Annotated[pl.Series, 'x']")),
    **edges("4.4-classes", False, ("pd.Series", "pl.Series"), ("pd.DataFrame", "pd.Series")),
    "consumers of one input": Case(
        rows=("4.4-consumers",),
        source="def f(k: int) -> int: return k\ndef g(k: Any) -> int: return k\ndef h(k: bool) -> int: return 1\n",
        program="dr = driver.Builder().with_modules(module).build()\nreturn [dr.execute(['f', 'g', 'h'], inputs={'k': True}),"
        " attempt(lambda: dr.execute(['f'], inputs={'k': 'text'}))]",
    ),
    "consumers that do not agree": Case(
        rows=("4.4-consumers",), source="def f(k: int) -> int: return k\ndef g(k: str) -> int: return 1\n", program=BUILD
    ),
    **given(
        "4.4-input-values", True,
        ("int", "1"), ("int", "True"), ("int", "None"), ("Optional[int]", "None"), ("int | str", "'a'"), ("Literal['a', 'b']", "'a'"), ("List[int]", "[1, 2]"),
        ("Any", "object()"), ("pd.Series", "pd.Series([1])"), ("pl.DataFrame", "pl.DataFrame()"), ("Dict[str, int]", "{'a': 1}"),
    ),
    **given("4.4-input-values", False, ("int", "'a'"), ("int", "1.5"), ("Literal['a', 'b']", "'c'"), ("pd.Series", "pl.Series([1])"), ("list", "(1,)")),
    **given(
        "4.4-input-values", True,
        ("float", "1"), ("Callable", "len"), ("Callable[[int], int]", "abs"), ("Tuple[int, str]", "(1, 'a')"), agree=False,
    ),
    **given("4.4-input-values", False, ("Sequence[int]", "[1, 'z']"), ("List[int]", "['a']"), ("Dict[str, int]", "{1: 'z'}"), ("Tuple[int, str]", "(1, 2)"), agree=False),
    "values of nodes": Case(
        rows=("4.4-outputs-unchecked",), source="def s(x: int) -> int: return 'text'\ndef t(s: int) -> str: return s * 2", inputs="{'x': 1}"
    ),
    "every mismatch, both places": Case(
        rows=("4.5-edge-mismatch",),
        source="def s(x: int) -> str: return 'a'\ndef t(s: int) -> int: return s\ndef u(s: float) -> int: return 1\n",
        program="error = attempt(lambda: driver.Builder().with_modules(module).build())\nreturn [error['codes'], error['says'].count('.py:') >= 4]",
        agrees=(),
        ours=[["type-mismatch", "type-mismatch"], True],
    ),
    "a misused decorator": Case(
        rows=("4.5-decorator-misuse",),
        source="@tag(target_='nobody', k='v')\ndef s(x: int) -> int: return x\n",
        program="try:\n    driver.Builder().with_modules(module).build()\nexcept ValueError as error:\n"
        "    return [(one.code, Path(one.file).read_text().splitlines()[one.line - 1][:8], bool(one.hint)) for one in error.problems]",
        agrees=(),
        ours=[["invalid-modifier", "@tag(tar", True]],
    ),
    "frames between functions": Case(
        rows=("4.4-classes",),
        source="def made(x: int) -> px.DataFrame: return px.DataFrame({'a': [x]})\ndef column(made: px.DataFrame) -> px.Series: return made['a']\ndef n(column: px.Series) -> int: return len(column)",
        inputs="{'x': 1}",
        frames=BOTH,
    ),
}  # fmt: skip
