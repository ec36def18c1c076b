"""The certificate of hours: what each of the two takes along from a mentorship that was completed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from commons_contracts.base import Refusal
from commons_contracts.codes import MentorshipState, RefusalCode, Role
from commons_contracts.ids import PersonId, derived

from .mentorship import Mentorship

CONTEXT = ("https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json")
MINUTES_AN_HOUR = 60


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """For one of the two. Its id follows from the mentorship and the person, so that the same is always the same one."""

    id: UUID
    holder: UUID
    """Names her in this certificate alone: two certificates do not say that they are of one person."""
    side: Role
    sessions: int
    minutes: int
    began_on: date
    ended_on: date
    issued_at: datetime

    @property
    def hours(self) -> float:
        return round(self.minutes / MINUTES_AN_HOUR, 2)


def certificate(
    mentorship: Mentorship, person: PersonId, *, sessions: int, minutes: int, began_on: date
) -> Certificate:
    """Once both have evaluated and it was completed (WESTEM mentor manual: the end of the cycle is reported)."""
    side = mentorship.side_of(person)
    if mentorship.state != MentorshipState.COMPLETED or mentorship.over_at is None:
        raise Refusal(RefusalCode.INVALID_TRANSITION, **{"from": mentorship.state, "to": MentorshipState.COMPLETED})
    return Certificate(
        id=derived("certificate", mentorship.id, person),
        holder=derived("certificate holder", mentorship.id, person),
        side=side,
        sessions=sessions,
        minutes=minutes,
        began_on=began_on,
        ended_on=mentorship.over_at.date(),
        issued_at=mentorship.over_at,
    )


def credential(it: Certificate, *, name: str, site: str, words: dict[str, str]) -> dict[str, Any]:
    """As an OpenBadgeCredential (Open Badges 3.0 of 1EdTech) with the claims of a JWT beside it.

    `site`: where the platform is known; `words`: `issuer`, `title`, `description`, `criteria` in one language.
    """
    urn, issuer = f"urn:uuid:{it.id}", f"{site}/badges/issuer"
    holder = f"urn:uuid:{it.holder}"
    return {
        "@context": list(CONTEXT),
        "id": urn,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": words["title"],
        "issuer": {"id": issuer, "type": ["Profile"], "name": words["issuer"], "url": site},
        "validFrom": _moment(it.issued_at),
        "credentialSubject": {
            "id": holder,
            "type": ["AchievementSubject"],
            "identifier": [{"type": "IdentityObject", "hashed": False, "identityHash": name, "identityType": "name"}],
            "role": it.side.value,
            "creditsEarned": it.hours,
            "activityStartDate": f"{it.began_on.isoformat()}T00:00:00Z",
            "activityEndDate": f"{it.ended_on.isoformat()}T00:00:00Z",
            "achievement": {
                "id": f"{site}/badges/mentorship-hours",
                "type": ["Achievement"],
                "achievementType": "CertificateOfCompletion",
                "name": words["title"],
                "description": words["description"],
                "criteria": {"narrative": words["criteria"]},
            },
        },
        "iss": issuer,
        "jti": urn,
        "sub": holder,
        "nbf": int(it.issued_at.timestamp()),
    }


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
