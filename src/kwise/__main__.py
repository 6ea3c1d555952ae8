"""``python -m kwise``: the command line, where the script ``kwise`` is not on the path."""

import sys

from kwise.cli import script

if __name__ == "__main__":
    sys.exit(script())
