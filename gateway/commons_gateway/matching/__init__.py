"""Rounds, mentors, requests, places and waiting lists, as the browser sees them."""
