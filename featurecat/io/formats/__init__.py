"""File formats, one adapter module each; listed in ``io/registry.py``."""
