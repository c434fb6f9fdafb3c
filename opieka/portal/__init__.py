"""Pages for customers: help centre, widget, survey."""
