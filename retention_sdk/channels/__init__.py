"""Ways out: a channel takes artifacts and answers with a receipt."""
