"""Articles, passages, and finding them."""
