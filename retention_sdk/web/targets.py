"""Where a scan leads: decided on the day of the scan, from the settings alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """All places a code can lead to. Nothing of a request ever becomes part of one.

    ``by_name`` has keys such as ``thank_you/2``, ``thank_you`` and ``default``; ``home`` is for
    codes that are not, or no longer, good.
    """

    home: str
    by_name: Mapping[str, str]
    story: str = ""
    utm_source: str = ""
    utm_medium: str = ""

    def choose(self, template: str, variant: int) -> str:
        """Return the address for a card: of its variant, its template, of all, the story, home.

        ``template`` is empty where the card is not in the store. The shop's own analytics learn
        which template and variant it was, never which card.
        """
        names = (f"{template}/{variant}", template, "default")
        chosen = next((self.by_name[name] for name in names if name in self.by_name), "")
        return self._tagged(chosen or self.story or self.home, template, variant)

    def _tagged(self, address: str, template: str, variant: int) -> str:
        if not self.utm_source:
            return address
        parts = urlsplit(address)
        there = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
        tags = {
            "utm_source": self.utm_source,
            "utm_medium": self.utm_medium,
            "utm_campaign": template,
            "utm_content": f"v{variant}" if template else "",
        }
        own = urlencode({name: tag for name, tag in tags.items() if tag and name not in there})
        return _with_query(parts, "&".join(filter(None, (parts.query, own))))


def _with_query(parts: SplitResult, query: str) -> str:
    return parts._replace(query=query).geturl()
