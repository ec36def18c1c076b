"""The engine beside its peers: same people, same objective, fresh seeds. `make bench-matching`."""
