"""The grammar: rules that read a prefix of the marks and return the clauses it stands for."""
