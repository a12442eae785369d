"""Hamilton's ``plugins``: a folder of modules."""
