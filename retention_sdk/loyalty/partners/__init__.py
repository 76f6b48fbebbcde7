"""Points exchanged with partners by the rate of a contract."""
