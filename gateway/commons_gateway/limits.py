"""Whether a question is answered at all: its document is found or read, priced, paid for and checked, in that order."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, GraphQLError, GraphQLSchema, OperationDefinitionNode, OperationType
from strawberry.extensions import SchemaExtension

from commons_chassis.faults import Fault
from commons_chassis.settings import SettingError
from commons_contracts.codes import FaultCode

from .context import Context
from .documents import Document, Shelf, TooLong
from .metrics import COST as PRICED
from .metrics import RATE_LIMITED
from .pricing import Price
from .rates import COST, Bucket, Limited, Payer
from .trusted import Trusted, Unwelcome

DEPTH = 10
ALIASES = 15
ROOT_FIELDS = 5
DIRECTIVES = 20
IN_VAIN = 10
"""What a question costs that is read and not answered."""


@dataclass(frozen=True)
class Question:
    """What a request asks: a document or the id of one, and what goes with it."""

    query: str | None
    variables: Mapping[str, Any]
    operation: str | None
    extensions: Mapping[str, Any]


@dataclass(frozen=True)
class Chosen:
    """A document that may be executed, and which of its operations is asked for."""

    document: Document
    operation: OperationDefinitionNode


@dataclass
class Bill:
    """What a question costs, and who pays. Told with every answer, the noes included."""

    context: Context
    payer: Payer
    requested: int = 0
    kind: str = "none"
    fields: tuple[str, ...] = ()
    """Of what kind the operation is, and which fields of the schema it begins with, once that is known."""
    began: float = field(default_factory=time.monotonic)

    def told(self) -> dict[str, Any]:
        left = self.context.desk.rates.left(self.payer)
        reset_at = left.reset_at.isoformat(timespec="seconds").replace("+00:00", "Z")
        return {"requested": self.requested, "limit": COST, "remaining": left.remaining, "resetAt": reset_at}


class NotAnswered(Exception):
    """The question goes no further. `errors`: why."""

    def __init__(self, errors: Sequence[GraphQLError]) -> None:
        super().__init__()
        self.errors = list(errors)


def billed(context: Context) -> Bill:
    """The bill of a question that nothing is known of yet."""
    return Bill(context, Payer(context.caller.person, context.peer, context.ground().project))


def admit(schema: GraphQLSchema, shelf: Shelf, context: Context, bill: Bill, question: Question) -> Chosen:
    """What is to be executed. Raises NotAnswered."""
    rates = context.desk.rates
    try:
        rates.begin(bill.payer)
    except Limited as empty:
        raise _empty(empty) from empty
    try:
        return _admitted(schema, shelf, context, bill, question)
    except NotAnswered:
        rates.fine(bill.payer, IN_VAIN)
        raise


def _admitted(schema: GraphQLSchema, shelf: Shelf, context: Context, bill: Bill, question: Question) -> Chosen:
    try:
        text, sha = context.desk.trusted.find(question.query, question.extensions)
        found = shelf.find(sha) if context.desk.plans else None
        document = found or Document.read(text, sha)
        chosen = document.operation(question.operation)
        if chosen is None:
            raise _no(FaultCode.BAD_REQUEST, "say which operation")
        price = document.price(schema, chosen, question.variables)
        bill.requested, bill.kind = price.cost, chosen.operation.value
        _within_limits(context, price)
        if found is None:
            if complaints := document.complaints(schema):
                raise NotAnswered(complaints)
            shelf.put(document)
        context.desk.rates.spend(bill.payer, price.cost, _calls(chosen, price))
    except GraphQLError as unreadable:
        raise NotAnswered([unreadable]) from unreadable
    except Unwelcome as unwelcome:
        raise _no(unwelcome.code, unwelcome.detail) from unwelcome
    except TooLong as too_long:
        raise _no(FaultCode.QUERY_TOO_COMPLEX, too_long.what) from too_long
    except Limited as empty:
        raise _empty(empty) from empty
    PRICED.observe(price.cost)
    bill.fields = tuple(node.name.value for node in chosen.selection_set.selections if isinstance(node, FieldNode))
    return Chosen(document, chosen)


def trust(schema: GraphQLSchema, shelf: Shelf, trusted: Trusted) -> None:
    """Read and check all trusted documents before anyone asks. Raises SettingError for one that cannot be answered."""
    for sha, text in trusted.texts.items():
        try:
            document = Document.read(text, sha)
            chosen = document.operation(None)
            wrong = excess(document.price(schema, chosen, {})) if chosen else "it should have one operation"
            complaints = document.complaints(schema)
        except TooLong as too_long:
            wrong = too_long.what
        except GraphQLError as unreadable:
            wrong = unreadable.message
        if wrong := wrong or "; ".join(one.message for one in complaints[:1]):
            raise SettingError(f"COMMONS_DOCUMENTS_FROM: the document {sha} cannot be answered: {wrong}.")
        shelf.fix(document)


def _within_limits(context: Context, price: Price) -> None:
    if too_much := excess(price):
        raise _no(FaultCode.QUERY_TOO_COMPLEX, too_much)
    if price.looks and not (context.desk.dev or context.caller.person):
        raise _no(FaultCode.INTROSPECTION_DISABLED)


def _calls(chosen: OperationDefinitionNode, price: Price) -> Mapping[Bucket, int]:
    if chosen.operation is OperationType.MUTATION:
        return price.calls | {Bucket.WRITE: price.fields}
    if chosen.operation is OperationType.SUBSCRIPTION:
        return price.calls | {Bucket.FOLLOW: 1}
    return price.calls


def _no(code: FaultCode, detail: str = "") -> NotAnswered:
    return NotAnswered([GraphQLError(detail, original_error=Fault(code))])


def _empty(limited: Limited) -> NotAnswered:
    RATE_LIMITED[limited.bucket,].inc()
    return NotAnswered([GraphQLError(f"bucket {limited.bucket}", original_error=limited)])


def excess(found: Price) -> str:
    """What is too much, or nothing."""
    limits = {"cost": COST, "depth": DEPTH, "aliases": ALIASES, "directives": DIRECTIVES, "fields": ROOT_FIELDS}
    return "; ".join(
        f"{name} {asked} of {most}" for name, most in limits.items() if (asked := getattr(found, name)) > most
    )


class Admitted(SchemaExtension):
    """Hands over the document that was admitted, so that it is neither read nor checked a second time."""

    def on_parse(self) -> Iterator[None]:
        running = self.execution_context
        running.graphql_document, running.validation_rules = running.context.document, ()
        yield
