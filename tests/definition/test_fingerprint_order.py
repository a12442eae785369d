"""Fingerprints tell apart what has the same pieces in another order or place, and find what was not imported yet."""

from __future__ import annotations

import sys

import pytest

from featurecat.definition.fingerprint import Fingerprints
from tests.support.modules import ModuleMaker


def print_of(make_module: ModuleMaker, source: str, tools: str = "", name: str = "delay") -> str | None:
    make_module(tools, "project.tools")
    module = make_module(source, "project.features")
    return Fingerprints([make_module.root]).of_function(getattr(module, name))


DIFFERENT = {
    "a name bound twice": ("K = 1\nK = 2\ndef delay(a): return K", "", "K = 2\nK = 1\ndef delay(a): return K", ""),
    "a name changed in place": (
        "K = [1]\nK.append(2)\nK.append(3)\ndef delay(a): return K", "",
        "K = [1]\nK.append(3)\nK.append(2)\ndef delay(a): return K", "",
    ),
    "one name after another": (
        "a = 1\nb = a\na = 2\ndef delay(x): return b", "",
        "a = 1\na = 2\nb = a\ndef delay(x): return b", "",
    ),
    "on one line": ("a = 1; b = a; a = 2\ndef delay(x): return b", "", "a = 1; a = 2; b = a\ndef delay(x): return b", ""),
    "constants of two modules swapped": (
        "from project import tools\nK = 1\ndef delay(a): return K + 2 * tools.K", "K = 2",
        "from project import tools\nK = 2\ndef delay(a): return K + 2 * tools.K", "K = 1",
    ),
    "helpers of two modules swapped": (
        "from project import tools\ndef g(x): return x\ndef delay(a): return g(a) - tools.g(a)", "def g(x): return 2 * x",
        "from project import tools\ndef g(x): return 2 * x\ndef delay(a): return g(a) - tools.g(a)", "def g(x): return x",
    ),
    "imported, then defined": (
        "from project.tools import g\ndef g(x): return 5\ndef delay(a): return g(a)", "def g(x): return 1",
        "def g(x): return 5\nfrom project.tools import g\ndef delay(a): return g(a)", "def g(x): return 1",
    ),
    "imported with a star, then defined": (
        "from project.tools import *\ndef g(x): return 5\ndef delay(a): return g(a)", "def g(x): return 1",
        "def g(x): return 5\nfrom project.tools import *\ndef delay(a): return g(a)", "def g(x): return 1",
    ),
    "stars of other packages": (
        "from math import *\ndef delay(a): return sqrt(a)", "",
        "from cmath import *\ndef delay(a): return sqrt(a)", "",
    ),
    "a part of a package under the package's name": (
        "import os.path\ndef delay(a): return os.sep", "", "import os.path as os\ndef delay(a): return os.sep", "",
    ),
    "two imports exchanged": (
        "from project.tools import f as one, g as two\ndef delay(a): return one(a) - two(a)", "def f(x): return 1\ndef g(x): return 2",
        "from project.tools import g as one, f as two\ndef delay(a): return one(a) - two(a)", "def f(x): return 1\ndef g(x): return 2",
    ),
    "wrapped afterwards": (
        "from project.tools import wrap\ndef delay(a): return a\ndelay = wrap(delay)",
        "import functools\ndef wrap(g):\n @functools.wraps(g)\n def inner(x): return g(x)\n return inner",
        "from project.tools import wrap\ndef delay(a): return a\ndelay = wrap(delay)",
        "import functools\ndef wrap(g):\n @functools.wraps(g)\n def inner(x): return g(x) + 1\n return inner",
    ),
    "found by its name": (
        "def g(x): return x\ndef delay(a): return globals()['g'](a)", "",
        "def g(x): return x + 1\ndef delay(a): return globals()['g'](a)", "",
    ),
    "made when it is asked for": (
        "from project import tools\ndef delay(a): return tools.rate * a", "def __getattr__(name): return {'rate': 1}.get(name)",
        "from project import tools\ndef delay(a): return tools.rate * a", "def __getattr__(name): return {'rate': 2}.get(name)",
    ),
    "a module as a whole": (
        "from project import tools\ndef delay(a): return vars(tools)['K']", "K = 1\nK = 2",
        "from project import tools\ndef delay(a): return vars(tools)['K']", "K = 2\nK = 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DIFFERENT)
def test_what_means_something_else_differs(make_module: ModuleMaker, case: str) -> None:
    source, tools, other_source, other_tools = DIFFERENT[case]
    one = print_of(make_module, source, tools)
    other = print_of(make_module, other_source, other_tools)
    assert None not in (one, other)
    assert one != other


SAME = {
    "helpers in another order": (
        "def g(x): return h(x)\ndef h(x): return x\ndef delay(a): return g(a)", "",
        "def h(x): return x\ndef delay(a): return g(a)\ndef g(x): return h(x)", "",
    ),
    "a helper moved behind an import": (
        "K = 2\ndef g(x): return x * K\ndef delay(a): return g(a)", "",
        "from project.tools import g\ndef delay(a): return g(a)", "K = 2\ndef g(x): return x * K",
    ),
    "constants in another order": (
        "K = 1\nL = 2\ndef delay(a): return K + L", "", "L = 2\nK = 1\ndef delay(a): return K + L", "",
    ),
    "a name that is not reached bound twice": (
        "K = 1\nM = 2\ndef delay(a): return K", "", "M = 2\nK = 1\nM = 3\ndef delay(a): return K", "",
    ),
    "imported by way of another module": (
        "from project.tools import g\ndef delay(a): return g(a)", "def g(x): return x",
        "from project.face import g\ndef delay(a): return g(a)", "def g(x): return x",
    ),
    "imported under another name of a module in between": (
        "from project.tools import g\ndef delay(a): return g(a)", "def g(x): return x",
        "from project.other_face import h as g\ndef delay(a): return g(a)", "def g(x): return x",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SAME)
def test_what_means_the_same_is_equal(make_module: ModuleMaker, case: str) -> None:
    make_module.write("from project.tools import g", "project.face")
    make_module.write("from project.face import g as h", "project.other_face")
    source, tools, other_source, other_tools = SAME[case]
    assert print_of(make_module, source, tools) == print_of(make_module, other_source, other_tools)


def test_modules_that_import_from_each_other_end(make_module: ModuleMaker) -> None:
    make_module.write("from project.right import g", "project.left")
    make_module.write("from project.left import g", "project.right")
    source = "def delay(a):\n    from project.left import g\n    return g(a)"
    assert print_of(make_module, source) is not None


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("from project.late import g", "project.late"),
        ("import project.late\n    g = project.late.g", "project.late"),
        ("from project.parts.late import g", "project.parts.late"),
        ("from project.parts import g", "project.parts.__init__"),
        ("from alone import g", "alone"),
        ("from .late import g", "project.late"),
    ],
)
def test_a_helper_that_nobody_imported_yet_counts(make_module: ModuleMaker, statement: str, name: str) -> None:
    source = f"def delay(a):\n    {statement}\n    return g(a)"
    make_module.write("def g(x): return x", name)
    before = print_of(make_module, source)
    assert name.removesuffix(".__init__") not in sys.modules
    make_module.write("def g(x): return x + 1", name)
    assert print_of(make_module, source) != before
    make_module.write("def g(x): return x", name)
    make_module("def g(x): return x", name).g(1)
    assert print_of(make_module, source) == before


def test_looking_for_modules_runs_none_of_them(make_module: ModuleMaker) -> None:
    make_module.write("raise SystemExit", "guarded.__init__")
    make_module.write("raise SystemExit", "guarded.late")
    source = "def delay(a):\n    from guarded.late import g\n    import no_such_module.inside\n    return g(a)"
    assert print_of(make_module, source) is not None
    assert "guarded" not in sys.modules
