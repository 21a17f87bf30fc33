"""Durable: what was accepted is narrated once, whatever ends this process in between.

One DBOS workflow for each attempt at a stage of a narration, one DBOS step for each step of it.
DBOS keeps which steps are done and lets exactly one process run a workflow; the order of need, the
retries and the taking over from dead processes are ours. Only the open-source part is used.

Why each part is here: docs/notes/jobs.md.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from dbos import DBOS, SetWorkflowID, StepOptions, WorkflowStatus
from dbos import error as refusals

from aloud.errors import AloudError, DiskError, LibraryError, NotFound
from aloud.library import Library
from aloud.library.records import FINISHED
from aloud.serve.jobs import workflows
from aloud.serve.jobs.liveness import new_executor, open_liveness
from aloud.serve.jobs.patience import Patience, Verdict
from aloud.serve.jobs.stages import Stage, Step
from aloud.serve.jobs.workflows import deaths, narration_of

log = logging.getLogger(__name__)

_LOOK = 0.5  # seconds between two looks at what others posted, and whether they still live
_QUIET, _LONGEST_QUIET = 0.15, 1.0  # seconds after the last that was accepted, and in all
_SOME = 100  # narrations looked at, to find a few to begin
# Most of reading is waiting for an answer, twenty seconds at most.
_READERS = 4
# A process that dies is not the fault of the articles it worked on, but for one that ends every
# process that takes it up. Being killed so often in the middle of one article is no accident.
_MOST_DEATHS = 12
_SUSPECT = 4  # from so many deaths on it is worked on alone, so that no other is blamed for it
_DEADLY = "Aloud was ended again and again while it worked on this"
_DEADLY_HINT = "please report the page; the others go on without it"
_TIDY = 60.0  # seconds between two looks for what DBOS need not remember any more

_NOT_NOTED = "how far it has come could not be noted"
_NOT_NOTED_HINT = "make room on the disk, or see after the database; it goes on by itself"


class Jobs:
    """Begins narrations in order of need, and takes over those of processes that have died.

    One a process: DBOS has one instance.
    """

    def __init__(
        self,
        library: Library,
        reading: Sequence[Step],
        narrating: Sequence[Step],
        *,
        database_url: str,
        data: Path,
        slots: int = 2,
        patience: Patience | None = None,
    ) -> None:
        """``reading`` is done of articles that were not read yet, ``narrating`` of the others, in
        ``slots``. The library has to know of an article that it was read when ``reading`` ends."""
        self._library = library
        self._read = Stage("read", reading, _READERS, of_read=False)
        self._narrate = Stage("narrate", narrating, slots, of_read=True)
        self._patience = patience or Patience()
        # The attempt of a narration that failed here last, though DBOS may not know it: on a full
        # disk it can note no end either, and would take the attempt for running for ever.
        self._failures: dict[str, str] = {}
        self._alone = ""  # the narration that is worked on alone, "" if none is
        self._dead: set[str] = set()  # executors, as of the last look
        self._tidied = time.monotonic()
        self._called = 0.0  # when something was accepted last, by a clock that nobody can set
        self._said = ""  # what the log was told of the last look, "" if that went well
        self._wake, self._stopping = threading.Event(), threading.Event()
        self.executor = new_executor()
        self._liveness = open_liveness(database_url, data, self.executor)
        workflows.configure(database_url, data, self.executor)
        self._begun_by = {each.name: self._registered(each) for each in self._stages}
        DBOS.launch()
        self._thread = threading.Thread(target=self._dispatch, name="dispatcher", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Something was accepted, or has become more urgent."""
        self._called = time.monotonic()
        self._wake.set()

    def running(self) -> int:
        """How many narrations this process works on."""
        return sum(len(stage.running) for stage in self._stages)

    def close(self) -> None:
        """Begin nothing more, and let go. The speaker is to be closed first: running steps then
        end at their next utterance, and the narrations are gone on with by the next process."""
        self._stopping.set()
        self._wake.set()
        self._thread.join()
        while self.running():
            time.sleep(0.01)  # a step ends at its next utterance
        DBOS.destroy(destroy_registry=True)
        self._liveness.close()

    @property
    def _stages(self) -> tuple[Stage, Stage]:
        return self._read, self._narrate

    def _registered(self, stage: Stage) -> Callable[[str], None]:
        """The stage as DBOS knows it, here and in every other process, by its name."""

        @DBOS.workflow(name=stage.name, max_recovery_attempts=workflows.MANY)
        def attempt(narration_id: str) -> None:
            self._workflow(stage, narration_id)

        return attempt

    def _workflow(self, stage: Stage, narration_id: str) -> None:
        """All steps of one attempt. What went wrong is in the library when it returns."""
        stage.running.add(narration_id)
        try:
            for name, step in stage.steps:
                DBOS.run_step(StepOptions(name=name), _advised, step, narration_id)
            self._patience.forget(narration_id)
            self._failures.pop(narration_id, None)
        except AloudError as error:
            self._failed(narration_id, error)
        except Exception as error:
            # DBOS could not note a step: its tables lie where the library lies.
            self._failed(narration_id, LibraryError(_NOT_NOTED, hint=_NOT_NOTED_HINT))
            raise error
        finally:
            stage.running.discard(narration_id)
            self._alone = "" if self._alone == narration_id else self._alone
            self._wake.set()

    def _failed(self, narration_id: str, error: AloudError) -> None:
        verdict = self._patience.judge(narration_id, error)
        if verdict is not Verdict.INTERRUPTED:
            self._failures[narration_id] = DBOS.workflow_id or ""
        kept = True
        facts = {"narration": narration_id, "verdict": verdict.value}
        quiet = verdict is Verdict.INTERRUPTED
        said = "%s" if quiet else "a narration failed: %s"
        log.log(logging.INFO if quiet else logging.WARNING, said, type(error).__name__, extra=facts)
        if verdict.final:
            self._give_up(narration_id, error.message, error.hint)
        elif verdict.worth_saying:
            kept = self._library.narrations.note(narration_id, error.message, error.hint)
        if verdict.final or not kept:
            self._patience.forget(narration_id)  # it is over, or nobody wants it any more
            self._failures.pop(narration_id, None)

    def _give_up(self, narration_id: str, error: str, hint: str) -> None:
        """Failed, with the reason; and so is an article that was never read."""
        try:
            if self._library.narrations.fail(narration_id, error, hint):
                article_id = self._library.narrations.get(narration_id).article_id
                if not self._library.articles.record(article_id).revision:
                    self._library.articles.mark(article_id, "failed", error=error, hint=hint)
        except NotFound:
            log.info("it was removed meanwhile", extra={"narration": narration_id})

    def _dispatch(self) -> None:
        while not self._stopping.is_set():
            try:
                self._take_over()
                self._begin()
                self._tidy()
                self._said = ""
            except LibraryError as error:
                self._say(f"the library cannot be reached: {error.message}")
            except Exception as error:  # noqa: BLE001 - DBOS and drivers raise whatever they like
                self._say(f"a look at the jobs failed: {type(error).__name__}", error)
            self._wait()

    def _wait(self) -> None:
        """Until something is new. Fifty articles that are sent at once are all accepted before
        work on the first of them begins: what nobody listens to can wait for a moment."""
        self._wake.wait(_LOOK)
        longest = time.monotonic() + _LONGEST_QUIET
        while (left := min(self._called + _QUIET, longest) - time.monotonic()) > 0:
            if self._stopping.wait(left):
                return
        self._wake.clear()

    def _say(self, what: str, error: Exception | None = None) -> None:
        """In the log, once for as long as it lasts: there are two looks a second."""
        if what != self._said:
            log.error(what, exc_info=error)
        self._said = what

    def _take_over(self) -> None:
        """Free the workflows of processes that are gone."""
        pending = workflows.pending()
        others = {w.executor_id for w in pending if w.executor_id} - {self.executor}
        dead = self._liveness.dead(sorted(others))
        if not dead:
            return
        self._say_dead(dead)
        orphans = [w for w in pending if w.executor_id in dead]
        for workflow in sorted(orphans, key=deaths):
            if deaths(workflow) > _MOST_DEATHS:
                DBOS.cancel_workflow(workflow.workflow_id)
                self._give_up(narration_of(workflow), _DEADLY, _DEADLY_HINT)
            elif deaths(workflow) < _SUSPECT:
                workflows.recover(workflow)
            elif not self.running() and not self._alone:
                self._alone = narration_of(workflow)
                workflows.recover(workflow)

    def _say_dead(self, dead: list[str]) -> None:
        """In the log, once: a suspect may have to wait for its turn."""
        if new := sorted(set(dead) - self._dead):
            log.warning("taking over from %s", ", ".join(new))
        self._dead = set(dead)

    def _tidy(self) -> None:
        """Have DBOS forget the attempts at what is done, given up, cancelled or gone."""
        if time.monotonic() - self._tidied < _TIDY:
            return
        self._tidied = time.monotonic()
        ended = [each.workflow_id for each in workflows.over() if self._is_over(each)]
        if ended:
            DBOS.delete_workflows(ended)

    def _is_over(self, workflow: WorkflowStatus) -> bool:
        if workflow.name == self._read.name:
            return True  # the library knows whether the article was read
        try:
            return self._library.narrations.get(narration_of(workflow)).state in FINISHED
        except NotFound:
            return True

    def _begin(self) -> None:
        """Start what is needed most, as far as there are slots."""
        if self._alone:
            return
        for stage in self._stages:
            # Those that wait for their next try must not hide the ones behind them.
            limit = _SOME + self._patience.waiting()
            for narration in self._library.narrations.unfinished(limit, read=stage.of_read):
                if self._stopping.is_set():
                    return
                if narration.id in stage.running or not stage.has_room(narration):
                    continue
                if self._patience.over(narration.id):
                    self._start(stage, narration.id, narration.attempts)

    def _start(self, stage: Stage, narration_id: str, attempts: int) -> None:
        workflow = stage.attempt(narration_id, attempts)
        known = DBOS.get_workflow_status(workflow)
        failed_here = self._failures.get(narration_id) == workflow
        if known is not None and workflows.is_busy(known) and not failed_here:
            return  # somebody is at it
        if known is not None:
            # It ended and the narration did not: interrupted, or to be tried again.
            if not self._library.narrations.again(narration_id, attempts, read=stage.of_read):
                return  # another process has just said so, or has just read it
            workflow = stage.attempt(narration_id, attempts + 1)
        stage.running.add(narration_id)
        try:
            with SetWorkflowID(workflow, workflow_id_reuse_policy="reject"):
                DBOS.start_workflow(self._begun_by[stage.name], narration_id)
        except refusals.DBOSWorkflowIDInUseError:
            stage.running.discard(narration_id)  # another process was faster by a moment
        except BaseException:
            stage.running.discard(narration_id)
            raise


def _advised(step: Callable[[str], None], narration_id: str) -> None:
    """One step, whose every failure says whether it is worth another try."""
    try:
        step(narration_id)
    except AloudError:
        raise
    except OSError as error:
        raise DiskError(error.strerror or "the disk refuses", hint=_NOT_NOTED_HINT) from error
    except Exception as error:
        # A bug, here or in a library: tried for ever, it would take a slot from all the others.
        log.exception("a step failed in a way of its own", extra={"narration": narration_id})
        hint = "please report it, with the lines about it in the service's log"
        raise AloudError("something went wrong inside Aloud", hint=hint) from error
