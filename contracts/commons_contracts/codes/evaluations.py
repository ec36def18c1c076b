"""What evaluations are, and who reads them."""

from __future__ import annotations

from enum import StrEnum


class EvaluationKind(StrEnum):
    """Also the name of the question set that is asked."""

    SESSION = "SESSION"
    MID_POINT = "MID_POINT"
    FINAL = "FINAL"


class Readers(StrEnum):
    """AUTHOR: nobody but her, whoever asks. PROJECT: the project's coordinators as well."""

    AUTHOR = "AUTHOR"
    PROJECT = "PROJECT"


class PaperForm(StrEnum):
    """PDF: tagged. PAGE: to read and print in a browser. BADGE: a signed Open Badge."""

    PDF = "PDF"
    PAGE = "PAGE"
    BADGE = "BADGE"
