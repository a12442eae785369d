"""Hamilton's ``caching``. Caching of results."""
