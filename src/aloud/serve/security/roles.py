"""Roles: what the listener who asks may do. Dependencies of routes, fed by the wall."""

from typing import Annotated

from fastapi import Depends, HTTPException, Request

from aloud.library.records import Bearer


def listening(request: Request) -> Bearer:
    """Who asks, whatever the role."""
    bearer = request.scope.get("state", {}).get("bearer")
    if not isinstance(bearer, Bearer):
        raise HTTPException(401, "this needs a token", headers={"WWW-Authenticate": "Bearer"})
    return bearer


def managing(bearer: Annotated[Bearer, Depends(listening)]) -> Bearer:
    """Who asks, where only those may who manage the instance."""
    if bearer.role != "manage":
        raise HTTPException(403, "this token may listen and not manage")
    return bearer


Listening = Annotated[Bearer, Depends(listening)]
Managing = Annotated[Bearer, Depends(managing)]
