"""A page of the theme with gaps, made small: what all pages repeat is most of a page."""

from __future__ import annotations

import hashlib
import html
import json
import re
from pathlib import Path

from sphinx.builders.html import StandaloneHTMLBuilder

from featurecat_sphinx.pages import Page

__all__ = ["SHARED_NAMES", "SHELL_NAMES", "Shell"]

#: Names under which the theme renders shells: as deep as the pages that are put into them.
SHELL_NAMES = ("fc-shell", "modules/fc-shell", "features/fc-module/fc-shell")
#: What all pages share is kept once, relative to the root of the site: pictures of buttons, and styles.
SHARED_NAMES = _SCRIPT, _STYLES = "data/shell.js", "data/shell.css"
_TITLE, _DESCRIPTION, _BODY = "fctitleplaceholder", "fcdescriptionplaceholder", "fcbodyplaceholder"
_MOST_TITLE = 120
_MOST_DESCRIPTION = 160
_AS_IT_IS = re.compile(r"(<(pre|script|textarea)\b.*?</\2\s*>)", re.DOTALL | re.IGNORECASE)
_COMMENT = re.compile(r"<!--(?!\[).*?-->", re.DOTALL)
_LINES = re.compile(r"\s*\n\s*")
#: Space before these is never shown.
_BEFORE_BLOCKS = re.compile(
    r"\n(?=</?(?:div|aside|header|footer|article|nav|form|ul|li|meta|link|script|style|title|head|body|input)\b)"
)
_DEFAULTS = re.compile(r"(?<=[\"\w]) type=\"text/(?:css|javascript)\"(?=[^<>]*>)")
_SHEET = re.compile(r"(<svg\b[^>]*display:\s*none[^>]*>)((?:\s*<symbol\b.*?</symbol>)+\s*)(</svg>)", re.DOTALL)
_SYMBOL = re.compile(r"<symbol\b[^>]*?\bid=\"(?P<id>[^\"]+)\".*?</symbol>", re.DOTALL)
_BUTTON = re.compile(r"<button\b.*?</button>", re.DOTALL)
_PICTURED = re.compile(r"(<button class=\"(?P<class>[\w-]+)\"[^>]*>)(?P<inside>\s*<svg\b.*?)(</button>)", re.DOTALL)
_ARROW = re.compile(r"(<a href=\"#\" class=\"back-to-top\b[^>]*>)(?P<inside>\s*<svg\b.*?</svg>)", re.DOTALL)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_USE = re.compile(r"<use\b[^>]*?href=\"#([^\"]+)\"")


class Shell:
    """A page of the theme with gaps.

    Args:
        text: The page.
        root: From the page to the root of the site.

    Attributes:
        shared: Texts of the files that all pages share, by their place below the root of the site.
        digest: Of the text.
    """

    def __init__(self, text: str, root: str = "") -> None:
        text, script = _without_symbols(_compact(text), root)
        text, styles = _without_styles(text, root)
        self.shared = {name: kept for name, kept in ((_SCRIPT, script), (_STYLES, styles)) if kept}
        self.digest = hashlib.sha256(repr((text, self.shared)).encode()).hexdigest()
        # the gap of the body comes last: what fills it is never looked through
        self._parts = re.split(f"({_TITLE}|{_DESCRIPTION}|{_BODY})", text)

    @classmethod
    def rendered(cls, builder: StandaloneHTMLBuilder, name: str, directory: Path) -> Shell:
        """Have the theme render it."""
        path = directory / "shell.html"
        context = {"title": _TITLE, "body": _BODY, "metatags": f'<meta name="description" content="{_DESCRIPTION}">\n'}
        builder.handle_page(name, context, "page.html", outfilename=path)
        text = path.read_text(encoding="utf-8")
        path.unlink()
        return cls(text, "../" * name.count("/"))

    def filled(self, page: Page) -> str:
        """The shell around a page."""
        filling = {
            _TITLE: html.escape(_short(page.title, _MOST_TITLE)),
            _DESCRIPTION: html.escape(_short(page.description, _MOST_DESCRIPTION)),
            _BODY: page.body,
        }
        return "".join(filling.get(part, part) for part in self._parts)


def _compact(text: str) -> str:
    """HTML without comments and indentation, where neither is told apart."""
    parts = _AS_IT_IS.split(text)
    # two groups a match: the element as it is, and its name
    return "".join(
        part if place % 3 == 1 else _DEFAULTS.sub("", _BEFORE_BLOCKS.sub("", _LINES.sub("\n", _COMMENT.sub("", part))))
        for place, part in enumerate(parts)
        if place % 3 != 2
    )


def _without_symbols(text: str, root: str) -> tuple[str, str]:
    """A page whose sheet of pictures holds only what must be there without scripts, and the script with the rest.

    Buttons do nothing without scripts, so that their pictures can come with one; those that nothing shows are dropped.
    """
    sheet = _SHEET.search(text)
    if sheet is None:
        return text, ""
    needed = set(_USE.findall(_BUTTON.sub("", text)))
    shown = set(_USE.findall(text))
    symbols = {match["id"]: _LINES.sub("", match.group()) for match in _SYMBOL.finditer(sheet[2])}
    kept = "".join(symbol for name, symbol in symbols.items() if name in needed)
    later = "".join(symbol for name, symbol in symbols.items() if name in shown - needed)
    text = f"{text[: sheet.start()]}{sheet[1]}{kept}{sheet[3]}{text[sheet.end() :]}"
    if not later:
        return text, ""
    insides = {match["class"]: match["inside"] for match in _PICTURED.finditer(text)}
    text = _PICTURED.sub(
        lambda match: match[1] + match[4] if insides[match["class"]] == match["inside"] else match[0], text
    )
    script = f'document.querySelector("body>svg").insertAdjacentHTML("beforeend",{json.dumps(later)});\n' + "".join(
        f"for(const button of document.querySelectorAll({json.dumps(f'button.{name}:empty')}))"
        f"button.innerHTML={json.dumps(inside)};\n"
        for name, inside in insides.items()
    )
    # the link to the top shows itself by script, too
    if arrow := _ARROW.search(text):
        text = text.replace(arrow.group(), arrow[1], 1)
        script += (
            f'document.querySelector("a.back-to-top").insertAdjacentHTML("afterbegin",{json.dumps(arrow["inside"])});\n'
        )
    head, _, tail = text.rpartition("</body>")
    return f'{head}<script src="{root}{_SCRIPT}"></script></body>{tail}', script


def _without_styles(text: str, root: str) -> tuple[str, str]:
    """A page with a link in place of the styles in its head, and those styles."""
    head, body = text[: text.find("<body")], text[text.find("<body") :]
    styles = "\n".join(_STYLE.findall(head))
    if not styles:
        return text, ""
    link = f'<link rel="stylesheet" href="{root}{_STYLES}">'
    return _STYLE.sub("", _STYLE.sub(link, head, count=1)) + body, styles


def _short(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
