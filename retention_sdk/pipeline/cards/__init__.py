"""Cards of orders: assigned, drawn, printed, packed and counted."""
