"""Hamilton's ``experimental.decorators``: a folder of modules."""
