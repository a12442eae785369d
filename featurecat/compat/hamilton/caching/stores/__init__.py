"""Hamilton's ``caching.stores``. Caching of results."""
