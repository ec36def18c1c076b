"""The lists that come with the service are whole and sound."""

from collections import Counter

from commons_contracts.codes import OrganisationKind
from commons_profiles.lists import stem_fields, universities
from commons_profiles.rules.organisation import organisation_of


def entries():
    return [entry for batch in universities() for entry in batch]


def test_the_fields_are_the_stem_half_of_isced_f():
    fields = stem_fields()

    assert {"05", "061", "0613", "0715", "0541"} <= fields
    assert {code[:2] for code in fields} == {"05", "06", "07"}
    assert len(fields) == 38


def test_universities_come_in_batches_that_a_command_takes():
    assert all(len(batch) <= 500 for batch in universities())
    assert len(entries()) > 1600


def test_each_university_is_one_organisation_with_a_domain():
    ids = Counter(organisation_of(entry) for entry in entries())

    assert ids.most_common(1)[0][1] == 1
    assert all(entry.identifiers["domain"] and entry.kind is OrganisationKind.UNIVERSITY for entry in entries())


def test_a_position_is_whole_or_not_there_and_in_europe():
    for entry in entries():
        assert (entry.place is None) == (entry.latitude is None) == (entry.longitude is None) == (not entry.city)
        assert entry.latitude is None or (27 < entry.latitude < 71 and -29 < entry.longitude < 45), entry


def test_the_north_is_where_it_is():
    city = {entry.identifiers["domain"]: entry.city for entry in entries()}

    assert city["ntnu.no"] == "Trondheim"
    assert city["uia.no"] == "Kristiansand"
    assert city["nord.no"] == "Bodø"
    assert city["uit.no"] == "Tromsø"
    assert city["kth.se"] == "Stockholm"


def test_some_have_no_position():
    assert any(entry.place is None for entry in entries())
