"""Hamilton's ``data_quality``: a folder of modules."""
