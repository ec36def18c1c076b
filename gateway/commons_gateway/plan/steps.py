"""The steps of a plan: one field each, for all things of a level at once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode

from ..fields import Wanted
from .leaves import Further, Target, listed
from .run import Run, Wants

Get = Callable[[Any], Any]
Below = list[tuple["Selection", list[Any], list[Target]]]
"""What is to be done next: which fields, of which things, into which targets."""
Put = Callable[[Iterable[Any], list[Target]], Below | None]


@dataclass(slots=True)
class Selection:
    """The fields that are asked of one type. `of_id`: they need no more of a thing than its id, and prove that it is there."""

    steps: Sequence[Step]
    of_id: bool = False

    def run(self, run: Run, sources: list[Any], targets: list[Target]) -> None:
        for step in self.steps:
            step.run(run, sources, targets)


@dataclass(slots=True)
class Step(ABC):
    """A field. `put` brings values into the answer and says what is to be done below them."""

    key: str
    nodes: list[FieldNode]
    required: bool
    put: Put
    proves: bool = field(default=False, kw_only=True)
    """Whether its failing leaves open if what it belongs to is there at all."""

    @abstractmethod
    def run(self, run: Run, sources: list[Any], targets: list[Target]) -> None:
        """Of these things, into these targets."""

    def settle(self, run: Run, get: Get, sources: list[Any], targets: list[Target]) -> None:
        """Put what `get` finds in its place, and go on below."""
        try:
            below = self.put(map(get, sources), targets)
        except Further:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, it is said of the things it happened to
            below = self._one_by_one(run, get, sources, targets)
        for selection, things, places in below or ():
            selection.run(run, things, places)

    def _one_by_one(self, run: Run, get: Get, sources: list[Any], targets: list[Target]) -> Below:
        """The same, once something has gone wrong: one thing's failure is no other's."""
        found: Below = []
        for source, target in zip(sources, targets, strict=True):
            try:
                found += self.put([get(source)], [target]) or ()
            except Further:
                raise
            except Exception as broken:
                if self.required or (self.proves and run.foreseeing):
                    raise Further from broken
                run.failed(self, target, broken)
        return found

    def promise(self, targets: list[Target]) -> None:
        """Fields stand in the order in which they were asked, whenever they come."""
        for target in targets:
            target[self.key] = None


@dataclass(slots=True)
class Reads(Step):
    """A field that is there, or reckoned at once."""

    get: Callable[[Run], Get]

    def run(self, run: Run, sources: list[Any], targets: list[Target]) -> None:
        self.settle(run, self.get(run), sources, targets)


@dataclass(slots=True)
class Waits(Step):
    """A field that asks in its own way."""

    get: Callable[[Run], Callable[[Any], Awaitable[Any]]]

    def run(self, run: Run, sources: list[Any], targets: list[Target]) -> None:
        self.promise(targets)
        run.jobs.append(Waiting(self, list(map(self.get(run), sources)), targets))


@dataclass(slots=True)
class Foresees(Waits):
    """A field that fetches a thing by its id, unless nothing is asked of it for which it would have to be fetched."""

    foreseen: Callable[[Run], Any]
    kinds: Mapping[type, Selection]

    def run(self, run: Run, sources: list[Any], targets: list[Target]) -> None:
        thing = self.foreseen(run)
        selection = self.kinds.get(type(thing))
        if selection is None or not selection.of_id:
            Waits.run(self, run, sources, targets)
            return
        run.foreseeing = True
        self.settle(run, lambda _: thing, sources, targets)


@dataclass(slots=True)
class Loads(Step):
    """A field that shows something of a thing that is loaded with all others of its kind."""

    wanted: Wanted

    def run(self, run: Run, sources: list[Any], targets: list[Target]) -> None:
        self.promise(targets)
        run.jobs.append(Loading(self, sources, targets))


@dataclass(slots=True)
class Waiting:
    """Coroutines whose answers are awaited in this wave."""

    step: Step
    coroutines: list[Awaitable[Any]]
    targets: list[Target]

    def begin(self, _wants: Wants) -> list[Awaitable[Any]]:
        return self.coroutines

    def end(self, run: Run, answers: list[Any]) -> None:
        self.step.settle(run, _said, answers, self.targets)


def _said(answer: Any) -> Any:
    if isinstance(answer, BaseException):
        raise answer
    return answer


@dataclass(slots=True)
class Loading:
    """Things that are loaded in this wave."""

    step: Loads
    sources: list[Any]
    targets: list[Target]

    def begin(self, wants: Wants) -> list[Awaitable[Any]]:
        for source in self.sources:
            key = self.step.wanted.key(source)
            if key is not None:
                wants.setdefault(self.step.wanted.loader(source), {})[key] = None
        return []

    def end(self, run: Run, _answers: list[Any]) -> None:
        self.step.settle(run, self.step.wanted.shown, self.sources, self.targets)


# ---------------------------------------------------------------- things with fields of their own


def thing_putter(key: str, pick: Pick, *, required: bool) -> Put:
    """For a field that holds a thing."""

    def put(values: Iterable[Any], targets: list[Target]) -> Below:
        things: list[Any] = []
        places: list[Target] = []
        for value, target in zip(values, targets, strict=True):
            if value is not None:
                place: Target = {}
                target[key] = place
                things.append(value)
                places.append(place)
            elif required:
                raise Further
            else:
                target[key] = None
        return pick(things, places) if things else []

    return put


def things_putter(key: str, pick: Pick, *, required: bool, items_required: bool) -> Put:
    """For a field that holds a list of things."""

    def put(values: Iterable[Any], targets: list[Target]) -> Below:
        things: list[Any] = []
        places: list[Target] = []
        for value, target in zip(values, targets, strict=True):
            if value is None:
                if required:
                    raise Further
                target[key] = None
                continue
            row = listed(value)
            if None in row and items_required:
                raise Further
            shown: list[Target | None] = [None if one is None else {} for one in row]
            target[key] = shown
            things += [one for one in row if one is not None]
            places += [place for place in shown if place is not None]
        return pick(things, places) if things else []

    return put


Pick = Callable[[list[Any], list[Target]], Below]
"""Which fields are asked of which of these things."""


def one_kind(selection: Selection) -> Pick:
    return lambda things, places: [(selection, things, places)]


def by_kind(selections: dict[type, Selection]) -> Pick:
    """Things of several types, by their classes. Raises Further for one that none of them knows."""

    def pick(things: list[Any], places: list[Target]) -> Below:
        found: dict[type, tuple[list[Any], list[Target]]] = {}
        for thing, place in zip(things, places, strict=True):
            if thing.__class__ not in selections:
                raise Further
            of_kind = found.setdefault(thing.__class__, ([], []))
            of_kind[0].append(thing)
            of_kind[1].append(place)
        return [(selections[kind], *of_kind) for kind, of_kind in found.items()]

    return pick
