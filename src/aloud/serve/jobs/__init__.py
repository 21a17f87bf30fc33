"""Jobs: what was accepted becomes a recording, in order of need, once, whatever crashes."""

from aloud.serve.jobs.durable import Jobs
from aloud.serve.jobs.need import Attention, Need
from aloud.serve.jobs.patience import Interrupted
from aloud.serve.jobs.prepared import Prepared
from aloud.serve.jobs.speaker import Speaker
from aloud.serve.jobs.staging import Staging
from aloud.serve.jobs.work import Work

__all__ = ["Attention", "Interrupted", "Jobs", "Need", "Prepared", "Speaker", "Staging", "Work"]
