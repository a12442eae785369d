"""``featurecat lint``: rules on definitions; no data is read."""
