"""The learned semantic parser: a small network writes a query as actions over the words, names and values at hand."""
