"""Aloud turns any news article into something you can listen to."""

__version__ = "0.1.0"
