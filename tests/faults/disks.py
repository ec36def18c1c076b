"""Disks of our own: files with a file system in them, that can fill up or lose their power. Only root may mount them."""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from commons_onebox.server import wait_until

MEGABYTE = 1 << 20
GOING_DOWN, WITHOUT_A_FLUSH = 0x8004587D, 2
"""The kernel's own way to simulate a power cut (EXT4_IOC_SHUTDOWN): from here on nothing reaches the disk."""
BALLAST = "ballast"
LET_GO_SECONDS = 20.0


@dataclass(frozen=True)
class Disk:
    """A file system in the file `image`, mounted at `folder`."""

    image: Path
    folder: Path

    def lose_power(self) -> None:
        """What was written and not synced is gone; what is open cannot be used any more."""
        opened = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(opened, GOING_DOWN, struct.pack("I", WITHOUT_A_FLUSH))
        finally:
            os.close(opened)

    def come_back(self) -> None:
        """Mounted again, with what had reached it, as soon as the last who held it open has ended."""
        if not wait_until(lambda: _done("umount", str(self.folder)), LET_GO_SECONDS, pause=0.05):
            raise TimeoutError(self.folder)
        _mount(self.image, self.folder)

    def write_all(self) -> None:
        """What was written so far is kept."""
        _run("sync", "--file-system", str(self.folder))

    def fill(self) -> None:
        """Nothing more fits in."""
        with (self.folder / BALLAST).open("ab", buffering=0) as ballast:
            for size in (MEGABYTE, 4096, 1):
                with suppress(OSError):
                    while True:
                        ballast.write(b"\0" * size)

    def make_room(self) -> None:
        (self.folder / BALLAST).unlink()


@contextmanager
def disk(where: Path, megabytes: int) -> Iterator[Disk]:
    """One that is there for the block; skips the test, with the reason, where it cannot be made."""
    if why_not := _why_not():
        pytest.skip(why_not)
    one = Disk(where.with_suffix(".image"), where)
    where.mkdir(mode=0o755, parents=True)
    with one.image.open("wb") as image:
        image.truncate(megabytes * MEGABYTE)
    _run("mkfs.ext4", "-q", "-F", "-m", "0", str(one.image))
    _mount(one.image, one.folder)
    try:
        yield one
    finally:
        _run("umount", "--lazy", str(one.folder))
        one.image.unlink()


def _mount(image: Path, folder: Path) -> None:
    _run("mount", "-o", "loop", str(image), str(folder))


@cache
def _why_not() -> str:
    """Why this machine cannot make disks; empty where it can."""
    if os.geteuid() != 0:
        return "only root may mount an image of a disk"
    if missing := [name for name in ("mkfs.ext4", "mount", "umount") if shutil.which(name) is None]:
        return f"there is no {' and no '.join(missing)} to make an image of a disk with"
    return "" if Path("/dev/loop-control").exists() else "there are no loop devices to mount an image of a disk with"


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _done(*command: str) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
