"""A sheet: a coordinator's table of participants, from the first byte until nothing is kept of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from commons_contracts.base import Refusal
from commons_contracts.codes import (
    AccountState,
    KnownPeople,
    RefusalCode,
    Role,
    RowOutcome,
    SheetField,
    SheetProblem,
    SheetState,
    Unreadable,
)
from commons_contracts.ids import PersonId, ProjectId, SheetId
from commons_contracts.profiles import (
    Description,
    RowProblem,
    SheetColumn,
    SheetImported,
    SheetOptions,
    SheetRead,
    SheetUndone,
)

from .sheet_row import Row

KEPT = timedelta(hours=24)
"""For so long a table lies there, and what came of it can be taken back."""
AT_REST = (SheetState.READ, SheetState.UNREADABLE)
TAKEN = (RowOutcome.NEW, RowOutcome.UPDATE)


@dataclass(eq=False, kw_only=True)
class Sheet:
    """Nobody is taken over before a coordinator has seen what would become of each row, and said yes."""

    id: SheetId
    project: ProjectId
    person: PersonId
    """The coordinator who handed it in."""
    state: SheetState
    options: SheetOptions
    staged_at: datetime
    ends_at: datetime
    columns: tuple[SheetColumn, ...] = ()
    lacking: tuple[SheetField, ...] = ()
    unreadable: Unreadable | None = None
    without_wrong: bool = False
    rows: int = 0
    new: int = 0
    updates: int = 0
    skipped: int = 0
    wrong: int = 0
    stayed: int = 0
    imported_at: datetime | None = None
    """By the real clock, as is what people do to come in."""

    def arriving(self) -> None:
        self._require(SheetState.READING, SheetState.ARRIVING)

    def begin_reading(self) -> None:
        self._require(SheetState.READING, SheetState.ARRIVING)
        self.state = SheetState.READING

    def change(self, options: SheetOptions | None, columns: Sequence[SheetColumn]) -> None:
        """Read anew; where another encoding or separator is told, with other columns as well."""
        self._require(SheetState.READING, *AT_REST)
        before, self.options = self.options, options or self.options
        if (before.encoding, before.separator) != (self.options.encoding, self.options.separator):
            self.columns = ()
        told = {column.position: column.field for column in columns}
        self.columns = tuple(
            column.model_copy(update={"field": told.get(column.position, column.field)}) for column in self.columns
        )
        self.state = SheetState.READING

    def cannot_be_read(self, why: Unreadable) -> None:
        self.state, self.unreadable, self.columns, self.lacking = SheetState.UNREADABLE, why, (), ()
        self.count(())

    def was_read(
        self,
        columns: Sequence[SheetColumn],
        lacking: Sequence[SheetField],
        outcomes: Sequence[RowOutcome],
        at: datetime,
    ) -> SheetRead:
        self.state, self.unreadable = SheetState.READ, None
        self.columns, self.lacking = tuple(columns), tuple(lacking)
        self.count(outcomes)
        return SheetRead(
            project=self.project, at=at, sheet=self.id, person=self.person, rows=self.rows, wrong=self.wrong
        )

    def count(self, outcomes: Sequence[RowOutcome]) -> None:
        number: Mapping[RowOutcome, int] = {one: outcomes.count(one) for one in RowOutcome}
        self.rows = len(outcomes)
        self.new, self.updates = number[RowOutcome.NEW], number[RowOutcome.UPDATE]
        self.skipped, self.wrong = number[RowOutcome.SKIPPED], number[RowOutcome.WRONG]

    def confirm(self, *, without_wrong: bool) -> None:
        """All of it, or nothing: rows that are wrong are left out only where the coordinator says so."""
        self._require(SheetState.IMPORTING, SheetState.READ)
        if self.lacking:
            raise Refusal(RefusalCode.SHEET_INCOMPLETE, fields=list(self.lacking))
        if self.new + self.updates == 0 or (self.wrong and not without_wrong):
            raise Refusal(RefusalCode.SHEET_HAS_ERRORS, wrong=self.wrong, ready=self.new + self.updates)
        self.state, self.without_wrong = SheetState.IMPORTING, without_wrong

    def imported(self, *, at: datetime, really: datetime) -> SheetImported:
        """From now on it can be taken back, for a while."""
        self.state, self.ends_at, self.imported_at = SheetState.IMPORTED, at + KEPT, really
        return SheetImported(
            project=self.project,
            at=at,
            sheet=self.id,
            person=self.person,
            new=self.new,
            updated=self.updates,
            skipped=self.skipped,
        )

    def undo(self) -> None:
        self._require(SheetState.UNDOING, SheetState.IMPORTED)
        self.state = SheetState.UNDOING

    def undone(self, removed: int, stayed: int, *, at: datetime) -> SheetUndone:
        self.state, self.stayed = SheetState.UNDONE, stayed
        return SheetUndone(
            project=self.project, at=at, sheet=self.id, person=self.person, removed=removed, stayed=stayed
        )

    def stop(self) -> None:
        """What broke has changed nothing: it stands where it stood before."""
        before = {SheetState.IMPORTING: SheetState.READ, SheetState.UNDOING: SheetState.IMPORTED}
        self.state = before.get(self.state, SheetState.UNREADABLE)
        if self.state is SheetState.UNREADABLE:
            self.cannot_be_read(Unreadable.NO_TABLE)

    def may_go(self) -> None:
        """Nothing is thrown away while somebody works on it."""
        if self.busy:
            raise Refusal(RefusalCode.INVALID_TRANSITION, from_=self.state, to="DISCARDED")

    @property
    def busy(self) -> bool:
        return self.state in {SheetState.READING, SheetState.IMPORTING, SheetState.UNDOING}

    def _require(self, to: SheetState, *allowed: SheetState) -> None:
        if self.state not in allowed:
            raise Refusal(RefusalCode.INVALID_TRANSITION, from_=self.state, to=to)


def stage(id: SheetId, project: ProjectId, person: PersonId, options: SheetOptions, *, at: datetime) -> Sheet:
    """Nothing of the file is there yet."""
    return Sheet(
        id=id,
        project=project,
        person=person,
        state=SheetState.ARRIVING,
        options=options,
        staged_at=at,
        ends_at=at + KEPT,
    )


@dataclass(frozen=True, kw_only=True)
class Known:
    """Who has shown before that an address is hers. `roles`: in this project; None where she never was a member."""

    person: PersonId
    state: AccountState | None
    roles: tuple[Role, ...] | None


def judged(row: Row, known: Known | None, choice: KnownPeople) -> tuple[RowOutcome, Row]:
    """What becomes of a row, by whether its person is known; that she has an account elsewhere is nobody's business here."""
    if row.who is None:
        return RowOutcome.WRONG, row
    if known is not None and known.state is AccountState.PENDING_GUARDIAN:
        return RowOutcome.WRONG, _with(row, SheetProblem.MINOR, SheetField.BIRTH, wrong=True)
    if known is None or known.roles is None:
        return RowOutcome.NEW, row
    if not known.roles:
        return RowOutcome.WRONG, _with(row, SheetProblem.HAS_LEFT, SheetField.ADDRESS, wrong=True)
    outcome = RowOutcome.UPDATE if choice is KnownPeople.UPDATE else RowOutcome.SKIPPED
    return outcome, _with(row, SheetProblem.MEMBER_ALREADY, SheetField.ADDRESS)


def _with(row: Row, code: SheetProblem, of: SheetField, *, wrong: bool = False) -> Row:
    problems = (*row.problems, RowProblem(code=code, field=of))
    return replace(row, who=None if wrong else row.who, problems=problems)


def filled(hers: Description, said: Description) -> Description:
    """What a table adds to what a member has told herself: only where she has told nothing."""
    blank = Description()
    empty = [name for name in Description.model_fields if getattr(hers, name) == getattr(blank, name)]
    return hers.model_copy(update={name: getattr(said, name) for name in empty})
