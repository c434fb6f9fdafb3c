"""Customers: finding one, and everything known about them."""
