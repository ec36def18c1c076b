"""What the codes of coordinators' tables mean."""

from __future__ import annotations

from commons_contracts import codes
from commons_contracts.codes import Language

from ..sentences import SHEET, Catalogue
from .words import Words

_ENGLISH = Catalogue.of(Language.EN)

SHEETS: Words = {
    codes.SheetState: (
        "How far a table of participants has come.",
        {
            "ARRIVING": "It is being handed in.",
            "READING": "It is being looked through.",
            "UNREADABLE": "It is no table that could be read.",
            "READ": "It was looked through; nobody was taken over yet.",
            "IMPORTING": "Its people are being taken over.",
            "IMPORTED": "Its people were taken over.",
            "UNDOING": "What it has brought is being taken back.",
            "UNDONE": "What it had brought was taken back.",
        },
    ),
    codes.SheetField: (
        "What a column can say of a person.",
        {
            "DISPLAY_NAME": "Her whole name.",
            "GIVEN_NAME": "Her given name.",
            "FAMILY_NAME": "Her family name.",
            "ADDRESS": "Her e-mail address, by which she is known and invited.",
            "BIRTH": "The year, or better year and month, of her birth.",
            "ROLE": "What she is to be in the project.",
            "AUDIENCE": "The group of people that she belongs to.",
            "LANGUAGE": "The language that she is written to in.",
            "COUNTRY": "The country she lives in.",
            "PLACE": "The town she lives in or near, or its GeoNames id.",
            "FIELDS": "Her fields of study or work.",
            "SPOKEN": "The languages she speaks, each with or without a level.",
            "GOALS": "What she wants to work on, or can help with.",
            "STAGE": "Where in her career she stands.",
            "MODALITY": "How she would like to meet.",
            "STYLE": "The style in which a mentor takes mentees.",
            "PLACES": "How many mentees a mentor takes.",
            "MOTIVATION": "Why she takes part.",
        },
    ),
    codes.SheetEncoding: (
        "How the characters of a file are written.",
        {
            "UTF_8": "UTF-8, with or without a mark.",
            "UTF_16": "UTF-16, as some spreadsheets write Unicode text.",
            "WINDOWS_1252": "Windows-1252 or Latin-1, as older spreadsheets write.",
        },
    ),
    codes.SheetSeparator: (
        "What stands between two cells.",
        {"COMMA": "A comma.", "SEMICOLON": "A semicolon.", "TAB": "A tabulator."},
    ),
    codes.SheetProblem: (
        "What there is to say of a cell or a row.",
        {code.name: _ENGLISH.plain(code, SHEET) for code in codes.SheetProblem},
    ),
    codes.Unreadable: (
        "Why a file is no table.",
        {code.name: _ENGLISH.plain(code, SHEET) for code in codes.Unreadable},
    ),
    codes.RowOutcome: (
        "What becomes of a row, and after the import what became of it.",
        {
            "WRONG": "Something in it has to be mended first.",
            "NEW": "She becomes a member, and is invited.",
            "UPDATE": "She is a member, and gets what she had not.",
            "SKIPPED": "She is a member, and is left as she is.",
            "UNDONE": "What it had brought was taken back.",
            "STAYED": "It was not taken back: somebody has to do with her since.",
        },
    ),
    codes.KnownPeople: (
        "What becomes of those rows whose people are members already.",
        {
            "UPDATE": "They get the role, take part in the round, and what they left open is filled in.",
            "SKIP": "They are left as they are.",
        },
    ),
}
