"""Finding the passage that answers a question: pure functions and an in-memory index, no database."""
