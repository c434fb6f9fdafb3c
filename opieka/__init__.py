"""Opieka: self-hosted customer care, Polish first."""

__version__ = "0.1.0"
