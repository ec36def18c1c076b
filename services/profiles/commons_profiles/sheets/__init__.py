"""Work on coordinators' tables, beside the doors: reading one, taking it over, taking it back; each all or nothing."""
