"""Tables of the companion, step by step."""
