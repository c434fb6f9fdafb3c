"""Knows nothing of customer care: events, jobs, live updates, files, search, HTTP, secrets."""
