"""Nine patterns, each a module as people write it for Hamilton, with ``_run()`` as the program around it."""
