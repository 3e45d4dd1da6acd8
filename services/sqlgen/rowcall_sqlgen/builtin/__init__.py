"""The built-in generator: the grammar and the semantic parser propose, a learnt measure of trust decides."""
