"""Projects, people, memberships, organisations and notices, as the browser sees them."""
