"""What is counted; labels are names of ours, never a person's, a project's or an id."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

ANSWERED = Histogram("commons_answer_seconds", "Time to answer a request.", ["service", "operation", "outcome"])
HEARD = Counter(
    "commons_facts_heard_total", "Facts from other services, by what became of them.", ["service", "outcome"]
)
RELAYED = Counter("commons_facts_told_total", "Facts published to the stream.", ["service"])
DUE = Counter("commons_deadlines_total", "Deadlines that fell due.", ["service", "outcome"])
OLDEST = Gauge("commons_oldest_untold_seconds", "Age of the oldest fact not yet published.", ["service"])
