"""One service as a process of its own, told all it needs by its environment: `python -m commons_chassis matching`."""

import sys
from importlib import import_module

from .run import serve
from .settings import ServiceSettings

if __name__ == "__main__":
    name = sys.argv[1]
    serve(import_module(f"commons_{name}.app").service, ServiceSettings.of(name))
