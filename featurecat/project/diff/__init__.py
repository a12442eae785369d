"""What differs between two states of the definitions, how much that matters, and to whom."""
