"""The pool's kernels, compiled before anyone waits for them."""

from __future__ import annotations

from uuid import UUID

import numpy as np

from commons_contracts.codes import Cefr

from .candidates import candidates
from .compile import compile_pool
from .people import People, Profile
from .weights import Rules


def warm() -> None:
    """Compile what lists need, or read it from disk: ten seconds the first time on a machine, half a second after."""
    both = (Profile(person=UUID(int=1), projects=(UUID(int=2),), languages=(("en", Cefr.C2),)),)
    pool = compile_pool(People(mentors=both, mentees=both), Rules(weights=()))
    candidates(pool, np.zeros(1, np.int32), 1)
