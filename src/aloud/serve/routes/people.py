"""People: who listens here, and the tokens they are known by. For those who manage."""

from typing import Annotated

from fastapi import APIRouter, Path

from aloud.errors import Conflict
from aloud.serve.models.hosting import (
    ListenerIn,
    ListenerOut,
    Listeners,
    TokenIn,
    TokenIssued,
    TokenOut,
    Tokens,
)
from aloud.serve.models.words import Id
from aloud.serve.routes.articles import forget
from aloud.serve.routes.asking import Held, Manager, refusals

router = APIRouter(prefix="/api", tags=["Listeners"])


@router.get("/listeners", summary="List the listeners", responses=refusals())
def list_listeners(me: Manager, service: Held) -> Listeners:
    """By name."""
    everybody = service.library.listeners.all()
    return Listeners(listeners=[ListenerOut.of(listener) for listener in everybody])


@router.post(
    "/listeners", status_code=201, summary="Add a listener", responses=refusals(409, body=True)
)
def post_listener(listener: ListenerIn, me: Manager, service: Held) -> ListenerOut:
    """Somebody with a list, a queue and places of their own."""
    return ListenerOut.of(service.library.listeners.add(listener.name))


@router.delete(
    "/listeners/{id}",
    status_code=204,
    summary="Remove a listener",
    responses=refusals(404, 409, 422),
)
def delete_listener(
    id: Annotated[Id, Path(description="Of a listener")], me: Manager, service: Held
) -> None:
    """With all that is theirs. Nobody can remove themselves."""
    listener = service.library.listeners.get(id)
    if listener.id == me.listener.id:
        said = "this is who you are"
        raise Conflict(said, subject=listener.name, hint="ask another who manages to do it")
    forget(service, service.library.listeners.remove(listener.name))
    service.forget()


@router.get("/tokens", summary="List the tokens", responses=refusals())
def list_tokens(me: Manager, service: Held) -> Tokens:
    """Without their secrets, which are nowhere."""
    return Tokens(tokens=[TokenOut.of(token) for token in service.library.listeners.tokens()])


@router.post("/tokens", status_code=201, summary="Issue a token", responses=refusals(body=True))
def post_token(token: TokenIn, me: Manager, service: Held) -> TokenIssued:
    """The token is shown in this answer, and never again."""
    secret = service.library.listeners.issue(token.listener, token.role, token.label)
    service.forget()  # with the first token, nobody comes in without one any more
    return TokenIssued(token=secret)


@router.delete(
    "/tokens/{id}", status_code=204, summary="Take a token back", responses=refusals(404, 422)
)
def delete_token(
    id: Annotated[Id, Path(description="Of a token")], me: Manager, service: Held
) -> None:
    """Sessions that were opened with it end too."""
    service.library.listeners.revoke(id)
    service.forget()
