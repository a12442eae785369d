"""The catalog: what we know about features and runs, as one disposable DuckDB file."""
