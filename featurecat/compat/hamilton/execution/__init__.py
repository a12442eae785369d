"""Hamilton's ``execution``: executors, grouping, and internals."""
