"""What a request tells about who looks: a person, or a machine that only wants a preview. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

Device = Literal["phone", "tablet", "computer", "other"]

# Words of agents that fetch a link without anybody having opened it: messengers, mail scanners,
# search engines, libraries. Cubot is a maker of telephones.
_MACHINES = re.compile(
    r"(?<!cu)bot\b|crawl|spider|preview|facebookexternalhit|facebookcatalog|meta-external|whatsapp/"
    r"|slack-imgproxy|skypeuri|line-poker|kakaotalk-scrap|embedly|quora link"
    r"|pinterest/0|vkshare|iframely|outbrain|flipboardproxy|bitlybot|mastodon/|pleroma|misskey"
    r"|googleimageproxy|google-(?:read-aloud|pagerenderer|safety|inspectiontool)|mediapartners"
    r"|proofpoint|mimecast|barracuda|safelinks|headlesschrome|phantomjs|lighthouse"
    r"|curl/|wget/|python-|aiohttp|httpx|okhttp/|go-http-client|java/|libwww|node-fetch|axios/"
    r"|postmanruntime|cfnetwork/(?!.*mobile)",
    re.IGNORECASE,
)
_PREFETCH_HEADERS = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_PREFETCH = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)

_TABLET = re.compile(r"ipad|tablet|kindle|silk/|playbook", re.IGNORECASE)
_PHONE = re.compile(r"iphone|ipod|mobi|windows phone|opera mini", re.IGNORECASE)
_COMPUTER = re.compile(r"windows nt|macintosh|x11;|cros ", re.IGNORECASE)


def is_preview(headers: Mapping[str, str]) -> bool:
    """Whether nobody is looking: a prefetch, a link preview, a crawler, a script.

    ``headers`` have lower-case names. Somebody who wants to be counted wrongly can be; this keeps
    honest machines out.
    """
    agent = headers.get("user-agent", "")
    if not agent or _MACHINES.search(agent):
        return True
    if any(_PREFETCH.search(headers.get(name, "")) for name in _PREFETCH_HEADERS):
        return True
    # A browser that opens a page asks for a document; an image or a script is not a visit.
    return headers.get("sec-fetch-dest", "document") != "document"


def device_of(headers: Mapping[str, str]) -> Device:
    """Return the class of the device, and nothing finer: a full agent string is half a name."""
    agent = headers.get("user-agent", "")
    if _TABLET.search(agent) or ("Android" in agent and not _PHONE.search(agent)):
        return "tablet"
    if _PHONE.search(agent) or headers.get("sec-ch-ua-mobile") == "?1":
        return "phone"
    return "computer" if _COMPUTER.search(agent) else "other"
