"""What crosses a process border: models, names and pure rules. Imports pydantic and nothing of ours."""
