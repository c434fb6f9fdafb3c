"""Pages of this part of the portal."""
