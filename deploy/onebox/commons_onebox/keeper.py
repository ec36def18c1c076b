"""Keeps the shared servers of one pytest run: `python -m commons_onebox.keeper OWNER_PID FOLDER`."""

import json
import os
import select
import shutil
import signal
import sys
from pathlib import Path

from commons_onebox.testing import start_nats, start_postgres


def main(owner: int, folder: Path) -> None:
    """Start both, print where they listen as one line of JSON, and stop them when the owner has ended."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ended = os.pidfd_open(owner)
    nats, postgres = start_nats(folder), start_postgres(folder)
    try:
        print(json.dumps({"admin_dsn": postgres.admin_dsn, "nats_url": nats.url}), flush=True)
        select.select([ended], [], [])
    finally:
        # Nobody needs what they hold: no need to end in order.
        nats.kill()
        postgres.process.send_signal(signal.SIGQUIT)
        postgres.process.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
