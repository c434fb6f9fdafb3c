"""Asking how it went."""
