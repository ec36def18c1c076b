"""Programmes and mentorships, as the browser sees them."""
