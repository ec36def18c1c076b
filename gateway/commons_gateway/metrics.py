"""What the gateway counts while it works; labels are kinds and codes from closed lists, nothing a caller has written."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from commons_chassis.metrics import QUICK, Bound

COSTS = (1.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0)

OPERATIONS = Bound(
    Counter(
        "commons_graphql_operations_total",
        "GraphQL operations answered, by kind and outcome: ok, or the code of its first error.",
        ["kind", "outcome"],
    )
)
OPERATION_SECONDS = Bound(
    Histogram("commons_graphql_duration_seconds", "Time to answer a GraphQL operation.", ["kind"], buckets=QUICK)
)
COST = Histogram("commons_graphql_cost", "What the operations that were let in were priced at.", buckets=COSTS)
TURNED_AWAY = Bound(
    Counter("commons_http_refused_total", "Requests refused before GraphQL saw them, by the fault's code.", ["code"])
)
RATE_LIMITED = Bound(Counter("commons_rate_limited_total", "Requests refused because a bucket was empty.", ["bucket"]))
DOCUMENTS = Bound(
    Counter("commons_documents_total", "Operations asked, by whether their text is a trusted one.", ["known"])
)
LINES = Gauge("commons_sockets_open", "WebSockets and event streams that are open.")
SUBSCRIPTIONS = Gauge("commons_subscriptions_open", "Subscriptions that are listened to.")
PUSHES = Counter("commons_pushes_total", "Answers sent to subscriptions.")
