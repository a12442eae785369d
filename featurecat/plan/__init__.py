"""What to run for a request, in which order, and when a value is let go."""
