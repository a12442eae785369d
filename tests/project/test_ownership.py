"""Signatures and module defaults; blame as git tells it."""

from __future__ import annotations

import ast
import textwrap

import pytest

from featurecat.definition.fingerprint import SourceText
from featurecat.project.blame import line_authors, most_frequent
from featurecat.project.concealing import Concealment
from featurecat.project.ownership import module_owners
from featurecat.project.signature_text import signature_of

DEFAULTS = {"shop.*": "data", "shop.orders": ["sales", "ops"], "shop.legacy": [], "*_features": "features", "": "odd"}

CASES = {
    "glob": ("shop.customers", ("data",)),
    "module": ("shop.orders", ("sales", "ops")),
    "package": ("shop.orders.daily", ("sales", "ops")),
    "nobody": ("shop.legacy.old", ()),
    "longest": ("shop_features", ("features",)),
    "none": ("other", ()),
    "case counts": ("Shop.orders", ()),
}


@pytest.mark.parametrize(("module", "owners"), CASES.values(), ids=CASES)
def test_module_defaults(module: str, owners: tuple[str, ...]) -> None:
    assert module_owners(module, DEFAULTS) == owners


SIGNATURES = {
    "plain": ("def f(spend: pd.Series) -> pd.Series: ...", "(spend: pd.Series) -> pd.Series"),
    "none": ("def f(): ...", "()"),
    "defaults": ("def f(a, b=1_000, *, c: int=3): ...", "(a, b=1_000, *, c: int = 3)"),
    "positional and rest": (
        "async def f(a, /, b, *rest: int, **more) -> 'x': ...",
        "(a, /, b, *rest: int, **more) -> 'x'",
    ),
    "several lines": (
        """
        @tag(a="b")
        def f(
            spend: pd.Series,
            window: Annotated[
                int, "weeks"
            ] = 3,
        ) -> pd.Series:
            pass
        """,
        "(spend: pd.Series, window: Annotated[int, 'weeks'] = 3) -> pd.Series",
    ),
    "more than ascii": ('def f(größe: pd.Series = "ä", b: int = 2): ...', '(größe: pd.Series = "ä", b: int = 2)'),
    "secret by name": ("def f(password: str = 'x', n: int = 1): ...", "(password: str = '***', n: int = 1)"),
    "secret by value": ("def f(login='ann:hunter2', n=['hunter2']): ...", "(login='***', n='***')"),
    "no secret": ("def f(password: str | None = None): ...", "(password: str | None = None)"),
}


@pytest.mark.parametrize(("text", "expected"), SIGNATURES.values(), ids=SIGNATURES)
def test_signatures(text: str, expected: str) -> None:
    source = textwrap.dedent(text).strip("\n")
    tree = ast.parse(source).body[0]
    assert isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef)
    concealment = Concealment({}, secrets=["hunter2"], patterns=["*password*"])
    assert signature_of(SourceText(1, len(source.splitlines()), source, tree), concealment) == expected


def test_ties_are_broken_by_the_alphabet() -> None:
    assert most_frequent(["bob", "ann", None]) == ("ann", 1)
    assert most_frequent([]) is None


def test_where_there_is_no_git_nobody_wrote_anything(tmp_path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")
    assert line_authors(tmp_path / "a.py") == ()
    assert line_authors(tmp_path / "none.py") == ()
