"""What a member says of herself, and what is told of it."""

from datetime import UTC, datetime

import pytest

from commons_contracts.base import Refusal
from commons_contracts.codes import Cefr, Goal, OrganisationKind, RefusalCode
from commons_contracts.ids import PLATFORM, membership_of, person_of, project_of
from commons_contracts.profiles import Description, OrganisationEntry, Speaks
from commons_profiles.rules.block import block, unblock
from commons_profiles.rules.organisation import organisation_of, register_organisation
from commons_profiles.rules.profile import Profile

AT = datetime(2026, 9, 10, 10, tzinfo=UTC)
ADA, EVE = person_of("https://example.org", "ada"), person_of("https://example.org", "eve")
WESTEM = project_of("westem")
FIELDS = frozenset({"0541", "0613"})


def a_profile():
    return Profile(
        id=membership_of(ADA, WESTEM),
        project=WESTEM,
        person=ADA,
        display_name="Ada",
        description=Description(),
        motivation="",
    )


def test_what_she_says_is_kept_and_the_codes_are_told():
    profile = a_profile()
    said = Description(fields=("0541",), country="SE", hours=7)

    (fact,) = profile.describe(said, "I like teaching.", fields=FIELDS, at=AT)

    assert (profile.description, profile.motivation) == (said, "I like teaching.")
    assert (fact.description, fact.membership, fact.person, fact.project) == (said, profile.id, ADA, WESTEM)


def test_words_alone_are_told_to_nobody():
    profile = a_profile()

    assert profile.describe(Description(), "I like teaching.", fields=FIELDS, at=AT) == []
    assert profile.motivation == "I like teaching."


def test_a_field_that_is_in_no_list_is_refused_by_name():
    profile = a_profile()

    with pytest.raises(Refusal) as no:
        profile.describe(Description(fields=("0541", "9999", "01")), "", fields=FIELDS, at=AT)

    assert no.value.code is RefusalCode.NOT_FOUND
    assert no.value.params == {"fields": ["01", "9999"]}
    assert profile.description == Description()


def test_nothing_counts_twice():
    profile = a_profile()
    profile.describe(
        Description(
            fields=("0613", "0541", "0613"),
            goals=(Goal.NETWORK, Goal.NETWORK),
            languages=(
                Speaks(language="sv", level=Cefr.B1),
                Speaks(language="en", level=Cefr.C2),
                Speaks(language="sv", level=Cefr.C1),
                Speaks(language="en", level=Cefr.A2),
            ),
        ),
        "",
        fields=FIELDS,
        at=AT,
    )

    assert profile.description == Description(
        fields=("0613", "0541"),
        goals=(Goal.NETWORK,),
        languages=(Speaks(language="sv", level=Cefr.C1), Speaks(language="en", level=Cefr.C2)),
    )


def test_a_block_is_one_from_one_to_the_other():
    blocked, undone = block(ADA, EVE, at=AT), unblock(ADA, EVE, at=AT)

    assert (blocked.by, blocked.person, blocked.project) == (ADA, EVE, PLATFORM)
    assert blocked.block == undone.block != block(EVE, ADA, at=AT).block


def test_nobody_blocks_herself():
    with pytest.raises(Refusal) as no:
        block(ADA, ADA, at=AT)

    assert no.value.code is RefusalCode.SELF_REQUEST


def an_entry(**changes):
    known = {"kind": OrganisationKind.UNIVERSITY, "name": "NTNU", "country": "NO"}
    return OrganisationEntry(**known | changes)


def test_an_organisation_is_known_by_its_domain_however_it_is_written():
    assert organisation_of(an_entry(identifiers={"domain": "NTNU.no"})) == organisation_of(
        an_entry(name="Norges teknisk-naturvitenskapelige universitet", identifiers={"domain": "ntnu.no"})
    )


def test_without_identifiers_it_is_known_by_kind_country_and_name():
    ids = {
        organisation_of(entry)
        for entry in (an_entry(), an_entry(), an_entry(country="SE"), an_entry(kind=OrganisationKind.COMPANY))
    }

    assert len(ids) == 3


def test_what_is_told_of_an_organisation_is_where_it_is_and_not_its_name():
    organisation, fact = register_organisation(
        an_entry(place=3133880, latitude=63.43, longitude=10.4, city="Trondheim"), at=AT
    )

    assert (organisation.name, organisation.city) == ("NTNU", "Trondheim")
    assert (fact.organisation, fact.place, fact.latitude, fact.longitude) == (organisation.id, 3133880, 63.43, 10.4)
    assert not {"name", "city"} & fact.model_dump().keys()
