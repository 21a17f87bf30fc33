"""Models: what clients send and get, field by field, as JSON and in the API's description.

They say what is allowed and turn records into answers. They decide nothing, and a noun of the
rooms never leaves the house without one.
"""
