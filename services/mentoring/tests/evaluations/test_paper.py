"""Papers by their door: for their own people alone, and a badge that anybody can check."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import date

import pytest
import sqlalchemy as sa
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey

from commons_chassis.ids import new_id
from commons_chassis.settings import SettingError
from commons_chassis.testing import NOON, play, refused, run
from commons_contracts.codes import AgreementState, MentorshipState, PaperForm, RefusalCode, Role
from commons_contracts.ids import PersonId
from commons_contracts.mentoring import AgreementPaper, BadgeKeys, CertificatePaper, Terms
from commons_mentoring.app import service
from commons_mentoring.documents import badge
from commons_mentoring.tables import agreements

from .makers import CONFIRMED, a_pair

SITE = "https://commons.example.org"


@pytest.fixture
async def pair(tx, coordinator, seed):
    return await a_pair(tx, await seed())


@pytest.fixture
def key(monkeypatch):
    """The platform has a key for its badges."""
    made = OKPKey.generate_key("Ed25519", auto_kid=True)
    monkeypatch.setenv("COMMONS_ENV", "dev")
    monkeypatch.setenv("COMMONS_MENTORING__BADGE_KEY", json.dumps(made.as_dict(private=True)))
    badge._key.cache_clear()
    yield made
    badge._key.cache_clear()


@pytest.fixture
async def agreement(tx, pair):
    await pair.plays(Role.MENTEE)
    id = new_id()
    row = {"id": id, "project": tx.project, "mentorship": pair.mentorship, "number": 1, "version": 1}
    row |= {"mentor": pair.mentor, "mentee": pair.mentee, "state": AgreementState.PROPOSED, "clause": "Utan skuld."}
    terms = Terms(language="nb", confidentiality="Alt blir hos oss.", starts_on=date(2026, 10, 1))
    await tx.run(sa.insert(agreements).values(**row, terms=terms, proposed_by=Role.MENTEE, proposed_at=NOON))
    return id


def asked(agreement, form):
    return AgreementPaper(agreement=agreement, form=form, mentor="Astrid", mentee="Ebba")


async def test_each_of_the_two_prints_their_agreement_in_their_language(tx, pair, agreement):
    for side in Role.MENTOR, Role.MENTEE:
        await pair.plays(side)
        made = await run(service, asked(agreement, PaperForm.PDF), tx)
        assert (made.media, made.name) == ("application/pdf", "agreement-1.pdf")
        assert b64decode(made.content).startswith(b"%PDF-1.7")
        page = await run(service, asked(agreement, PaperForm.PAGE), tx)
        shown = b64decode(page.content).decode()
        assert '<html lang="nb">' in shown
        assert "Alt blir hos oss." in shown
        assert f"<style>{page.styles}</style>" in shown


async def test_nobody_else_does(tx, pair, agreement):
    for person, roles in ((PersonId(new_id()), (Role.COORDINATOR,)), (PersonId(new_id()), (Role.MENTEE,))):
        await play(tx, person=person, roles=roles)
        async with refused(tx, RefusalCode.NOT_FOUND):
            await run(service, asked(agreement, PaperForm.PDF), tx)
    await pair.plays(Role.MENTEE)
    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, asked(agreement, PaperForm.BADGE), tx)


def certified(pair, form=PaperForm.BADGE, name="Ebba Öst"):
    return CertificatePaper(mentorship=pair.mentorship, form=form, name=name, site=SITE)


async def completed(pair):
    await pair.met(minutes=50)
    await pair.met(minutes=40, days=30)
    await pair.stands(state=MentorshipState.COMPLETED, over_at=NOON)
    await pair.plays(Role.MENTEE)


async def test_a_badge_says_her_hours_and_anybody_can_check_it(tx, pair, key):
    await completed(pair)
    made = await run(service, certified(pair), tx)
    assert (made.media, made.name) == ("application/vc+jwt", "certificate.jwt")
    (public,) = (await run(service, BadgeKeys(), tx)).keys
    assert "d" not in public
    with pytest.warns(SecurityWarning, match="RFC 9864"):  # of the algorithm's old name
        token = jwt.decode(b64decode(made.content).decode(), OKPKey.import_key(public), algorithms=["EdDSA"])
    assert token.header == {"alg": "EdDSA", "typ": "JWT", "kid": f"{SITE}/badges/keys/{key.kid}"}
    said = token.claims
    assert said["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert said["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    subject = said["credentialSubject"]
    assert (subject["creditsEarned"], subject["role"], subject["id"]) == (1.5, "MENTEE", said["sub"])
    assert subject["identifier"][0]["identityHash"] == "Ebba Öst"
    assert subject["activityStartDate"].startswith(CONFIRMED.date().replace(day=13).isoformat())
    assert (said["iss"], said["jti"]) == (said["issuer"]["id"], said["id"])
    assert said["validFrom"] == "2026-09-10T10:00:00Z"
    for id in (pair.mentee, pair.mentor, pair.mentorship):
        assert str(id) not in json.dumps(said), "it tells nobody who she is elsewhere"


async def test_the_same_badge_again_is_the_same_and_the_other_ones_is_another(tx, pair, key):
    await completed(pair)
    again = [(await run(service, certified(pair), tx)).content for _ in range(2)]
    assert again[0] == again[1]
    await pair.plays(Role.MENTOR)
    assert (await run(service, certified(pair), tx)).content != again[0]


async def test_a_certificate_is_of_what_was_completed_and_for_the_two(tx, pair, key):
    await pair.plays(Role.MENTEE)
    for state, over in ((MentorshipState.OPEN, None), (MentorshipState.ENDED_NO_FAULT, NOON)):
        await pair.stands(state=state, over_at=over)
        async with refused(tx, RefusalCode.INVALID_TRANSITION, **{"from": state}):
            await run(service, certified(pair, PaperForm.PDF), tx)
    await completed(pair)
    assert b64decode((await run(service, certified(pair, PaperForm.PDF), tx)).content).startswith(b"%PDF")
    await play(tx, person=PersonId(new_id()), roles=(Role.COORDINATOR,))
    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, certified(pair), tx)


async def test_without_a_key_there_is_no_badge(tx, pair, monkeypatch):
    monkeypatch.setenv("COMMONS_ENV", "dev")
    badge._key.cache_clear()
    await completed(pair)
    with pytest.raises(SettingError, match="BADGE_KEY_FILE is missing"):
        await run(service, certified(pair), tx)
    monkeypatch.setenv("COMMONS_MENTORING__BADGE_KEY", "{}")
    with pytest.raises(SettingError, match="no key of Ed25519"):
        badge.public()
