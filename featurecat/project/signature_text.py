"""Signatures of functions as their source writes them."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from featurecat.definition.fingerprint import SourceText
from featurecat.project.concealing import Concealment
from featurecat.storage.redact import MASK

__all__ = ["signature_of"]


def signature_of(source: SourceText, concealment: Concealment) -> str:
    """Parameters and result of a function, on one line.

    Args:
        source: The function as written.
        concealment: Knows which defaults are secret; those are masked.

    Returns:
        Such as ``(spend: pd.Series, window: int = 3) -> pd.Series``.

    Example:
        >>> text = "def mean(spend: pd.Series, /, *, window: int=3, token='abc') -> pd.Series: ..."
        >>> signature_of(SourceText(1, 1, text, ast.parse(text).body[0]), Concealment({}, secrets=[], patterns=["token"]))
        "(spend: pd.Series, /, *, window: int = 3, token='***') -> pd.Series"
    """
    tree = source.tree
    writer = _Writer(source.text.splitlines(), source.line, concealment)
    result = "" if tree.returns is None else f" -> {writer.written(tree.returns)}"
    return f"({', '.join(writer.parameters(tree.args))}){result}"


class _Writer:
    """Writes parts of a function.

    Args:
        lines: Its lines.
        first: Number of the first one.
        concealment: Knows what is secret.
    """

    def __init__(self, lines: Sequence[str], first: int, concealment: Concealment) -> None:
        self._lines = lines
        self._first = first
        self._concealment = concealment

    def parameters(self, arguments: ast.arguments) -> list[str]:
        """The parameters in order, with the signs that part them."""
        before = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [None] * (len(before) - len(arguments.defaults))
        written = [
            self._parameter(one, given) for one, given in zip(before, [*defaults, *arguments.defaults], strict=True)
        ]
        if arguments.posonlyargs:
            written.insert(len(arguments.posonlyargs), "/")
        if arguments.vararg is not None:
            written.append(f"*{self._parameter(arguments.vararg, None)}")
        elif arguments.kwonlyargs:
            written.append("*")
        keywords = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        written += [self._parameter(one, given) for one, given in keywords]
        if arguments.kwarg is not None:
            written.append(f"**{self._parameter(arguments.kwarg, None)}")
        return written

    def _parameter(self, parameter: ast.arg, default: ast.expr | None) -> str:
        annotated = parameter.annotation is not None
        name = f"{parameter.arg}: {self.written(parameter.annotation)}" if parameter.annotation else parameter.arg
        if default is None:
            return name
        return f"{name}{' = ' if annotated else '='}{self._default(parameter.arg, default)}"

    def _default(self, name: str, default: ast.expr) -> str:
        texts = [part.value for part in ast.walk(default) if isinstance(part, ast.Constant)]
        hidden = any(self._concealment.hides(name, text) for text in texts if text is not None)
        return repr(MASK) if hidden else self.written(default)

    def written(self, part: ast.expr) -> str:
        """A part as it is written, where it fits a line; else as Python writes it."""
        number = part.lineno - self._first
        if part.end_lineno != part.lineno or not 0 <= number < len(self._lines):
            return " ".join(ast.unparse(part).split())
        line = self._lines[number]
        if line.isascii():
            return line[part.col_offset : part.end_col_offset]
        return line.encode()[part.col_offset : part.end_col_offset].decode("utf-8", "replace")
