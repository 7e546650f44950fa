"""The second front end: ask from a terminal, get models, and look at what this machine has.

Answers go to stdout as they are written; everything else goes to stderr.
"""

from desktop.cli.entry import main

__all__ = ["main"]
