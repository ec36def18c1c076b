"""Papers: tagged, in the pair's language, the same from the same, and nothing in them is read as markup."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from string import Formatter
from uuid import UUID

import pypdf
import pytest

from commons_contracts.codes import AgreementState, GoalState, Modality, Role
from commons_contracts.mentoring import AgreementView, GoalTerms, Terms
from commons_mentoring import documents
from commons_mentoring.documents import papers
from commons_mentoring.rules.certificate import Certificate

SIGNED = datetime(2026, 10, 3, 12, tzinfo=UTC)
MARKUP = '#panic("typst") <script>alert(1)</script> $x$ *ja* {{ nej }}'
CERTIFICATE = Certificate(
    id=UUID(int=1),
    holder=UUID(int=2),
    side=Role.MENTEE,
    sessions=6,
    minutes=330,
    began_on=date(2026, 10, 1),
    ended_on=date(2027, 1, 20),
    issued_at=SIGNED,
)


def an_agreement(**changes):
    terms = {
        "language": "sv",
        "starts_on": date(2026, 10, 1),
        "ends_on": date(2027, 1, 31),
        "minutes_a_month": 90,
        "cadence_days": 14,
        "session_minutes": 45,
        "modality": Modality.ONLINE,
        "goals": (
            GoalTerms(text="Söka sommarjobb på ett laboratorium", steps="Skriva ett brev\nRinga två"),
            GoalTerms(text="Våga fråga på föreläsningar", state=GoalState.REACHED),
        ),
        "mentor_boundaries": MARKUP,
        "confidentiality": "Allt stannar hos oss.",
        "mentor_success": ("Hon har sökt.",),
        "mentee_success": ("Jag har sökt.", "Jag vet vad jag vill."),
    }
    return AgreementView(
        id=UUID(int=1),
        mentorship=UUID(int=2),
        version=2,
        state=AgreementState.PROPOSED,
        terms=Terms(**terms | changes),
        clause="Var och en får avsluta när som helst.",
        proposed_by=UUID(int=3),
        proposed_at=SIGNED,
        mentor_signed_at=SIGNED,
        mentee_signed_at=None,
    )


def content(language="sv", **changes):
    return papers.agreement(
        an_agreement(**changes),
        mentor="Astrid Ål",
        mentee="Ebba Öst",
        programme="Mentorskap i WESTEM",
        language=language,
        now=date(2026, 11, 22),
    )


def read(pdf):
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return reader, "\n".join(page.extract_text() for page in reader.pages)


def kinds(reader):
    """The kinds of things that the document says it is made of."""
    found, waiting = set(), [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        it = waiting.pop().get_object()
        if isinstance(it, pypdf.generic.ArrayObject):
            waiting.extend(it)
        elif isinstance(it, pypdf.generic.DictionaryObject):
            found.add(it.get("/S"))
            waiting.extend(it[key] for key in ("/K",) if key in it)
    return found


@pytest.mark.parametrize("language", documents.LANGUAGES)
def test_an_agreement_is_a_tagged_pdf_in_its_language(language):
    said = documents.words(language)
    reader, text = read(documents.pdf("agreement", content(language)))
    root = reader.trailer["/Root"]
    assert (root["/Lang"], bool(root["/MarkInfo"]["/Marked"])) == (language, True)
    assert reader.metadata.title == said["agreement"]
    assert {"/H1", "/H2", "/L", "/Table", "/P"} <= kinds(reader)
    for words in (
        said["goals"],
        said["mentor_success"],
        "Astrid Ål",
        "Söka sommarjobb",
        "1,5" if language != "en" else "1.5",
    ):
        assert words in text
    assert b"pdfuaid" in documents.pdf("agreement", content(language))


def test_the_same_agreement_is_the_same_file():
    assert documents.pdf("agreement", content()) == documents.pdf("agreement", content())


def test_what_people_wrote_is_no_markup():
    _, text = read(documents.pdf("agreement", content()))
    assert '#panic("typst") <script>' in text.replace("\n", " ")
    shown = documents.page("agreement", content())
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "{{ nej }}" in shown


def test_the_page_says_what_the_pdf_says():
    shown, (_, text) = documents.page("agreement", content()), read(documents.pdf("agreement", content()))
    assert '<html lang="sv">' in shown
    for words in ("Ebba Öst", "Jag vet vad jag vill.", "uppnått", "ännu inte undertecknat", "Avslut utan skuld"):
        assert words in shown
        assert words in text.replace("\n", " ")


def test_what_nobody_wrote_has_no_heading():
    shown = documents.page("agreement", content())
    assert documents.words("sv")["expectations"] not in shown
    bare = documents.page("agreement", content(starts_on=None, minutes_a_month=None, cadence_days=None, modality=None))
    assert documents.words("sv")["period"] not in bare


def test_the_pairs_language_comes_first_and_the_viewers_where_we_have_no_words_for_it():
    assert papers.language_of(Terms(language="nb"), "en") == "nb"
    assert papers.language_of(Terms(language="it"), "sv") == "sv"
    assert papers.language_of(Terms(), "en") == "en"
    assert documents.words("it") == documents.words("en")


def test_every_language_has_every_word_with_the_same_parts():
    of = [documents.words(language) for language in documents.LANGUAGES]
    assert {frozenset(one) for one in of} == {frozenset(of[0])}
    for name in of[0]:
        parts = {frozenset(field for _, field, _, _ in Formatter().parse(one[name]) if field) for one in of}
        assert len(parts) == 1, name


@pytest.mark.parametrize("language", documents.LANGUAGES)
def test_a_certificate_is_a_tagged_pdf(language):
    made = papers.certificate(
        CERTIFICATE, name=MARKUP, programme="WESTEM", site="https://commons.example.org", language=language
    )
    reader, text = read(documents.pdf("certificate", made))
    assert {"/H1", "/L"} <= kinds(reader)
    assert reader.trailer["/Root"]["/Lang"] == language
    assert "5.5" in text if language == "en" else "5,5" in text
    assert "https://commons.example.org/badges/jwks.json" in text.replace("\n", "")
    assert '#panic("typst")' in text
