"""The domain ``fc``: roles that lead to pages of the catalog, and objects that other projects can refer to."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Set
from typing import Any, ClassVar

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.domains import Domain, ObjType
from sphinx.environment import BuildEnvironment
from sphinx.roles import XRefRole
from sphinx.util import logging

from featurecat_sphinx.directives import DIRECTIVES, add_blocks
from featurecat_sphinx.model import Snapshot
from featurecat_sphinx.placements import Placements, note_use, outdated_documents
from featurecat_sphinx.roles import CountRole
from featurecat_sphinx.state import site_of, snapshot_of

__all__ = ["FeatureDomain", "setup_domain"]

_logger = logging.getLogger(__name__)
_KINDS = ("feature", "mod", "owner", "tag", "check", "source", "entity")


class _Reference(XRefRole):
    """A role whose use is written down, so that a document is read again when its target moves."""

    def process_link(
        self, env: BuildEnvironment, refnode: nodes.Element, has_explicit_title: bool, title: str, target: str
    ) -> tuple[str, str]:
        """Take the name apart: ``~module.name`` shows the name alone."""
        if not has_explicit_title and target.startswith("~"):
            target = target[1:]
            title = target.rpartition(".")[2]
        kind = refnode["reftype"]
        note_use(env, f"{kind}:{target}", snapshot_of(env).reference(kind, target))
        return title, target


class FeatureDomain(Domain):
    """What a catalog holds, as objects that documents refer to."""

    name = "fc"
    label = "featurecat"
    object_types: ClassVar[dict[str, ObjType]] = {kind: ObjType(kind, kind) for kind in _KINDS}
    roles: ClassVar[dict[str, Any]] = {
        **{kind: _Reference(warn_dangling=True) for kind in _KINDS},
        "count": CountRole(),
    }
    directives: ClassVar[dict[str, Any]] = DIRECTIVES
    initial_data: ClassVar[dict[str, Any]] = {"uses": {}}
    data_version = 1

    @property
    def placements(self) -> Placements:
        """What documents use."""
        return Placements(self.data["uses"])

    def clear_doc(self, docname: str) -> None:
        """Forget what a document uses."""
        self.placements.forget(docname)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process has read."""
        self.placements.merge(docnames, otherdata["uses"])

    def resolve_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: pending_xref,
        contnode: nodes.Element,
    ) -> nodes.reference | None:
        """Lead to a page of the catalog; a name that is nowhere is told with the nearest one."""
        snapshot = snapshot_of(env)
        address = snapshot.reference(typ, target)
        if address is None:
            near = difflib.get_close_matches(target, _names(snapshot, typ), n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            _logger.warning(
                "the catalog has no %s %r%s", typ, target, hint, location=node, type="fc", subtype="reference"
            )
            node["refwarn"] = False
            return None
        return _reference(builder, fromdocname, address, contnode)

    def resolve_any_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: nodes.Element,
    ) -> list[tuple[str, nodes.reference]]:
        """Everything of that name."""
        snapshot = snapshot_of(env)
        found = ((kind, snapshot.reference(kind, target)) for kind in _KINDS)
        return [
            (f"fc:{kind}", _reference(builder, fromdocname, address, contnode))
            for kind, address in found
            if address is not None
        ]

    def get_objects(self) -> Iterable[tuple[str, str, str, str, str, int]]:
        """What other projects may refer to."""
        for name, kind, address in site_of(self.env).objects(_objects):
            yield name, name, kind, address.removesuffix(".html"), "", 1

    def get_full_qualified_name(self, node: nodes.Element) -> str | None:
        """The name that the inventory knows."""
        target = node.get("reftarget")
        return str(target) if target else None


def _objects(snapshot: Snapshot) -> list[tuple[str, str, str]]:
    """Name, kind and address of everything that has a page."""
    found = ((name, kind, snapshot.reference(kind, name)) for kind in _KINDS for name in _names(snapshot, kind))
    return [(name, kind, address) for name, kind, address in found if address is not None]


def _names(snapshot: Snapshot, kind: str) -> list[str]:
    known: dict[str, Iterable[str]] = {
        "feature": snapshot.features,
        "mod": snapshot.modules,
        "owner": snapshot.by_owner,
        "tag": snapshot.by_tag,
        "check": snapshot.by_check,
        "source": snapshot.sources,
        "entity": snapshot.by_entity,
    }
    return list(known.get(kind, ()))


def _reference(builder: Builder, document: str, address: str, content: nodes.Element) -> nodes.reference:
    root = "../" * document.count("/")
    if builder.name == "dirhtml":
        root = "../" * (document.count("/") + (document != "index"))
    return nodes.reference("", "", content.deepcopy(), internal=True, refuri=f"{root}{address}")


def setup_domain(app: Sphinx) -> None:
    """Register the domain, its blocks, and what makes documents be read again."""
    app.add_domain(FeatureDomain)
    add_blocks(app)
    app.connect("env-get-outdated", _outdated)


def _outdated(
    app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
) -> Iterator[str] | list[str]:
    domain = env.domains["fc"]
    assert isinstance(domain, FeatureDomain)
    site = site_of(env)
    site.documents_changed = bool(added or changed or removed)
    if site.unchanged:
        return []
    return sorted(set(outdated_documents(env, domain.placements)) - added - changed - removed)
