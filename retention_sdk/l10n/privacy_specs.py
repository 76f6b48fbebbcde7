"""What the pages for unsubscribing and preferences say, and the e-mail that asks to confirm.

One polite, neutral manner per language: these texts are read as an answer to the law, and the
hash of what was read is kept with the answer. A page is offered in a language that has them all.
"""

from __future__ import annotations

from .specs import MessageSpec, Surface, spec_for


def _page(key: str, params: str, comment: str) -> tuple[str, MessageSpec]:
    """Return a text of a web page with its key."""
    return spec_for(key, "any", params, comment, has_manners=False)


def _mail(part: str, surface: Surface, params: str, comment: str) -> tuple[str, MessageSpec]:
    """Return a text of the e-mail that asks to confirm, with its key."""
    return spec_for(f"email.confirm.{part}", surface, params, comment, has_manners=False)


_POLITE = "Polite and plain; no variants."
_CHANNEL = "A way to be reached, in a list and after a colon; two or three words."
_WAY = "channel is one of privacy.channel.*, such as Email: a name after a colon, never bent."
_BOX = "Beside a box to tick: a noun phrase, two to six words."
_HEADING = "The heading of a page; two to five words."
_BUTTON = "On a button, one to four words."

PRIVACY_SPECS: tuple[tuple[str, MessageSpec], ...] = (
    _page("privacy.unsubscribe.title", "", f"{_HEADING} {_BUTTON}"),
    _page("privacy.unsubscribe.body", "brand channel", f"What the button does. {_WAY} {_POLITE}"),
    _page("privacy.unsubscribe.orders", "", f"What still comes. {_POLITE}"),
    _page("privacy.unsubscribe.done.title", "", _HEADING),
    _page("privacy.undo.button", "", f"Takes back what was just done. {_BUTTON}"),
    _page("privacy.preferences.title", "", f"{_HEADING} Also a link in e-mails."),
    _page("privacy.preferences.body", "brand", f"Above boxes to tick. {_POLITE}"),
    _page("privacy.channels.legend", "", "Above a list of ways to be reached; a short question."),
    _page("privacy.channel.email", "", _CHANNEL),
    _page("privacy.channel.sms", "", f"SMS. {_CHANNEL}"),
    _page("privacy.channel.push", "", f"Notifications of an app or a browser. {_CHANNEL}"),
    _page("privacy.channel.phone", "", f"Calls. {_CHANNEL}"),
    _page("privacy.channel.post", "", f"Letters and postcards. {_CHANNEL}"),
    _page("privacy.channel.parcel_insert", "", f"A card that lies in a parcel. {_CHANNEL}"),
    _page("privacy.purposes.legend", "", "Above a list of subjects; a short question."),
    _page("privacy.purpose.offers", "", _BOX),
    _page("privacy.purpose.reviews", "", f"Being asked to review a product. {_BOX}"),
    _page("privacy.purpose.surveys", "", _BOX),
    _page("privacy.purpose.loyalty", "", f"Points and what members get. {_BOX}"),
    _page("privacy.data.legend", "", "Above a list of uses of personal data; a short question."),
    _page(
        "privacy.purpose.profiling",
        "",
        f"Profiling for advertising, GDPR art. 21(2): by earlier orders. {_BOX}",
    ),
    _page("privacy.purpose.third_party", "", f"Advertising for other companies. {_BOX}"),
    _page(
        "privacy.purpose.sale_or_sharing",
        "",
        f"Ticking allows it, Cal. Civ. Code 1798.120: use the words of the law. {_BOX}",
    ),
    _page("privacy.save.button", "", _BUTTON),
    _page("privacy.everything_off.button", "", f"Refuses all of the boxes at once. {_BUTTON}"),
    _page("privacy.saved.title", "", f"After saving, or after undoing. {_HEADING}"),
    _page("privacy.saved.body", "", f"Holds at once; one sentence. {_POLITE}"),
    _page(
        "privacy.saved.confirm",
        "",
        f"An e-mail was sent that asks to confirm; nothing comes before. {_POLITE}",
    ),
    _page(
        "privacy.signal.body",
        "",
        "Cal. Code Regs. tit. 11, 7025(c)(6): the browser sent an opt-out signal, named Global "
        "Privacy Control (keep the name), and it was obeyed.",
    ),
    _page(
        "privacy.confirm.body",
        "brand channel",
        f"What the button agrees to, and that it can be taken back. {_WAY} {_POLITE}",
    ),
    _page("privacy.confirm.done.title", "", _HEADING),
    _page("privacy.invalid.title", "", f"A link is too old or damaged; no reproach. {_HEADING}"),
    _page(
        "privacy.invalid.body",
        "contact:code",
        f"The way out; contact is an e-mail address or a URL, after a colon. {_POLITE}",
    ),
    _page("privacy.rights.title", "", f"Rights over one's own data. {_HEADING}"),
    _page(
        "privacy.rights.body",
        "contact:code",
        "GDPR arts 15 to 21: see, correct, take along, delete, object; contact is an e-mail "
        f"address or a URL, after a colon. {_POLITE}",
    ),
    _page("privacy.busy.body", "", f"The server is busy or broken; one sentence. {_POLITE}"),
    _page("privacy.language.label", "", "Names a list of languages; one word."),
    _mail("subject", "subject", "brand", "Asks to confirm a subscription; 50 letters or so."),
    _mail("preheader", "email", "", "Shown after the subject. No advertising."),
    _mail("headline", "email", "", f"Largest text of the e-mail. {_HEADING}"),
    _mail(
        "body",
        "email",
        "brand channel",
        f"Somebody, hopefully the reader, asked for it. {_WAY} No advertising, no thanks.",
    ),
    _mail("cta", "email", "", f"Agrees; also on the page that it leads to. {_BUTTON}"),
    _mail("ignore", "email", "", f"For those who did not ask for it. {_POLITE}"),
)
"""Rows for the registry, in the order in which catalogues list them."""
