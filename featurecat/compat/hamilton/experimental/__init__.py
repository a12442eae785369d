"""Hamilton's ``experimental``: a folder of modules."""
