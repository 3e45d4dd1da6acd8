"""Training of the semantic parser: from questions with gold SQL to weights. Not part of the running service."""
