"""Security: who may ask for what, from where, and how much of it.

`Door` stands before the server's parser and `Wall` before every route. Each check of the wall is a
decision in a module of its own, and answers with a `Refusal` that says what to do.
"""

from aloud.serve.door import Door
from aloud.serve.security.bodies import Limits
from aloud.serve.security.hosts import is_loopback, refuse_open_address
from aloud.serve.security.identity import session_cookie
from aloud.serve.security.rates import Bucket, charge, within
from aloud.serve.security.roles import Listening, Managing
from aloud.serve.security.wall import Wall

__all__ = [
    "Bucket",
    "Door",
    "Limits",
    "Listening",
    "Managing",
    "Wall",
    "charge",
    "is_loopback",
    "refuse_open_address",
    "session_cookie",
    "within",
]
