"""What the codes of evaluations and papers mean."""

from __future__ import annotations

from commons_contracts import codes

from .words import Words

EVALUATIONS: Words = {
    codes.EvaluationKind: (
        "What an evaluation looks back on.",
        {
            "SESSION": "One session.",
            "MID_POINT": "The first half of the agreed time.",
            "FINAL": "The whole of it.",
        },
    ),
    codes.Readers: (
        "Who may read what stands in an evaluation.",
        {
            "AUTHOR": "Nobody but who wrote it.",
            "PROJECT": "Who wrote it, and the project's coordinators.",
        },
    ),
    codes.PaperForm: (
        "In which form a paper can be had.",
        {
            "PDF": "A tagged PDF, to keep or to print.",
            "PAGE": "A page to read in a browser, or to print from there.",
            "BADGE": "A signed Open Badge 3.0, whose signature anybody can check.",
        },
    ),
}
