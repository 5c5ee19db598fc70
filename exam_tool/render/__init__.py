"""Statements and worked solutions in each output format. What they say is decided elsewhere."""
