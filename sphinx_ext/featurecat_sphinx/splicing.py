"""Pages of the catalog, put into the theme's shell: the shell is rendered once a depth, and a page is written only
where it changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util import logging

from featurecat_sphinx.digests import FeatureDigests
from featurecat_sphinx.docstrings import DocstringRenderer, DocumentedText
from featurecat_sphinx.exporting import downloads_kept, write_downloads
from featurecat_sphinx.model import Feature
from featurecat_sphinx.pages import Page
from featurecat_sphinx.pages.code import DOCSTRING
from featurecat_sphinx.shells import SHARED_NAMES, SHELL_NAMES, Shell
from featurecat_sphinx.state import Site, site_of
from featurecat_sphinx.version import VERSION

__all__ = ["splice"]

_logger = logging.getLogger(__name__)

_MANIFEST = "pages.json"


def splice(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Write the pages of the catalog; connected to ``html-collect-pages``, to which it gives no page."""
    builder = app.builder
    if isinstance(builder, StandaloneHTMLBuilder) and builder.name == "html" and app.env is not None:
        site = site_of(app.env)
        output = Path(app.outdir)
        kept = site.unchanged and downloads_kept(output, site.directory)
        if app.config.fc_feature_pages == "splice":
            splicer = _Splicer(app, builder, site)
            if not splicer.nothing_to_do():
                splicer.run()
        site.tell("downloads", 0, 1)
        if not kept:
            write_downloads(site.snapshot, site.options, site.catalog, output=output, memory=site.directory)
        site.tell("downloads", 1, 1)
    return iter(())


class _Splicer:
    """One build's pages."""

    def __init__(self, app: Sphinx, builder: StandaloneHTMLBuilder, site: Site) -> None:
        self.app = app
        self.builder = builder
        self.site = site
        self.output = Path(app.outdir)
        self.shells = [Shell.rendered(builder, name, site.directory) for name in SHELL_NAMES]
        self.before, self.settled = _read(site.directory / _MANIFEST, self.output)
        self.now: dict[str, list[str]] = {}
        self.warned = False
        config = app.config
        decided = (VERSION, site.options, config.fc_docstring_format, config.nitpicky, config.language)
        self.made = hashlib.sha256(repr((decided, [shell.digest for shell in self.shells])).encode()).hexdigest()

    def nothing_to_do(self) -> bool:
        """Whether the last build wrote these very pages, warned of nothing, and all of them are there."""
        if not self.site.unchanged or self.site.documents_changed or self.settled != self.made:
            return False
        if not all((self.output / address).is_file() for address in [*self.before, *self.shells[0].shared]):
            return False
        self.site.tell("pages", len(self.before), len(self.before))
        return True

    def run(self) -> None:
        documentation = self._documentation()
        site = self.site
        digests = FeatureDigests(site.snapshot, site.options.lineage_hops)
        total = len(site.snapshot.features)
        for number, (key, one) in enumerate(site.snapshot.features.items()):
            told = documentation.get(key, "")
            digest = digests.of(key, told)
            if not self._kept(one.address, digest):
                self._write(site.composer.feature(key, told), digest)
            if number % 50 == 0:
                site.tell("pages", number, total)
        site.tell("pages", total, total)
        for draft in site.composer.others():
            told = "" if draft.told is None else hashlib.sha256(repr(draft.told).encode("utf-8", "replace")).hexdigest()
            if not (told and self._kept(draft.address, told)):
                self._write(draft.make(), told)
        self._write_shared()
        self._sweep()

    def _write_shared(self) -> None:
        """Write what the shells share; they differ in their way to the root alone."""
        for name in SHARED_NAMES:
            path, text = self.output / name, self.shells[0].shared.get(name)
            if text is None:
                path.unlink(missing_ok=True)
            elif not path.is_file() or path.read_text(encoding="utf-8") != text:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")

    def _documentation(self) -> dict[str, str]:
        """Rendered docstrings by feature."""
        site, config = self.site, self.app.config
        texts = [
            DocumentedText(
                key=one.feature,
                text=one.doc or "",
                file=one.variants[0].file if one.variants else "",
                line=_documentation_line(one),
            )
            for one in site.snapshot.features.values()
            if not one.undocumented
        ]
        modules = {one.feature: one.module for one in site.snapshot.features.values()}
        renderer = DocstringRenderer(
            self.app,
            docstring_format=config.fc_docstring_format,
            cache_directory=Path(self.app.confdir, config.fc_cache_dir) if config.fc_cache_dir else site.directory,
            jobs=config.fc_jobs,
            address_of=site.snapshot.reference,
        )
        site.tell("docstrings", 0, len(texts))
        rendered = renderer.render(texts, batch_of=lambda text: modules[text.key])
        self.warned |= renderer.complained
        site.tell("docstrings", len(texts), len(texts))
        return rendered

    def _kept(self, address: str, digest: str) -> bool:
        """Whether a page is there already, made of the same."""
        known = self.before.get(address)
        if known is None or known[:2] != [self.made, digest] or not (self.output / address).is_file():
            return False
        self.now[address] = known
        return True

    def _write(self, page: Page, digest: str) -> None:
        if page.address.removesuffix(".html") in self.app.env.found_docs:
            self.warned = True
            _logger.warning(
                "%s is a document of yours; the page of the catalog with that address is left out",
                page.address,
                type="fc",
                subtype="collision",
            )
            return
        text = self.shells[page.address.count("/")].filled(page)
        written = hashlib.sha256(text.encode("utf-8", "xmlcharrefreplace")).hexdigest()
        path = self.output / page.address
        known = self.before.get(page.address)
        if known is None or known[2:] != [written] or not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", errors="xmlcharrefreplace")
        self.now[page.address] = [self.made, digest, written]

    def _sweep(self) -> None:
        """Remove the pages of what is gone, and write down those that are there."""
        for address in self.before.keys() - self.now.keys():
            if address.removesuffix(".html") in self.app.env.found_docs:
                continue
            path = self.output / address
            path.unlink(missing_ok=True)
            for parent in path.relative_to(self.output).parents[:-1]:
                directory = self.output / parent
                if directory.is_dir() and not any(directory.iterdir()):
                    directory.rmdir()
        path = self.site.directory / _MANIFEST
        fresh = path.with_suffix(".new")
        told = {"output": str(self.output), "pages": self.now, "settled": None if self.warned else self.made}
        fresh.write_text(json.dumps(told), encoding="utf-8")
        fresh.replace(path)


def _documentation_line(one: Feature) -> int:
    """Line of the file where the docstring begins; that of the function where it cannot be found."""
    if not one.variants:
        return 0
    variant = one.variants[0]
    found = DOCSTRING.search(variant.source_text or "")
    return variant.line + (found.group().count("\n") if found else 0)


def _read(path: Path, output: Path) -> tuple[dict[str, list[str]], str | None]:
    """What an earlier build wrote there, and what decided all of it if that build warned of nothing.

    Empty where it cannot be told, so that everything is written anew.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}, None
    pages = found.get("pages") if isinstance(found, dict) and found.get("output") == str(output) else None
    if isinstance(pages, dict) and all(isinstance(known, list) for known in pages.values()):
        return pages, found.get("settled")
    return {}, None
