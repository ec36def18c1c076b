"""Where each measured process begins: `python -m tests.bench.begin KIND TOLD`."""

from __future__ import annotations

import json
import sys

import uvloop

from commons_chassis import log

from . import asking, hearing, pairs, peer, serving
from .peers import monolith, naive

KINDS = {
    "serving": serving.run,
    "hearing": hearing.run,
    "asking": asking.run,
    "pairs": pairs.serve,
    "peer": peer.run,
    "naive": naive.run,
    "monolith": monolith.run,
}

log.set_up(sys.argv[1], "WARNING")
uvloop.run(KINDS[sys.argv[1]](**json.loads(sys.argv[2])))
