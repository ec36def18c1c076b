"""What a coordinator's table of participants can be, hold and get wrong."""

from __future__ import annotations

from enum import StrEnum


class SheetState(StrEnum):
    """ARRIVING -> READING -> READ (or UNREADABLE) -> IMPORTING -> IMPORTED -> UNDOING -> UNDONE."""

    ARRIVING = "ARRIVING"
    READING = "READING"
    UNREADABLE = "UNREADABLE"
    READ = "READ"
    IMPORTING = "IMPORTING"
    IMPORTED = "IMPORTED"
    UNDOING = "UNDOING"
    UNDONE = "UNDONE"


class SheetField(StrEnum):
    """What a column can say of a person."""

    DISPLAY_NAME = "DISPLAY_NAME"
    GIVEN_NAME = "GIVEN_NAME"
    FAMILY_NAME = "FAMILY_NAME"
    ADDRESS = "ADDRESS"
    BIRTH = "BIRTH"
    ROLE = "ROLE"
    AUDIENCE = "AUDIENCE"
    LANGUAGE = "LANGUAGE"
    COUNTRY = "COUNTRY"
    PLACE = "PLACE"
    FIELDS = "FIELDS"
    SPOKEN = "SPOKEN"
    GOALS = "GOALS"
    STAGE = "STAGE"
    MODALITY = "MODALITY"
    STYLE = "STYLE"
    PLACES = "PLACES"
    MOTIVATION = "MOTIVATION"


class SheetEncoding(StrEnum):
    """How the characters of a file are written."""

    UTF_8 = "UTF_8"
    UTF_16 = "UTF_16"
    WINDOWS_1252 = "WINDOWS_1252"


class SheetSeparator(StrEnum):
    """What stands between two cells."""

    COMMA = "COMMA"
    SEMICOLON = "SEMICOLON"
    TAB = "TAB"


class SheetProblem(StrEnum):
    """What there is to say of a cell or a row. The last group keeps no row out."""

    MISSING = "MISSING"
    TOO_LONG = "TOO_LONG"
    NOT_UNDERSTOOD = "NOT_UNDERSTOOD"
    NO_ADDRESS = "NO_ADDRESS"
    NO_BIRTH = "NO_BIRTH"
    MONTH_NEEDED = "MONTH_NEEDED"
    PERSONAL_NUMBER = "PERSONAL_NUMBER"
    MINOR = "MINOR"
    HAS_LEFT = "HAS_LEFT"
    NOT_OF_A_ROUND = "NOT_OF_A_ROUND"
    TWICE = "TWICE"
    TOO_MANY_CELLS = "TOO_MANY_CELLS"

    PLACE_UNKNOWN = "PLACE_UNKNOWN"
    MEMBER_ALREADY = "MEMBER_ALREADY"


class RowOutcome(StrEnum):
    """What becomes of a row, and after the import what became of it."""

    WRONG = "WRONG"
    NEW = "NEW"
    UPDATE = "UPDATE"
    SKIPPED = "SKIPPED"
    UNDONE = "UNDONE"
    STAYED = "STAYED"


class KnownPeople(StrEnum):
    """What becomes of those rows whose people are members already."""

    UPDATE = "UPDATE"
    SKIP = "SKIP"


class Unreadable(StrEnum):
    """Why a file is no table."""

    EMPTY = "EMPTY"
    ENCODING = "ENCODING"
    NO_TABLE = "NO_TABLE"
    TOO_MANY_ROWS = "TOO_MANY_ROWS"
    TOO_MANY_COLUMNS = "TOO_MANY_COLUMNS"
