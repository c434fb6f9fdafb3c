"""Threads and messages, whoever speaks, and what became of each message sent."""
