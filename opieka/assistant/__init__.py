"""Understand, answer from the articles, or hand over."""
