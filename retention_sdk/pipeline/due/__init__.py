"""What time brings about, driven by ``retention run-due``."""
