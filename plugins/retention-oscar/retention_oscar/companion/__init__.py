"""A Django app for the shop's own server: what oscarapi has no address for.

It runs inside the shop, needs django-oscar and django-oscar-api, and is not imported by the rest.
"""
