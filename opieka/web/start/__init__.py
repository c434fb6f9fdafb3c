"""The first steps: from nothing to the first conversation in ten minutes."""
