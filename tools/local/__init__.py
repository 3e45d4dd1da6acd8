"""The laptop stack: a real broker, a real store, demo data, and the five services under a supervisor."""
