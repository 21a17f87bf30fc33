"""Serve: the library, its narrations and its recordings, over HTTP, to any client.

An edge: it wires the rooms for those who ask from elsewhere, as `cli` does for those who type. It
decides nothing about articles or sound, and it must never answer anybody it does not know.
"""
