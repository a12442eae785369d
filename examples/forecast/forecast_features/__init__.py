"""Departures of the New York airports by week and by month, and what a forecast of them needs.

``periods`` brings two sources onto one index, ``history`` is a graph of its own that ``demand`` uses twice: once for
weeks, once for months.
"""
