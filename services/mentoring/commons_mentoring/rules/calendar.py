"""What stands in someone's calendar: when, how sure it is, and a title that says nothing about anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from commons_contracts.codes import Language, Modality

TITLES: Mapping[Language, tuple[str, str]] = {
    Language.EN: ("Mentoring session", "Mentoring session (proposed)"),
    Language.SV: ("Mentorträff", "Mentorträff (föreslagen)"),
    Language.NB: ("Mentormøte", "Mentormøte (foreslått)"),
}
MODES: Mapping[Language, Mapping[Modality, str]] = {
    Language.EN: {
        Modality.ONLINE: "Online",
        Modality.FACE_TO_FACE: "In one place",
        Modality.HYBRID: "Online and in one place",
    },
    Language.SV: {Modality.ONLINE: "Online", Modality.FACE_TO_FACE: "På plats", Modality.HYBRID: "Online och på plats"},
    Language.NB: {
        Modality.ONLINE: "På nett",
        Modality.FACE_TO_FACE: "På stedet",
        Modality.HYBRID: "På nett og på stedet",
    },
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A session in one person's calendar."""

    session: UUID
    starts_at: datetime
    ends_at: datetime
    stands: bool
    mode: Modality
    sequence: int

    def title(self, language: Language) -> str:
        """The same for everyone: whoever looks over her shoulder learns neither with whom nor about what."""
        stands, proposed = TITLES[language]
        return stands if self.stands else proposed

    def where(self, language: Language) -> str:
        return MODES[language].get(self.mode, "")
