"""Stages: an article is read first and narrated then, each in slots of its own.

Reading waits for other people's servers and takes a moment; narrating takes minutes. In the same
slots a wrong address would say so only when two long articles before it have been spoken.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aloud.library.records import Narration
from aloud.serve.jobs.need import Need

Step = tuple[str, Callable[[str], None]]  # its name, and what to call with a narration's id


@dataclass(slots=True)
class Stage:
    """Some of the steps, in one durable workflow, and who is at them in this process."""

    name: str
    steps: Sequence[Step]
    slots: int
    of_read: bool  # whether it is for articles that have been read
    running: set[str] = field(default_factory=set)  # narrations

    def has_room(self, narration: Narration) -> bool:
        """One slot more than there are is for an article that somebody is listening to already."""
        return self.slots - len(self.running) + (narration.priority == Need.LISTENING) > 0

    def attempt(self, narration_id: str, attempts: int) -> str:
        """The name of the workflow that this attempt is: one process runs a name."""
        return f"{narration_id}:{attempts}:{self.name}"
