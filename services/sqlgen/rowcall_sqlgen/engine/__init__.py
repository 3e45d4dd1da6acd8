"""The built-in engine: question and catalog in, SQL or an honest refusal out; no network, no model."""
