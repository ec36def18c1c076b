"""A person: one account for all her projects, and whether she may act for herself yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from commons_contracts.base import Refusal
from commons_contracts.codes import AccountState, Language, RefusalCode
from commons_contracts.ids import PLATFORM, Country, PersonId, Zone
from commons_contracts.profiles import PersonCameOfAge, PersonRegistered, RegisterPerson, ZoneChosen

from .calendar import beginning, known_zone, today

ADULT_YEARS = 18


def adult_from(birth_year: int, birth_month: int) -> date:
    """The first day of the month after the eighteenth birthday, as the day of birth is not kept (rules for safety, 34)."""
    later, month = divmod(birth_month, 12)
    return date(birth_year + ADULT_YEARS + later, month + 1, 1)


@dataclass(eq=False, kw_only=True)
class Person:
    """An account. Until she is an adult it waits for a guardian, and she is nowhere to be seen (journey J9.1)."""

    person: PersonId
    display_name: str
    birth_year: int
    birth_month: int
    country: Country
    language: Language
    zone: Zone
    state: AccountState

    def adult(self, at: datetime) -> bool:
        """Reckoned by the day it is where she lives; 18 whatever the age of digital consent (rules for safety, 34)."""
        return today(at, self.zone) >= adult_from(self.birth_year, self.birth_month)

    @property
    def comes_of_age(self) -> datetime:
        """When her first day as an adult begins."""
        return beginning(adult_from(self.birth_year, self.birth_month), self.zone)

    def may_act(self) -> None:
        if self.state == AccountState.PENDING_GUARDIAN:
            raise Refusal(RefusalCode.GUARDIAN_CONSENT_REQUIRED)

    def choose_language(self, language: Language) -> None:
        """How she is spoken to is hers to say; nobody else needs to hear of it."""
        self.may_act()
        self.language = language

    def choose_zone(self, zone: Zone, *, at: datetime) -> ZoneChosen:
        """By which clock she lives is hers to say; whoever shows her a time needs to hear of it."""
        self.may_act()
        self.zone = known_zone(zone)
        return ZoneChosen(project=PLATFORM, at=at, person=self.person, zone=self.zone)

    def come_of_age(self, *, at: datetime) -> list[PersonCameOfAge]:
        """From now on her own word is enough (journey J9.10)."""
        if self.state != AccountState.PENDING_GUARDIAN:
            return []
        self.state = AccountState.ACTIVE
        return [PersonCameOfAge(project=PLATFORM, at=at, person=self.person)]


def register(person: PersonId, account: RegisterPerson, *, at: datetime) -> tuple[Person, PersonRegistered]:
    """Anyone may register; whoever is no adult stays PENDING_GUARDIAN (journey J9.1)."""
    new = Person(
        person=person,
        display_name=account.display_name,
        birth_year=account.birth_year,
        birth_month=account.birth_month,
        country=account.country,
        language=account.language,
        zone=known_zone(account.zone),
        state=AccountState.ACTIVE,
    )
    if not new.adult(at):
        new.state = AccountState.PENDING_GUARDIAN
    return new, PersonRegistered(project=PLATFORM, at=at, person=person, state=new.state, zone=new.zone)
