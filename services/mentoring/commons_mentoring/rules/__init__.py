"""What a programme may be, and what is true of a mentorship: the handbook, without a database, a clock or chance."""
