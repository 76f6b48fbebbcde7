"""Answers and requests of people: confirmed, told on, exported, erased."""
