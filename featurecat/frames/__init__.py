"""Tables and columns of several libraries behind one set of verbs."""
