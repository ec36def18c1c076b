"""How a kernel is compiled: to machine code without the interpreter's lock, kept on disk where anything may be kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

F = TypeVar("F", bound=Callable[..., Any])
Flags = NDArray[np.bool_]
Small = NDArray[np.int8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


def kernel(function: F) -> F:
    """Compile `function` at its first call. Integers wrap silently inside: callers bound what they pass.

    Kept beside the file or in NUMBA_CACHE_DIR; where neither can be written, compiled anew in each process. Kernels of other files are taken in as they were when this one was compiled: clear the cache after changing them.
    """
    try:
        return cast("F", numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # no place to keep it
        return cast("F", numba.njit(nogil=True)(function))
