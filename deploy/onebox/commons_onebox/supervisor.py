"""One parent that starts every process of a platform, starts again what dies, and stops all in order.

It is single-threaded and waits for signals only, so it can fork children that have everything imported already.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import Signals
from typing import Self

from commons_onebox import procs
from commons_onebox.server import Server, tail

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
STOP = (Signals.SIGINT, Signals.SIGTERM, Signals.SIGHUP)
ROLL, SCALE = Signals.SIGUSR1, Signals.SIGUSR2
WATCHED = (*STOP, ROLL, SCALE, Signals.SIGCHLD)

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 1.0
# Who ran this long before it died is started again at once; who died sooner waits twice as long each time.
SETTLED = 5.0
# So often a server is asked whether it only seems to run.
LOOK_EVERY = 5.0
# A signal this soon after the first one is its echo (a shell and make both pass it on), not impatience.
ECHO = 1.0

Say = Callable[[str], None]


class Stopped(Exception):
    """A signal asked the platform to stop."""


class TaskFailed(Exception):
    """A step of the start failed; the text says which, and shows the end of its log."""


@dataclass(kw_only=True)
class Child:
    """One process that should always run, or `once`; those of the highest `floor` are stopped first."""

    name: str
    body: Callable[[], object]
    log: Path
    stop_signal: Signals = Signals.SIGTERM
    grace: float = 10.0
    floor: int = 0
    once: bool = False
    pid: int = 0
    starts: int = 0
    began: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = 0.0
    code: int | None = None
    stuck: Callable[[], bool] = lambda: False
    look: float = 0.0

    @classmethod
    def serving(cls, server: Server, log: Path) -> "Child":
        """A child that becomes the server's own program, after making its folder ready."""

        def become() -> None:
            server.prepare()
            command = server.command()
            os.execvp(command[0], command)  # noqa: S606  no shell is wanted

        return cls(name=server.name, body=become, log=log, stop_signal=server.stop_signal, stuck=server.stuck)


