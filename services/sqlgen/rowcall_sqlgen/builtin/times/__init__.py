"""Questions about periods, days of the week, and the time between two dates."""
