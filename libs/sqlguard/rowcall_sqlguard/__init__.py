"""What SQL may run: one reading statement, with allow-listed nodes and functions, within bounds."""
