"""Counting honestly what happened."""
