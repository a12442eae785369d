"""Runs plans: one loop, hooks around it, results built at its end."""
