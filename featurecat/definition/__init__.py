"""What a feature is: functions read into nodes, variants and conditions, with fingerprints."""
