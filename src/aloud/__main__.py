"""``python -m aloud``."""

from aloud.cli import main

if __name__ == "__main__":
    main()
