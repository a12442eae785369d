"""What a gate found, written down: for people, for programs, and for the services that run them."""

from __future__ import annotations

from featurecat.reports.counting import counts, counts_line, verdict
from featurecat.reports.places import below
from featurecat.reports.registry import PLUGIN_GROUP, REPORTS, ReportFormat, find_report, report_names

__all__ = [
    "PLUGIN_GROUP",
    "REPORTS",
    "ReportFormat",
    "below",
    "counts",
    "counts_line",
    "find_report",
    "report_names",
    "verdict",
]
