"""What is spoken per role: a listener's own, of words that are spoken once all the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aloud.article import Article, Block, Role, State
from aloud.library.records import Listener, Narration, Preferences, Wish
from aloud.serve.service import Service
from aloud.settings import Settings

pytestmark = pytest.mark.slow

ARTICLE = Article(
    url="",
    blocks=(
        Block("b0", Role.HEADLINE, "The harbour opens", State.SPOKEN),
        Block("b1", Role.PARAGRAPH, "The first boats went out at dawn.", State.SPOKEN),
        Block("b2", Role.CAPTION, "The new pier in the morning.", State.SHOWN, "caption"),
        Block("b3", Role.QUOTE, "We waited long enough for it.", State.SPOKEN),
        Block("b4", Role.PARAGRAPH, "Ferries will follow in June.", State.SPOKEN),
    ),
)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = Service(Settings(data=str(tmp_path / "data")))
    yield made
    made.close()


def sent(service: Service, listener: Listener) -> Narration:
    made = service.library.articles.accept(
        listener.id, url="", source="html", identity="sha256:a", narrate=Wish("tone/beep")
    )
    service.library.articles.add_revision(made.article.id, ARTICLE)
    assert made.narration is not None
    return made.narration


def asked(service: Service, narration: Narration) -> Narration:
    return service.library.narrations.ask(narration.article_id, narration.listener_id, "tone/beep")


def spoken(service: Service, narration: Narration) -> str:
    for _, step in service.work.steps[:4]:
        step(narration.id)
    written = service.library.narrations.get(narration.id)
    return " ".join(u.text for u in service.work.prepare(written).script.utterances)


def prefer(service: Service, listener: Listener, *roles: tuple[Role, State]) -> None:
    service.library.listeners.prefer(listener.id, lambda before: Preferences(roles=roles))


def test_other_roles_lead_to_a_new_narration_in_which_only_the_new_is_spoken(service):
    me = service.library.listeners.me()
    narration = sent(service, me)
    before = spoken(service, narration)
    assert "pier" not in before
    assert "waited" in before
    assert asked(service, narration).id == narration.id
    made = service.speaker.made
    prefer(service, me, (Role.CAPTION, State.SPOKEN), (Role.QUOTE, State.SHOWN))
    again = asked(service, narration)
    assert again.id != narration.id
    now = spoken(service, again)
    assert "pier" in now
    assert "waited" not in now
    assert service.speaker.made == made + 1


def test_a_block_that_was_chosen_stays_as_it_was_chosen(service):
    me = service.library.listeners.me()
    narration = sent(service, me)
    spoken(service, narration)
    prefer(service, me, (Role.CAPTION, State.SPOKEN), (Role.QUOTE, State.SHOWN))
    articles = service.library.articles
    articles.choose(narration.article_id, "b3", State.SPOKEN)
    articles.choose(narration.article_id, "b2", State.REMOVED)
    said = spoken(service, asked(service, narration))
    assert "waited" in said
    assert "pier" not in said


def test_what_one_listener_wants_changes_nothing_for_another(service):
    me, ann = service.library.listeners.me(), service.library.listeners.add("Ann")
    mine, hers = sent(service, me), sent(service, ann)
    assert mine.article_id == hers.article_id
    prefer(service, ann, (Role.QUOTE, State.SHOWN))
    assert "waited" in spoken(service, asked(service, mine))
    assert "waited" not in spoken(service, asked(service, hers))
    assert asked(service, mine).lexicon == ""
