"""``featurecat check``: whether published data, or data computed for the purpose, are as expected."""
