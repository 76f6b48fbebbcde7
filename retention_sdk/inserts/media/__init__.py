"""Other media than a single sheet of paper per card: press sheets, labels, pens, receipts."""
