"""One process tree that dies together: no child of the server outlives a parent killed without warning."""

import ctypes
import multiprocessing
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2), Linux


def die_with_parent(parent: int | None = None) -> None:
    """Ask the kernel to kill this process when its parent goes; harmless in a process that nobody of ours started.

    `parent` is the process id that should be the parent; without it, the one that multiprocessing knows.
    """
    if parent is None:
        known = multiprocessing.parent_process()
        parent = known.pid if known else None
    if parent is None or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)
