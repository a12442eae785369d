"""A catalog of features inside a Sphinx project: ``extensions = ["featurecat_sphinx"]``.

Only the catalog is read; no module of the user is imported.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from featurecat_sphinx.site import site_directory

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup", "site_directory"]

_STATIC = Path(__file__).parent / "static"
_STYLE = "fc/fc.css"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the domain, the directives, the settings and the pages with Sphinx."""
    from featurecat_sphinx.config import add_values, validate
    from featurecat_sphinx.domain import setup_domain
    from featurecat_sphinx.splicing import splice
    from featurecat_sphinx.state import close_site, open_site
    from featurecat_sphinx.version import VERSION

    add_values(app)
    app.connect("config-inited", validate)
    app.connect("builder-inited", _add_static, priority=400)
    app.connect("builder-inited", open_site, priority=450)
    setup_domain(app)
    app.connect("html-page-context", _add_scripts)
    app.connect("html-collect-pages", splice)
    app.connect("build-finished", close_site)
    app.add_css_file(_STYLE)
    return {"version": VERSION, "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}


def _add_static(app: Sphinx) -> None:
    if str(_STATIC) not in app.config.html_static_path:
        app.config.html_static_path.append(str(_STATIC))


def _add_scripts(_app: Sphinx, _name: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Put the scripts of every page into its head; one learns where the root of the site is."""
    if "pathto" not in context:
        return
    static = context["pathto"]("_static/fc", resource=True)
    root = static.removesuffix("_static/fc")
    scripts = (
        f'<script defer src="{static}/palette.js" data-fc-root="{root}"></script>\n'
        f'<script defer src="{static}/page.js"></script>\n'
    )
    context["metatags"] = context.get("metatags", "") + scripts
