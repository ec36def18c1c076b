"""Letters to people: what is to be sent waits in a table until it was sent, so that a crash loses none."""
