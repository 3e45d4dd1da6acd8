"""What people tell the service about their data: stored pairs of question and SQL, terms, instructions."""
