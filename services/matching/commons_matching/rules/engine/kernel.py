"""How a kernel is compiled: to machine code without the interpreter's lock, kept on disk where anything may be kept; or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

PLAIN = "NUMBA_DISABLE_JIT"
"""Set in the environment before a kernel is imported: it stays plain Python, and the same comes out. For pools of a few dozen."""
F = TypeVar("F", bound=Callable[..., Any])
Flags = NDArray[np.bool_]
Small = NDArray[np.int8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


def kernel(function: F) -> F:
    """Compile `function` at its first call. Integers wrap silently inside: callers bound what they pass.

    Kept in NUMBA_CACHE_DIR or beside the files, for these very kernels: compiled ones have those that they call in them, so
    one that changed makes all of them anew. Where nothing can be kept they are compiled in each process.
    """
    if os.environ.get(PLAIN) == "1":
        return function
    import numba

    vars(numba.config)["CACHE_DIR"] = str(kept_in())
    try:
        return cast("F", numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # no place to keep it
        return cast("F", numba.njit(nogil=True)(function))


@cache
def kept_in() -> Path:
    """The folder of what these kernels were compiled to."""
    here, whole = Path(__file__).parent, sha256()
    for file in sorted(here.glob("*.py")):
        if b"@kernel" in (content := file.read_bytes()):
            whole.update(content)
    base = os.environ.get("NUMBA_CACHE_DIR") or here / "__pycache__"
    return Path(base) / f"kernels-{whole.hexdigest()[:16]}"
