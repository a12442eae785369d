"""Features of the planes that left New York in 2013, written for Hamilton."""
