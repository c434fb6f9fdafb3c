"""The demo shop "Trzy Sosny", the same from the same seed."""
