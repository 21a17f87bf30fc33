"""The steps, each with its way back. A step that was released never changes."""
