"""The engine's promises once more, in plain Python over profiles: no bits, no arrays, nothing shared with the engine."""

from __future__ import annotations

from fractions import Fraction
from math import cos, radians, sin, sqrt

from commons_contracts.codes import Cefr, Criterion, Modality, Stage

LEVELS, STAGES = list(Cefr), list(Stage)
MEET = {Modality.FACE_TO_FACE, Modality.HYBRID, Modality.MIXED}
ONLINE = {Modality.ONLINE, Modality.HYBRID, Modality.MIXED}


def levels_in_common(mentee, mentor):
    hers = dict(mentor.languages)
    return [min(LEVELS.index(level), LEVELS.index(hers[t])) for t, level in mentee.languages if t in hers]


def straight(one, other):
    """Quarter kilometres through the Earth between grid points; None where it is not known."""
    if one.at is None or other.at is None:
        return None
    (x, y, z), (a, b, c) = _grid(one.at), _grid(other.at)
    return sqrt((x - a) ** 2 + (y - b) ** 2 + (z - c) ** 2)


def _grid(at):
    north, east = map(radians, at)
    return tuple(round(25484 * part) for part in (cos(north) * cos(east), cos(north) * sin(east), sin(north)))


def chord(km):
    return max(1, round(2 * 25484 * sin(km / 2 / 6371)))


def allowed(mentee, mentor, rules, apart):
    return not any(_bars(mentee, mentor, rules, apart))


def _bars(mentee, mentor, rules, apart):
    yield not all(p.ready and p.acknowledged and not _lacks(p, rules) for p in (mentee, mentor))
    yield mentee.person == mentor.person or (mentor.person, mentee.person) in apart
    yield not set(mentee.projects) & set(mentor.projects)
    untold = rules.untold_language and not (mentee.languages and mentor.languages)
    yield not untold and not any(
        level >= min(LEVELS.index(rules.language_least), 3) for level in levels_in_common(mentee, mentor)
    )
    online = mentee.modality in ONLINE and mentor.modality in ONLINE
    yield not online and not (mentee.modality in MEET and mentor.modality in MEET and _in_reach(mentee, mentor, rules))
    yield (mentee.hours & mentor.hours).bit_count() < rules.hours_least
    yield mentee.minor and not mentor.vetted
    yield (mentee.wants_woman or rules.woman_mentors) and not mentor.woman
    yield rules.other_organisation and mentee.organisation is not None and mentee.organisation == mentor.organisation


def _lacks(p, rules):
    told = {
        Criterion.FIELD: p.fields,
        Criterion.GOALS: p.goals,
        Criterion.LANGUAGES: p.languages,
        Criterion.HOURS: p.hours,
        Criterion.PLACE: p.country or p.place,
        Criterion.STAGE: p.stage,
        Criterion.GENDER: p.woman is not None,
        Criterion.BACKGROUND: p.background,
        Criterion.TOPICS: p.topics,
    }
    return any(not told.get(criterion, True) for criterion in rules.needed)


def _same_place(one, other):
    return one.place is not None and one.place == other.place


def _in_reach(one, other, rules):
    far, radii = straight(one, other), [rules.reach_km if p.radius_km is None else p.radius_km for p in (one, other)]
    untold = rules.untold_place and (one.at is None or other.at is None)
    return untold or _same_place(one, other) or (far is not None and far <= min(map(chord, radii)))


def share(criterion, mentee, mentor, rules):
    return {
        Criterion.FIELD: _field,
        Criterion.LANGUAGES: lambda one, other, _: Fraction(
            min(4, 1 + max(levels_in_common(one, other), default=-1)), 4
        ),
        Criterion.GOALS: lambda one, other, _: _part(one.goals, other.goals),
        Criterion.BACKGROUND: lambda one, other, _: _part(one.background, other.background),
        Criterion.TOPICS: lambda one, other, _: _part(one.topics, other.topics),
        Criterion.HOURS: lambda one, other, r: Fraction(
            min((one.hours & other.hours).bit_count(), r.hours_enough), r.hours_enough
        ),
        Criterion.STAGE: _stage,
        Criterion.GENDER: lambda one, other, _: Fraction(one.woman is not None and one.woman == other.woman),
        Criterion.PLACE: _place,
    }[criterion](mentee, mentor, rules)


def _field(mentee, mentor, _):
    found = [Fraction(0)]
    for digits, worth in ((4, 10), (3, 6), (2, 3)):
        hers = {code[:digits] for code in mentor.fields if len(code) >= digits}
        found += [Fraction(worth, 10) for code in mentee.fields if len(code) >= digits and code[:digits] in hers]
    return max(found)


def _part(wanted, given):
    return Fraction(len(set(wanted) & set(given)), len(set(wanted))) if wanted else Fraction(0)


def _stage(mentee, mentor, _):
    if mentee.stage is None or mentor.stage is None:
        return Fraction(0)
    ahead = STAGES.index(mentor.stage) - STAGES.index(mentee.stage)
    return Fraction(1 if ahead > 0 else 0) if ahead else Fraction(1, 2)


def _place(mentee, mentor, rules):
    if _same_place(mentee, mentor):
        return Fraction(1)
    far = straight(mentee, mentor)
    if far is not None and far <= chord(rules.near_km):
        return Fraction(3, 4)
    return Fraction(1, 2) if mentee.country is not None and mentee.country == mentor.country else Fraction(0)


def parts(mentee, mentor, rules):
    """Points of each criterion that counts for the two."""

    def counts(c):
        return c is not Criterion.MOTIVATION and (
            c not in rules.opt_in or (c in mentee.opted_in and c in mentor.opted_in)
        )

    counted = [(c, weight) for c, weight in rules.weights if counts(c)]
    total, below, found = sum(weight for _, weight in counted), 0, {}
    for criterion, weight in counted:
        most = 10_000 * (below + weight) // total - 10_000 * below // total if total else 0
        found[criterion] = int(most * share(criterion, mentee, mentor, rules))
        below += weight
    return found


def points(mentee, mentor, rules):
    return sum(parts(mentee, mentor, rules).values())
