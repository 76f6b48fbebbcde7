"""The one web application of a shop: card codes, pages and webhooks, as an ASGI app."""
