"""Articles: the list, the editor with its quality, importing."""
