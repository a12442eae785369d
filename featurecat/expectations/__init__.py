"""Expectations on values: what they are, which kinds there are, and judging by them."""
