"""What `capsim` and `python -m capsim` enter by: Ctrl-C is one line also while the rest is imported."""

import os
import sys

from capsim.exit_codes import INTERRUPTED, NOTHING_MORE


def main() -> None:
    """Import the command and run it."""
    try:
        from capsim.cli import main as command

        command()
    except KeyboardInterrupt:
        os.write(2, f"{NOTHING_MORE}\n".encode())
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
