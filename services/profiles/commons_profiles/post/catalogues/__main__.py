"""`make letters`."""

import sys

from . import NAMES, update

for language in NAMES:
    sys.stdout.write(f"{language}: {update(language)} texts without a translation\n")
