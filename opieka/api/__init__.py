"""The public REST API and the doors for hooks."""
