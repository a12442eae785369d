"""``featurecat selftest``: whether the expectations of a project would notice data that break."""
