"""Rules on personal data and other taints: who is given them, and whether what is said of them holds."""

from __future__ import annotations

from featurecat.definition.metadata import PII
from featurecat.project.lint.definitions import LintedDefinitions, Row, listed
from featurecat.project.lint.rule import Breach, Rule

__all__ = ["IDLE", "UNCLEARED", "UNDECLASSIFIED"]

_HOW = 'Declassify("{taint}", method="aggregate", reason="…", approved_by="…")'


def _undeclassified(row: Row, definitions: LintedDefinitions) -> Breach | None:
    borne = definitions.taints.get(row["feature"], {}).get(PII)
    if row["feature"] not in definitions.cleared or borne is None or borne["origin"] != "inherited":
        return None
    via = borne["via"]
    if via in definitions.rows and definitions.rows[via]["role"] == "raw":  # its own value, before it is checked
        via = definitions.taints[via][PII]["via"]
    return Breach(
        f"it says pii=False, and is made of personal data: it takes {via}",
        f"drop pii=False, or take it away: @feature(declassify={_HOW.format(taint=PII)})",
        observed={"taint": PII, "via": via},
    )


def _idle(row: Row, definitions: LintedDefinitions) -> Breach | None:
    feature = row["feature"]
    borne, reaching = definitions.taints.get(feature, {}), definitions.declassified.get(feature, {})
    still = [taint for taint in reaching if taint in borne]
    if still:
        says = "it declares it as well" if borne[still[0]]["origin"] == "declared" else "not every variant says so"
        return Breach(
            f"it declassifies {listed(still)} and bears it all the same: {says}",
            "say the same of every variant, and declare nothing that is taken away",
            observed={"taints": still},
        )
    idle = [taint for taint, reached in reaching.items() if not reached]
    if not idle:
        return None
    return Breach(
        f"it declassifies {listed(idle)}, which nothing it takes bears",
        "take the declassification out, or mend the name of the taint",
        observed={"taints": idle},
    )


def _uncleared(row: Row, definitions: LintedDefinitions) -> Breach | None:
    given = definitions.uncleared.get(row["feature"], ())
    if not given:
        return None
    consumers = list(dict.fromkeys(f"the {one['kind']} {one['consumer']}" for one in given))
    taints = list(dict.fromkeys(one["taint"] for one in given))
    first = given[0]
    return Breach(
        f"it bears {listed(taints)}, and {listed(consumers)} {'is' if len(consumers) == 1 else 'are'} not cleared for it",
        f'declassify it, or clear consumers.{first["consumer"]}: cleared = ["{first["taint"]}"]',
        observed={"taints": taints, "consumers": [one["consumer"] for one in given]},
    )


UNDECLASSIFIED = Rule(
    "undeclassified",
    "error",
    "what says pii=False is made of nothing personal, or declassifies it",
    "@feature(declassify=Declassify(…))",
    _undeclassified,
    frames="all",
)
IDLE = Rule(
    "idle-declassify",
    "warn",
    "a declassification takes something away",
    "@feature(declassify=Declassify(…))",
    _idle,
    frames="all",
)
UNCLEARED = Rule(
    "uncleared-consumer",
    "error",
    "consumers are given no taint that they are not cleared for",
    'cleared = ["pii"]',
    _uncleared,
    frames="all",
)