class Supervisor:
    """Holds the children; `changed` is called with the pids whenever one of them started."""

    def __init__(self, say: Say, changed: Callable[[dict[str, int]], None]) -> None:
        self._say = say
        self._changed = changed
        self._children: list[Child] = []
        self._stopping = False

    def __enter__(self) -> Self:
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        # Grandchildren whose parent was killed come to us, so that none is left when we leave.
        _prctl(PR_SET_CHILD_SUBREAPER, 1)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)

    @property
    def pids(self) -> dict[str, int]:
        return {child.name: child.pid for child in self._children if child.pid}

    @property
    def names(self) -> list[str]:
        return [child.name for child in self._children]

    def start(self, *children: Child) -> None:
        for child in children:
            self._children.append(child)
            self._launch(child)

    def watch(self) -> int:
        """Keep everything running until ROLL or SCALE asks for other processes; raise Stopped when a signal asks to stop."""
        while not (asked := self._turn()):
            self._free_the_stuck()
        return asked

    def until(self, true: Callable[[], bool], seconds: float, name: str) -> None:
        """Keep everything running until `true`; raise TaskFailed when that takes too long."""
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                message = f"{name} was not ready within {seconds:.0f} s; the logs say why."
                raise TaskFailed(message)
            self._turn(0.02)

    def finish(self, tasks: Sequence[Child], seconds: float = 120.0) -> None:
        """Run these to their end, side by side; raise TaskFailed when one fails."""
        for task in tasks:
            task.once = True
        self.start(*tasks)
        self.until(lambda: all(task.code is not None for task in tasks), seconds, tasks[0].name)
        self._children = [child for child in self._children if child not in tasks]
        for task in tasks:
            if task.code:
                raise TaskFailed(f"The step {task.name} failed (log: {task.log}):\n{tail(task.log)}")

    def replace(self, name: str, successor: Child, ready: Callable[[], bool], seconds: float) -> None:
        """Start `successor`, and end who has this name in order once it is `ready`: for a moment both are at work.

        Raises TaskFailed where it does not come up in time; then all is as it was.
        """
        successor.name, successor.once = f"{name} (next)", True
        self.start(successor)
        try:
            self.until(lambda: ready() or successor.code is not None, seconds, name)
        except TaskFailed:
            self._end_at_once(successor)
            raise
        if successor.code is not None:
            self._end_at_once(successor)
            raise TaskFailed(f"{name} ended as it began (log: {successor.log}):\n{tail(successor.log)}")
        before = next(child for child in self._children if child.name == name)
        before.name, before.once = f"{name} (leaving)", True
        successor.name, successor.once = name, False
        self._changed(self.pids)
        self._let_go(before)

    def dismiss(self, name: str) -> None:
        """End who has this name in order, for good."""
        child = next(child for child in self._children if child.name == name)
        child.once = True
        self._let_go(child)

    def _let_go(self, child: Child) -> None:
        """End one in order, while the others are kept running."""
        if child.pid:
            os.kill(child.pid, child.stop_signal)
        try:
            self.until(lambda: not child.pid, child.grace, child.name)
        except TaskFailed:
            self._say(f"{child.name} did not stop in time and is ended at once")
        self._end_at_once(child)

    def _end_at_once(self, child: Child) -> None:
        if child.pid:
            os.kill(child.pid, Signals.SIGKILL)
        self._children.remove(child)
        self._changed(self.pids)

    def _turn(self, longest: float = 1.0) -> int:
        """One step of keeping everything running; ROLL or SCALE where that came meanwhile, or 0."""
        now = time.monotonic()
        for child in self._children:
            if not child.pid and child.due <= now and not child.once:
                self._launch(child)
        waiting = [child.due - now for child in self._children if not child.pid and not child.once]
        received = signal.sigtimedwait(WATCHED, max(0.0, min([longest, *waiting])))
        self._collect()
        if received is not None and received.si_signo in STOP:
            raise Stopped
        return received.si_signo if received is not None and received.si_signo in {ROLL, SCALE} else 0

    def _free_the_stuck(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.pid and child.look <= now:
                child.look = now + LOOK_EVERY
                if child.stuck():
                    self._say(f"{child.name} runs and cannot work (log: {child.log})")
                    os.kill(child.pid, child.stop_signal)

    def _launch(self, child: Child) -> None:
        child.starts += 1
        child.began = time.monotonic()
        child.pid = fork(child.body, child.log)
        self._changed(self.pids)

    def _collect(self) -> None:
        """Note every process that ended (adopted ones as well)."""
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                for child in self._children:
                    if child.pid == ended[0]:
                        self._ended(child, os.waitstatus_to_exitcode(ended[1]))

    def _ended(self, child: Child, code: int) -> None:
        child.pid, child.code = 0, code
        if child.once or self._stopping:
            return
        now = time.monotonic()
        child.pause = FIRST_PAUSE if now - child.began > SETTLED else min(LONGEST_PAUSE, child.pause * 2)
        child.due = now + child.pause
        how = f"was ended by {Signals(-code).name}" if code < 0 else f"ended with code {code}"
        self._say(f"{child.name} {how}; starting it again (log: {child.log})")

    def stop(self) -> None:
        """End all, floor by floor, each child within its grace; nothing that we started runs afterwards."""
        self._stopping = True
        patient_until = time.monotonic() + ECHO
        for floor in sorted({child.floor for child in self._children}, reverse=True):
            self._end([child for child in self._children if child.floor == floor], patient_until)
        self._children.clear()
        for pid in procs.tree(os.getpid())[1:]:
            with suppress(ProcessLookupError):
                os.kill(pid, Signals.SIGKILL)
        with suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)

    def _end(self, children: list[Child], patient_until: float) -> None:
        for child in children:
            if child.pid:
                os.kill(child.pid, child.stop_signal)
        end = time.monotonic() + max(child.grace for child in children)
        while any(child.pid for child in children) and time.monotonic() < end:
            received = signal.sigtimedwait(WATCHED, 0.1)
            self._collect()
            if received is not None and received.si_signo in STOP and time.monotonic() > patient_until:
                break
        for child in children:
            if child.pid:
                self._say(f"{child.name} did not stop in time and is ended at once")
                os.kill(child.pid, Signals.SIGKILL)


def fork(body: Callable[[], object], log: Path) -> int:
    """Run `body` in a process of its own that writes to `log` and ends when we end; return its pid."""
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        _become_child(parent, log)
        body()
        code = 0
    except SystemExit as leaving:
        if isinstance(leaving.code, str):
            print(leaving.code, file=sys.stderr)
        code = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:  # noqa: BLE001  the last frame of a process: whatever it was goes to its log
        sys.excepthook(*sys.exc_info())
    finally:
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _become_child(parent: int, log: Path) -> None:
    # A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which then stops all in order.
    os.setsid()
    _prctl(PR_SET_PDEATHSIG, Signals.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    for one in WATCHED:
        signal.signal(one, signal.SIG_DFL)
    with log.open("ab") as out, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)


def _prctl(option: int, argument: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, argument, 0, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
