"""``python -m exsim`` is the console script ``exsim``."""

from __future__ import annotations

import sys

from exsim.cli import main

if __name__ == "__main__":
    sys.exit(main())
