"""Template tags and filters of the console and the portal."""
