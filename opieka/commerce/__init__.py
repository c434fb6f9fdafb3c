"""Orders, products and parcels: what a conversation is about."""
