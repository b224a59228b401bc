"""What the command ends with. It imports nothing, so that it is there first."""

WRONG_INPUT = 2
"""Exit code where the input is wrong; nothing was written."""
FAILED = 1
"""Exit code where the world does not do what it was asked, such as a device that is full; or of a bug."""
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells count it (128 + SIGINT)."""
NOTHING_MORE = "interrupted, nothing more was written"
