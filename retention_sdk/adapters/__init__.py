"""Adapters that need no other package."""
