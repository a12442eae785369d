"""Sources and inputs: what is read, from which file format, into which engine."""
