"""What comes from platforms: kept first, then read, each once."""
