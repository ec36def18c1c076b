"""Tables as coordinators have them: read whatever wrote them, and every cell understood or told of."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commons_contracts import cells
from commons_contracts.codes import (
    Cefr,
    Language,
    Modality,
    Role,
    SheetEncoding,
    SheetField,
    SheetProblem,
    SheetSeparator,
    Stage,
    Style,
    Unreadable,
)
from commons_contracts.ids import RoundId
from commons_contracts.profiles import SheetOptions, Speaks
from commons_profiles.rules import sheet_cell as cell
from commons_profiles.rules.sheet_row import COLUMNS, Newcomer, Reader, once
from commons_profiles.rules.sheet_text import NoTable, read
from commons_profiles.rules.sheet_words import fold, taken_for
from commons_profiles.wording import sheet_words

F, P = SheetField, SheetProblem
WORDS = sheet_words()
TODAY = date(2026, 11, 22)
KNOWN = {"known": lambda text: WORDS.header(text) is not None, "most_rows": 5000}
SHEET = "Namn;E-post;Född;Roll\nÅsa Öberg;asa@example.org;1990-05;mentor\n"


def table(content, **told):
    return read(content, **KNOWN, **told)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (SHEET.encode(), SheetEncoding.UTF_8),
        (codecs.BOM_UTF8 + SHEET.encode(), SheetEncoding.UTF_8),
        (SHEET.encode("cp1252"), SheetEncoding.WINDOWS_1252),
        (SHEET.encode("utf-16"), SheetEncoding.UTF_16),
        (SHEET.encode("utf-16-be"), SheetEncoding.UTF_16),
        (codecs.BOM_UTF16_BE + SHEET.encode("utf-16-be"), SheetEncoding.UTF_16),
        (SHEET.replace("\n", "\r\n").encode("utf-16-le"), SheetEncoding.UTF_16),
        (SHEET.replace("\n", "\r").encode(), SheetEncoding.UTF_8),
    ],
)
def test_whatever_a_spreadsheet_calls_csv_is_read(content, encoding):
    found = table(content)
    assert (found.encoding, found.separator) == (encoding, SheetSeparator.SEMICOLON)
    assert found.header == ("Namn", "E-post", "Född", "Roll")
    assert found.rows == ((2, ("Åsa Öberg", "asa@example.org", "1990-05", "mentor")),)


@pytest.mark.parametrize(("sign", "separator"), [(",", "COMMA"), (";", "SEMICOLON"), ("\t", "TAB")])
def test_what_stands_between_cells_is_found_also_where_the_others_stand_within(sign, separator):
    lines = [["Name", "Mail", "Fields"], ["Berg, Åsa; dr", "a@example.org", "0541;\n0542, x"]]
    out = io.StringIO()
    csv.writer(out, delimiter=sign).writerows(lines)
    found = table(out.getvalue().encode())
    assert found.separator == SheetSeparator(separator)
    assert found.rows == ((2, tuple(lines[1])),)


def test_titles_above_and_empty_lines_are_passed_over_and_rows_counted_as_a_spreadsheet_does():
    found = table(b"sep=;\nParticipants 2026;;\n;;\nName;Mail;\n;;\nAda;a@example.org;;;\n")
    assert (found.header, found.rows) == (("Name", "Mail"), ((5, ("Ada", "a@example.org")),))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", Unreadable.EMPTY),
        (b"\n \n;;\n", Unreadable.EMPTY),
        (b"Name;Mail\n", Unreadable.EMPTY),
        (b"PK\x03\x04\x00\x00\x08\x00\xff\x00\xd8", Unreadable.ENCODING),
        (b"a\x00b", Unreadable.ENCODING),
        ("Namn\0;E-post\nAda;a\n".encode("utf-16"), Unreadable.ENCODING),
        (b'name,mail\n"' + b"a" * 200_000, Unreadable.NO_TABLE),
        (b"name,mail\n" + b"a,b\n" * 5001, Unreadable.TOO_MANY_ROWS),
        (b",".join([b"name"] * 101) + b"\na\n", Unreadable.TOO_MANY_COLUMNS),
    ],
)
def test_what_is_no_table_says_why(content, why):
    with pytest.raises(NoTable) as no:
        table(content)
    assert no.value.why == why


def test_what_is_told_of_a_file_is_believed():
    assert table(SHEET.encode(), separator=SheetSeparator.COMMA).header == ("Namn;E-post;Född;Roll",)
    with pytest.raises(NoTable):
        table(SHEET.encode("cp1252"), encoding=SheetEncoding.UTF_8)


SNIPPETS = st.sampled_from(['"', ";", ",", "\t", "\n", "\r", "Name", "e-post", "'=1", "\ufeff", "å", "sep=;", "1990"])
BYTES = st.binary(max_size=300) | st.lists(SNIPPETS, max_size=40).flatmap(
    lambda parts: st.sampled_from(["utf-8", "cp1252", "utf-16", "utf-16-be"]).map(
        lambda codec: "".join(parts).encode(codec, "ignore")
    )
)


@settings(max_examples=150, deadline=None)
@given(BYTES)
def test_any_bytes_are_a_table_or_none(content):
    try:
        found = table(content)
    except NoTable:
        return
    reader = a_reader(found.header)
    for number, row in found.rows:
        reader.read(number, row)


# ---------------------------------------------------------------- headers
@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Förnamn", F.GIVEN_NAME), ("ETTERNAVN", F.FAMILY_NAME), ("E-mail Address *", F.ADDRESS), ("Fodelsedatum", F.BIRTH),
        ("Språk 2", F.SPOKEN), ("Fagfelt", F.FIELDS), ("Antal adepter", F.PLACES), ("Roll:", F.ROLE), ("BIRTH", F.BIRTH),
        ("Skostorlek", None), ("", None),
    ],
)  # fmt: skip
def test_a_column_is_known_by_what_stands_above_it(header, field):
    assert WORDS.header(header) == field


def test_a_field_is_taken_from_one_column_but_those_of_which_one_has_several():
    assert taken_for(("Namn", "Name", "Språk 1", "Språk 2", "?"), WORDS) == (
        F.DISPLAY_NAME, None, F.SPOKEN, F.SPOKEN, None,
    )  # fmt: skip


def test_every_field_has_a_column_name_in_each_language_and_every_code_means_itself():
    assert set(WORDS.headers.values()) == set(F)
    for (of, folded), value in WORDS.values.items():
        assert WORDS.values[of, fold(value)] == value, (of, folded)


# ---------------------------------------------------------------- rows
def a_reader(header, *, words=WORDS, **options):
    return Reader(
        taken_for=taken_for(header, words),
        options=SheetOptions(**options),
        words=words,
        language=Language.SV,
        today=TODAY,
    )


def a_row(reader=None, **changes):
    """A row by the names of its columns."""
    said = {
        "Namn": "Åsa Öberg", "E-post": "Asa@Example.org", "Född": "1990-05-17", "Roll": "Adept", "Land": "Sverige",
        **changes,
    }  # fmt: skip
    return (reader or a_reader(tuple(said))).read(2, tuple(said.values()))


def test_a_row_says_who_she_is_in_our_own_codes():
    towns = replace(WORDS, towns={("SE", "umea"): 602150})
    said = {
        "Språk": "svenska (modersmål), engelska C1, norsk", "Ämne": "Maskinteknik; 0541", "Nivå": "doktorand",
        "Mötesform": "digitalt", "Mål": "ledarskap/forskning", "Mentorskapsform": "blixt", "Platser": "2,0", "Ort": "Umeå",
        "Motivation": "Därför.",
    }  # fmt: skip
    header = ("Namn", "E-post", "Född", "Roll", "Land", *said)
    row = a_row(a_reader(header, words=towns), **said)
    who = row.who
    assert row.problems == ()
    assert (who.name, who.address, who.birth_year, who.birth_month) == ("Åsa Öberg", "asa@example.org", 1990, 5)
    assert (who.role, who.country, who.language, who.style, who.places) == (Role.MENTEE, "SE", "sv", Style.FLASH, 2)
    told = who.description
    assert told.languages == tuple(
        Speaks(language=one, level=level) for one, level in (("sv", Cefr.C2), ("en", Cefr.C1), ("nb", Cefr.B2))
    )
    assert (told.fields, told.goals) == (("0715", "0541"), ("LEADERSHIP", "RESEARCH"))
    assert (told.place, told.stage, told.modality) == (602150, Stage.DOCTORATE, Modality.ONLINE)
    assert who.motivation == "Därför."


@pytest.mark.parametrize(
    ("column", "text", "code", "found", "allowed"),
    [
        ("Namn", "", P.MISSING, None, ()),
        ("Namn", "x" * 121, P.TOO_LONG, None, ()),
        ("E-post", "asa at example", P.NO_ADDRESS, None, ()),
        ("E-post", "a@b.se; c@d.se", P.NO_ADDRESS, None, ()),
        ("Född", "", P.MISSING, None, ()),
        ("Född", "i maj", P.NO_BIRTH, None, ()),
        ("Född", "2026-13", P.NO_BIRTH, None, ()),
        ("Född", "05/06/1990", P.MONTH_NEEDED, None, ()),
        ("Född", "2008", P.MONTH_NEEDED, None, ()),
        ("Född", "2008-11", P.MINOR, None, ()),
        ("Född", "2010", P.MINOR, None, ()),
        ("Född", "900517-1239", P.PERSONAL_NUMBER, None, ()),
        ("Född", "19900517-1239", P.PERSONAL_NUMBER, None, ()),
        ("Född", "17059012345", P.PERSONAL_NUMBER, None, ()),
        ("Roll", "chef", P.NOT_UNDERSTOOD, "chef", tuple(Role)),
        ("Roll", "chef@example.org", P.NOT_UNDERSTOOD, None, tuple(Role)),
        ("Roll", "samordnare", P.NOT_UNDERSTOOD, "samordnare", tuple(Role)),
        ("Land", "Atlantis", P.NOT_UNDERSTOOD, "Atlantis", ()),
        ("Språk", "rövarspråket", P.NOT_UNDERSTOOD, "rövarspråket", tuple(Cefr)),
        ("Platser", "många", P.NOT_UNDERSTOOD, "många", ("0-50",)),
        ("Platser", "51", P.NOT_UNDERSTOOD, "51", ("0-50",)),
        ("Motivation", "x" * 4001, P.TOO_LONG, None, ()),
    ],
)
def test_what_is_wrong_with_a_cell_is_said_with_what_would_do(column, text, code, found, allowed):
    row = a_row(**{column: text})
    (problem,) = row.problems
    assert row.who is None
    assert (problem.code, problem.found, problem.allowed) == (code, found, tuple(allowed))
    names = ["Namn", "E-post", "Född", "Roll", "Land", column]
    assert problem.column == names.index(column)


def test_all_that_is_wrong_is_said_at_once():
    row = a_row(**{"E-post": "?", "Född": "?", "Roll": "?"})
    assert [problem.code for problem in row.problems] == [P.NO_BIRTH, P.NO_ADDRESS, P.NOT_UNDERSTOOD]


def test_a_role_that_must_be_granted_is_not_imported_and_a_round_has_two():
    row = a_row(Roll="COORDINATOR")
    assert [(p.code, Role.COORDINATOR in p.allowed) for p in row.problems] == [(P.NOT_UNDERSTOOD, False)]
    header = ("Namn", "E-post", "Född", "Roll", "Land")
    row = a_row(a_reader(header, round=RoundId("00000000-0000-0000-0000-000000000001")), Roll="lärare")
    assert [(p.code, p.allowed) for p in row.problems] == [(P.NOT_OF_A_ROUND, ("MENTOR", "MENTEE"))]


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("1990", (1990, 12)), ("1990-05", (1990, 5)), ("1990/5", (1990, 5)), ("1990-05-17", (1990, 5)), ("19900517", (1990, 5)),
        ("199005", (1990, 5)), ("17.05.1990", (1990, 5)), ("17. 5. 1990", (1990, 5)), ("5/1990", (1990, 5)),
        ("31/5/1990", (1990, 5)), ("5/31/1990", (1990, 5)), ("5/5/1990", (1990, 5)), ("1990-05-17T00:00:00", (1990, 5)),
    ],
)  # fmt: skip
def test_months_of_birth_are_read_however_they_are_written(text, born):
    assert cell.birth(text, TODAY) == born


def test_the_first_day_on_which_she_is_of_age_is_the_first_of_the_month_after():
    assert cell.birth("2008-10", TODAY) == (2008, 10)
    with pytest.raises(cell.Wrong, match="MINOR"):
        cell.birth("2008-11", TODAY)


def test_what_no_column_says_is_lacking_and_nobody_is_read_without_it():
    reader = a_reader(("Namn", "E-post"))
    assert reader.lacking == (F.BIRTH, F.ROLE, F.COUNTRY)
    row = reader.read(2, ("Ada", "a@example.org"))
    assert (row.who, row.problems) == (None, ())
    assert a_reader(("Förnamn", "E-post", "Född"), role=Role.MENTOR, country="SE").lacking == ()
    assert a_reader(("?",), role=Role.MENTOR, country="SE").lacking == (F.DISPLAY_NAME, F.ADDRESS, F.BIRTH)


def test_a_town_that_nobody_knows_keeps_nobody_out():
    row = a_row(Ort="Ankeborg")
    assert [p.code for p in row.problems] == [P.PLACE_UNKNOWN]
    assert row.who is not None


def test_cells_beside_the_table_are_told_of():
    row = a_reader(("Namn", "E-post", "Född", "Roll", "Land")).read(
        2, ("Ada", "a@example.org", "1990", "mentor", "SE", "x")
    )
    assert [(p.code, p.column) for p in row.problems] == [(P.TOO_MANY_CELLS, 5)]


def test_who_stands_there_twice_comes_in_once():
    rows = once([a_row(), replace(a_row(), number=7), replace(a_row(**{"E-post": "b@example.org"}), number=8)])
    assert [row.who is not None for row in rows] == [True, False, True]
    assert [(p.code, p.row) for p in rows[1].problems] == [(P.TWICE, 2)]


# ---------------------------------------------------------------- out and in again
LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from("=+-@',;"), max_size=20)
NEWCOMERS = st.builds(
    Newcomer,
    name=LINES.map(lambda text: " ".join(f"x{text}".split())),
    address=st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.org", fullmatch=True),
    birth_year=st.integers(1920, 2000),
    birth_month=st.integers(1, 12),
    country=st.sampled_from(["SE", "NO", "GR"]),
    language=st.sampled_from(Language),
    role=st.sampled_from([Role.MENTOR, Role.MENTEE]),
    style=st.none() | st.sampled_from(Style),
    places=st.none() | st.integers(0, 50),
    motivation=st.text(max_size=40).map(str.strip).filter(lambda text: "\0" not in text),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(NEWCOMERS, min_size=1, max_size=3))
def test_a_table_of_ours_is_read_again_as_it_was(people):
    written = cells.table(COLUMNS.keys(), [[shown(who) for shown in COLUMNS.values()] for who in people])
    found = table(written.encode("utf-8-sig"))
    reader = a_reader(found.header)
    back = [reader.read(*row).who for row in found.rows]
    expected = [
        who.model_copy(update={"description": who.description.model_copy(update={"country": who.country})})
        for who in people
    ]
    assert back == expected
