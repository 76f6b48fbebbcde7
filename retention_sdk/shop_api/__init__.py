"""Talks to the API of one shop: tries again, waits as asked, and says plainly what went wrong.

``ApiClient`` is for adapters. It keeps no state that another shop could see: a connection of its
own, no cookies, no session, no proxies from the environment.
"""

from .address import safe_address
from .answer import Answer
from .client import ApiClient, Timing
from .graphql import GraphQL
from .pages import read_page, read_page_beside
from .retry import RetryPolicy
from .throttle import CostThrottle, HeaderThrottle, Throttle

__all__ = [
    "Answer",
    "ApiClient",
    "CostThrottle",
    "GraphQL",
    "HeaderThrottle",
    "RetryPolicy",
    "Throttle",
    "Timing",
    "read_page",
    "read_page_beside",
    "safe_address",
]
