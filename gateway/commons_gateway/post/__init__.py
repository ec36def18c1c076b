"""Letters as people meet them outside of GraphQL: the page that stops them, and, in development, those that were sent."""
