"""Points, ranks, achievements, friends and partners in step with a shop's events."""
