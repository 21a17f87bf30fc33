"""The command line. Products go to standard output or into files, progress to standard error.

Nothing heavy is imported here before a command needs it: ``aloud --help`` loads no engine.
"""

from aloud.cli import keeping, narration, service
from aloud.cli.app import app, main

__all__ = ["app", "keeping", "main", "narration", "service"]
