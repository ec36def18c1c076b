"""J2.6: what one writes for oneself is read by nobody else, stands nowhere in the clear, and goes with the key."""

from __future__ import annotations

import pytest

from commons_contracts.ids import person_of
from commons_gateway import devtoken

from .private import ADDRESS, FOR_THE_PROJECT, WORD, play

TOKEN = 43


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    return play(tmp_path_factory.mktemp("private") / "home")


@pytest.mark.parametrize("who", ["partner", "coordinator", "operator"])
def test_for_everybody_else_the_field_is_null_with_a_reason(played, who):
    for name in (who, f"{who}, destroyed"):
        answer = played.read[name]
        assert answer["data"]["node"] == {"side": "MENTEE", "answers": None, "destroyed": None}
        assert {error["extensions"]["refusal"]["code"] for error in answer["errors"]} == {"PRIVATE_EVALUATION"}


def test_its_author_reads_it_until_her_key_is_destroyed(played):
    before, after = played.read["author"], played.read["author, destroyed"]
    assert before["data"]["node"]["answers"][0] == {"question": "purpose", "words": f"Jag sade {WORD}."}
    assert after["data"]["node"] == {"side": "MENTEE", "answers": [], "destroyed": True}


def test_nothing_is_shared_by_writing_and_one_answer_by_an_act_of_its_own(played):
    assert played.read["before sharing"]["node"]["sharedNotes"] == []
    (note,) = played.read["after sharing"]["node"]["sharedNotes"]
    assert note == {"question": "purpose", "words": f"Jag sade {WORD}."}
    assert played.read["note, destroyed"]["data"]["node"]["sharedNotes"] == []


def test_it_is_in_no_table_event_log_dead_letter_or_file(played):
    """Every database as SQL, the key store among them; the streams, logs and PostgreSQL's own files as they lie."""
    assert played.places["while it can be read"] == []
    assert played.places["afterwards"] == []


def test_the_scan_finds_what_is_there(played):
    """What the project reads is in one database, and in that server's files."""
    assert set(played.places["of what the project reads"]) == {"commons_mentoring", "file in postgres"}


def test_it_is_in_no_table_to_take_along(played):
    assert all(WORD not in text for text in played.exported.values())
    assert f"'=cmd|{FOR_THE_PROJECT}" in played.exported["evaluationsTable"]
    assert FOR_THE_PROJECT not in played.exported["mentorshipsTable"]


def test_who_looked_is_kept(played):
    looked = [person for person, _ in played.audited]
    for name in ("ebba", "mona", "karin", "operator"):
        assert looked.count(str(person_of(devtoken.ISSUER, name))) >= 2, name


def test_an_address_is_in_profiles_and_on_the_letter_alone(played):
    """Events, logs, streams and other services have none; what stops letters is on the letter, and kept as a hash."""
    assert played.letter.to == ADDRESS
    assert played.places["the address"] == ["commons_profiles", "file in mail", "file in postgres"]
    assert len(played.token) == TOKEN
    assert set(played.places["what stops letters"]) <= {"file in mail"}
    assert ADDRESS not in played.metrics
    assert 'commons_letters_total{outcome="sent"} 1.0' in played.metrics


def test_the_letter_that_it_is_over_blames_nobody_and_tells_nothing(played):
    said = played.letter.plain + played.letter.html + played.letter.subject
    assert "Your mentorship is over. You can look for a new one." in said
    for name in ("Ebba", "Mona", "ebba", WORD, FOR_THE_PROJECT):
        assert name not in said


def test_without_the_seal_the_scan_is_red(tmp_path_factory):
    found = play(tmp_path_factory.mktemp("unsealed") / "home", unsafe="seal")
    assert "commons_mentoring" in found.places["while it can be read"]
    assert "file in postgres" in found.places["afterwards"]
