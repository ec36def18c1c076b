"""Documents that are kept: found again, in bounded memory, and not pushed out by whoever sends ever new ones."""

from __future__ import annotations

import tracemalloc

import pytest
from graphql import DocumentNode, GraphQLError

from commons_gateway import documents, limits
from commons_gateway.documents import Document, Shelf, TooLong
from commons_gateway.schema import core, schema
from commons_gateway.trusted import sha_of

QUESTION = "{ viewer { connections { nodes { state } } } }"
LARGE = "{ viewer { account { %s } } } # %d"


def document(number, weight=1):
    return Document(str(number), "", DocumentNode(definitions=()), weight)


@pytest.fixture
def shelf(monkeypatch):
    shelf = Shelf()
    monkeypatch.setattr(schema, "shelf", shelf)
    return shelf


async def test_a_document_is_read_and_checked_once(gateway, shelf, monkeypatch):
    checked = []
    check = documents.validate
    monkeypatch.setattr(documents, "validate", lambda *given, **more: checked.append(1) or check(*given, **more))
    for _ in range(3):
        await gateway.ask(QUESTION)
    assert (len(checked), len(shelf)) == (1, 1)
    await gateway.ask(QUESTION + " ")
    assert (len(checked), len(shelf)) == (2, 2)


async def test_nothing_that_was_refused_is_kept(gateway, shelf):
    for wrong in ("{ viewer", "{ nonsense }", "{" + " ".join(f"a{i}: __typename" for i in range(16)) + "}"):
        assert (await gateway.execute(wrong)).errors
    assert len(shelf) == 0


async def test_what_is_found_again_is_answered_alike(gateway, shelf):
    first, second = await gateway.execute(QUESTION), await gateway.execute(QUESTION)
    assert (first.data, first.extensions["cost"]["requested"]) == (
        second.data,
        second.extensions["cost"]["requested"],
    )
    error = (await gateway.execute("query($n: Int!) { viewer { connections(first: $n) { totalCount } } }")).errors[0]
    assert error.locations


def test_the_one_not_asked_for_longest_leaves_first():
    shelf = Shelf(10)  # two places for those tried, eight for those kept
    for number in (1, 2, 3):
        shelf.put(document(number))
    assert [shelf.find(str(number)) is not None for number in (1, 2, 3)] == [False, True, True]


def test_a_flood_of_new_documents_leaves_those_that_are_asked_again():
    shelf = Shelf(10)
    shelf.put(document("useful"))
    assert shelf.find("useful")
    for number in range(1_000):
        shelf.put(document(number))
    assert shelf.find("useful")


def test_what_leaves_the_better_part_gets_another_chance():
    shelf = Shelf(10)
    for number in range(9):
        shelf.put(document(number))
        assert shelf.find(str(number))
    assert shelf.find("0")  # the first of nine, where eight are kept
    assert len(shelf) == 9


def test_weight_is_bounded_whatever_is_put_and_found():
    shelf = Shelf(1_000)
    for number in range(3_000):
        shelf.put(document(number % 700, weight=1 + number * 7 % 150))
        shelf.find(str(number * 13 % 700))
        assert shelf.weight <= 1_000
    shelf.put(document("too large for its part", weight=900))
    assert shelf.find("too large for its part") is None


def test_those_of_the_manifest_stay():
    shelf = Shelf(10)
    shelf.fix(document("trusted", weight=100))
    for number in range(1_000):
        shelf.put(document(number))
    assert shelf.find("trusted")


@pytest.mark.parametrize(
    "fields", ["state " * 100, "a: state @skip(if: false) " * 15, " ".join(f"x{i}: state" for i in range(250))]
)
def test_a_document_takes_no_more_memory_than_it_weighs(fields):
    texts = [LARGE % (fields, number) for number in range(20)]
    tracemalloc.start()
    kept = [Document.read(text, sha_of(text)) for text in texts]
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken / len(kept) <= kept[0].weight + 4_000
    assert taken / len(kept) >= kept[0].weight / 6


def test_half_of_a_character_has_a_hash_as_well():
    assert sha_of("\ud800") != sha_of("\udfff") != sha_of("x")


def test_the_limit_is_a_thousand_tokens_and_no_fewer():
    fits = "{" + " a" * (documents.TOKENS - 2) + "}"
    assert Document.read(fits, "sha")
    with pytest.raises(TooLong):
        Document.read(fits.replace("}", " a}"), "sha")
    with pytest.raises(GraphQLError):
        Document.read("#\n" * (documents.TOKENS + 1) + "{ a }", "sha")


def test_an_operation_is_found_by_its_name():
    two = Document.read(
        "query a { viewer { id } } query b { viewer { id } } fragment c on Query { viewer { id } }", "s"
    )
    assert two.operation("b").name.value == "b"
    assert two.operation(None) is two.operation("c") is two.operation("") is None
    one = Document.read("query a { viewer { id } }", "s")
    assert one.operation(None) is one.operation("a")
    twice = Document.read("query a { viewer { id } } query a { viewer { id } }", "s")
    assert twice.operation("a") is None


def test_the_schema_complains_of_what_is_admitted_here():
    assert (
        limits.excess(Document.read(QUESTION, "s").price(core(), Document.read(QUESTION, "s").operation(None), {}))
        == ""
    )
