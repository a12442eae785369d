"""Other libraries' module names, on featurecat's machinery."""
