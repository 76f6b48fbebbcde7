"""What the law asks in concrete situations; ``README.md`` explains the tables."""
