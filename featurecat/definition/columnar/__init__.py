"""What the columns of a function's result are made of, read from its source; nothing is run."""
