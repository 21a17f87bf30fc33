"""``aloud``, and ``python -m aloud``."""

import sys


def main() -> None:
    """The program, from its first moment on: Ctrl-C while it loads is no failure either."""
    try:
        from aloud.cli import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
