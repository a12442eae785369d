"""Features of one flight: what is known before it leaves, and what became of it.

One topic is two modules: ``<topic>_pandas`` and ``<topic>_polars`` define the same features with equal
values. ``operations_*`` hold the arithmetic they share and ``vocabulary`` the words; neither defines features.
"""
