"""Made-up people: the same ones from the same number, each independent of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from commons_contracts.codes import Cefr, Conduct, Goal, Language, Modality, ReadinessItem, Role, Stage, TrainingModule
from commons_contracts.geo import PlaceEntry
from commons_contracts.ids import Country, PersonId, person_of
from commons_contracts.mentoring import ProgrammeRules
from commons_contracts.profiles import Description, PersonEntry, RegisterPerson, Speaks
from commons_gateway.devtoken import ISSUER

from .plan import CHOSEN, Plan
from .words import names_of, phrases_in

Towns = Mapping[Country, Sequence[PlaceEntry]]

SIDES = {Role.MENTOR: Conduct.MENTOR, Role.MENTEE: Conduct.MENTEE}
SPOKEN = {"SE": Language.SV, "NO": Language.NB}
MODALITIES = (Modality.ONLINE, Modality.ONLINE, Modality.HYBRID, Modality.MIXED, Modality.FACE_TO_FACE)
STAGES = {
    Role.MENTOR: (Stage.DOCTORATE, Stage.EARLY_CAREER, Stage.MID_CAREER, Stage.MID_CAREER, Stage.SENIOR),
    Role.MENTEE: (Stage.BACHELOR, Stage.BACHELOR, Stage.MASTER, Stage.DOCTORATE, Stage.EARLY_CAREER),
}
BORN = {
    Stage.BACHELOR: range(1999, 2006),
    Stage.MASTER: range(1996, 2003),
    Stage.DOCTORATE: range(1990, 2000),
    Stage.EARLY_CAREER: range(1988, 1999),
    Stage.MID_CAREER: range(1972, 1989),
    Stage.SENIOR: range(1956, 1975),
}
BLOCKS_A_DAY, LUNCH, EVENING = 8, 4, 6
"""A week has 56 blocks of three hours; the fifth of a day begins at 12, the seventh at 18."""
UNFINISHED_IN = 25
"""Of so many mentors, one has not finished her checklist."""
ON_CHECKLIST = {TrainingModule.PREPARATION_MEETING}
"""The training that is one of its items; other training everyone has before she registers."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """One made-up member, as she registers and as she takes part."""

    subject: str
    role: Role
    entry: PersonEntry
    places: int | None
    ready: bool

    @property
    def person(self) -> PersonId:
        return self.entry.person


def subject_of(role: Role, project: str, number: int = 0) -> str:
    """What the development issuer calls them: the first of each role is the one a token is had for by role."""
    return f"{role.value.lower()}{f'-{number}' if number else ''}@{project}"


def person_called(subject: str) -> PersonId:
    return person_of(ISSUER, subject)


@dataclass(frozen=True, kw_only=True)
class Cast:
    """The people of one project: everything of them follows from these."""

    plan: Plan
    rules: ProgrammeRules
    towns: Towns
    seed: int

    def members(self) -> Iterator[Made]:
        """Everyone who chose a role."""
        for role in CHOSEN:
            for number in range(self.plan.count(role)):
                yield self._member(role, number)

    def account(self, subject: str) -> RegisterPerson:
        """Someone who registers and tells nothing else yet."""
        chance = self._chance(subject)
        return _account(chance, *self._from_where(chance), chance.choice(BORN[Stage.MID_CAREER]))

    def minor(self, subject: str, this_year: int) -> RegisterPerson:
        """Someone who turns fourteen, fifteen or sixteen this year."""
        chance = self._chance(subject)
        return _account(chance, *self._from_where(chance), this_year - chance.randint(14, 16))

    def _member(self, role: Role, number: int) -> Made:
        subject = subject_of(role, self.plan.slug, number)
        chance = self._chance(subject)
        origin, town = self._from_where(chance)
        stage = chance.choice(STAGES.get(role, STAGES[Role.MENTOR]))
        woman = role is Role.MENTEE or number == 0
        account = _account(chance, origin, town, chance.choice(BORN[stage]), woman=woman)
        description = _description(chance, town, origin, stage, account.language)
        phrases, field = phrases_in(account.language), description.fields[0]
        mentor, ready = role is Role.MENTOR, number == 0 or number % UNFINISHED_IN != 0
        entry = PersonEntry(
            person=person_called(subject),
            account=account,
            roles=(role,),
            audience=chance.choice(self.plan.audiences.get(role, (None,))),
            conduct=(Conduct.COMMUNITY, SIDES[role]) if role in SIDES else (Conduct.COMMUNITY,),
            description=description,
            motivation=phrases.motivation(chance, field, town.name) if role is Role.MENTEE else "",
            introduction=phrases.introduction(chance, field, town.name) if mentor else None,
            ticked=(ReadinessItem.MANUAL_READ, ReadinessItem.RESOURCES_EXPLORED) if role in SIDES and ready else (),
            trained=tuple(module for module in self._modules(role) if ready or module not in ON_CHECKLIST),
        )
        places = chance.choice((None, None, 1, 2, 2, 3, 4)) if mentor else None
        if places and self.rules.places.most:
            places = min(places, self.rules.places.most)
        return Made(subject=subject, role=role, entry=entry, places=places, ready=ready)

    def _modules(self, role: Role) -> tuple[TrainingModule, ...]:
        """What her role is trained in; a mentor also for every unit of the programme."""
        entry = self.rules.entry
        units = [module for unit in self.rules.units for module in entry.unit_training.get(unit, ())]
        return tuple(dict.fromkeys((*entry.training.get(role, ()), *(units if role is Role.MENTOR else ()))))

    def _chance(self, subject: str) -> Random:
        return Random(f"{self.seed}/{subject}")  # noqa: S311 - people are made up, nothing is kept secret

    def _from_where(self, chance: Random) -> tuple[Country, PlaceEntry]:
        plan = self.plan
        (home,) = chance.choices(list(plan.homes), list(plan.homes.values()))
        (origin,) = chance.choices(list(plan.origins), list(plan.origins.values())) if plan.origins else (home,)
        there = [town for town in self.towns[home] if plan.north_of is None or town.latitude > plan.north_of]
        (town,) = chance.choices(there, [town.population for town in there])
        return origin, town


def _account(chance: Random, origin: Country, town: PlaceEntry, born: int, *, woman: bool = False) -> RegisterPerson:
    return RegisterPerson(
        display_name=names_of(origin).one(chance, woman=woman),
        birth_year=born,
        birth_month=chance.randint(1, 12),
        country=town.country,
        language=SPOKEN.get(town.country, Language.EN),
        zone=town.zone,
    )


def _description(chance: Random, town: PlaceEntry, origin: Country, stage: Stage, language: Language) -> Description:
    fields = chance.sample(list(phrases_in(language).fields), chance.choice((1, 1, 2, 2, 3)))
    return Description(
        fields=tuple(fields),
        languages=_languages(chance, town.country, origin),
        country=town.country,
        place=town.id,
        goals=tuple(chance.sample(list(Goal), chance.randint(2, 4))),
        hours=_hours(chance),
        modality=chance.choice(MODALITIES),
        stage=stage,
    )


def _languages(chance: Random, home: Country, origin: Country) -> tuple[Speaks, ...]:
    """Her own, that of the country she lives in, and mostly English."""
    levels = {"en": chance.choice((Cefr.B2, Cefr.C1, Cefr.C1, Cefr.C2))}
    levels[names_of(home).tongue] = chance.choice((Cefr.B1, Cefr.B2))
    levels[names_of(origin).tongue] = Cefr.C2
    if len(levels) > 1 and not chance.randrange(10):
        del levels["en"]
    return tuple(Speaks(language=language, level=level) for language, level in levels.items())


def _hours(chance: Random) -> int:
    """Evenings or lunch hours of a few weekdays, and now and then a day at the weekend."""
    block = chance.choice((LUNCH, EVENING, EVENING))
    days = chance.sample(range(5), chance.randint(1, 4))
    if not chance.randrange(4):
        days.append(chance.choice((5, 6)))
    return sum(1 << (day * BLOCKS_A_DAY + block) for day in days)
