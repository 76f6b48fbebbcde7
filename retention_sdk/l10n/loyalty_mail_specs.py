"""What the e-mails about points, levels, rewards, friends and goals say."""

from __future__ import annotations

from collections.abc import Iterator

from .specs import MessageSpec, Surface, spec_for

_TIER = "tier is a name such as Gold, never bent: after a colon, or after the word for level."
_CALM = "No pressure, no urgency."
_SUBJECT, _PREHEADER = "50 letters or so.", "Shown after the subject."
_HEADLINE, _BODY = "Largest text of the e-mail.", "Two or three sentences, no selling."


def _part(key: str, surface: Surface, params: str, comment: str) -> tuple[str, MessageSpec]:
    return spec_for(f"email.{key}", surface, params, comment)


def _mail(
    template: str, about: str, *, subject: str, preheader: str, headline: str = "", body: str
) -> Iterator[tuple[str, MessageSpec]]:
    """Yield the four texts of an e-mail with their keys; the arguments are their parameters."""
    yield _part(f"{template}.subject", "subject", subject, f"{about} {_SUBJECT}")
    yield _part(f"{template}.preheader", "email", preheader, f"{about} {_PREHEADER}")
    yield _part(f"{template}.headline", "email", headline, f"{about} {_HEADLINE}")
    yield _part(f"{template}.body", "email", body, f"{about} {_BODY}")


LOYALTY_MAIL_SPECS: tuple[tuple[str, MessageSpec], ...] = (
    *_mail(
        "points_expiring",
        "A notice that points expire on a day.",
        subject="brand",
        preheader="points:count date:date",
        body="brand points:count date:date",
    ),
    *_mail(
        "points_matured",
        "Points of an earlier order can be spent now; the time for returns is over.",
        subject="brand",
        preheader="points:count",
        body="brand points:count",
    ),
    *_mail(
        "anniversary",
        "Years since the first order; no offer, it may be read a day later.",
        subject="brand",
        preheader="",
        body="brand years:count",
    ),
    *_mail(
        "tier_up",
        f"A higher level was reached. {_TIER}",
        subject="brand tier",
        preheader="",
        body="brand tier",
    ),
    *_mail(
        "tier_down",
        f"A lower level, because less was ordered. Kind, asks for nothing. {_TIER}",
        subject="brand",
        preheader="",
        body="brand tier",
    ),
    *_mail(
        "tier_lost",
        "A level has ended and there is none below. Kind, asks for nothing.",
        subject="brand",
        preheader="",
        body="brand",
    ),
    *_mail(
        "tier_at_risk",
        f"A level ends on a day; loyalty.keep.* follows. {_CALM} {_TIER}",
        subject="brand",
        preheader="tier date:date",
        body="brand tier date:date",
    ),
    _part(
        "tier_at_risk.calm",
        "email",
        "",
        f"Ends the e-mail, after what it takes to keep the level. {_CALM}",
    ),
    *_mail(
        "reward",
        "Hands over what points were exchanged for; how to use it follows. No advertising.",
        subject="brand",
        preheader="",
        body="brand points:count reward",
    ),
    *_mail(
        "present",
        "The shop gives a reward that cost no points. How it is used follows.",
        subject="brand",
        preheader="",
        body="brand reward",
    ),
    *_mail(
        "referral_rewarded",
        "To the one who recommended the shop; the friend is not named.",
        subject="brand",
        preheader="points:count",
        body="brand points:count",
    ),
    *_mail(
        "referral_welcomed",
        "To the friend who came on a recommendation and has ordered; nobody is named.",
        subject="brand",
        preheader="points:count",
        body="brand points:count",
    ),
    *_mail(
        "achievement",
        "Something was reached; name is words of the shop, never bent, after a colon.",
        subject="brand",
        preheader="name",
        body="brand name",
    ),
    _part("achievement.points", "email", "points:count", "Follows the body: what it brought."),
    *_mail(
        "winback",
        "Nothing was ordered for long. No reproach, no offer, no pressure.",
        subject="brand",
        preheader="",
        body="brand",
    ),
    _part("shop.cta", "email", "", "On the button to the shop, two or three words. No pressure."),
    _part(
        "footer.program",
        "email",
        "brand",
        "Why this e-mail was sent: the customer collects points at the shop.",
    ),
)
"""Rows for the registry, in the order in which catalogues list them."""
