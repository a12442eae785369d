"""The use cases: what each command does, apart from how it is typed and printed."""
