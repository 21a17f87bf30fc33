"""Engines: one module each, which never import each other."""
