"""The expectations that come with featurecat, one file a family; listed in ``expectations/registry.py``."""
