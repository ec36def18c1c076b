"""Servers that are killed and started again where they were."""

from __future__ import annotations

import subprocess
from dataclasses import replace

from commons_onebox.server import wait_until


def again(killed):
    """The same server in a new process, once it answers."""
    process = subprocess.Popen(killed.server.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert wait_until(lambda: killed.server.ready(process.pid), 30)
    return replace(killed, process=process)
