"""One service as a process of its own, told all it needs by its environment: `python -m commons_chassis matching`."""

import sys
from importlib import import_module

from .run import main

if __name__ == "__main__":
    main(import_module(f"commons_{sys.argv[1]}.app").service)
