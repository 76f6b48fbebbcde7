"""The e-mail that asks whether somebody subscribed: the second step of a double opt-in.

It holds no advertising, no logo of an offer, no thanks and no name: a stranger may have typed the
address and the name, and must not be able to write to anybody through it.
"""

from __future__ import annotations

from ..errors import ConsentError
from ..l10n import Localizer
from ..model import Candidate, ConsentChannel, ContentKind, Context, Decision
from .candidates import build_candidate
from .envelope import envelope
from .message import Link, Message
from .permission import check_decision
from .sender import find_correspondents, find_legal_footer
from .urls import secure_url
from .words import Words

CONFIRM = "confirm"


def confirmation_candidate(context: Context) -> Candidate:
    """Return what may leave: a question, and nothing else."""
    return build_candidate(
        context,
        "email",
        CONFIRM,
        frozenset({ContentKind.CONFIRMATION}),
        reason="somebody asked to receive advertising at this address",
    )


def compose_confirmation(
    context: Context,
    candidate: Candidate,
    decision: Decision,
    localizer: Localizer,
    *,
    confirm_url: str,
    channel: ConsentChannel = ConsentChannel.EMAIL,
) -> Message:
    """Write the e-mail that was decided on; ``confirm_url`` leads to the page that confirms.

    Raises:
        ConsentError: the decision does not allow it, or the link is not an https URL.
        ConfigError: the shop has no address to send from.
    """
    check_decision(context, candidate, decision, "email")
    if not secure_url(confirm_url):
        raise ConsentError("a confirmation link must be an https URL: set consent.base_url to one")
    words, people, brand = Words(context, localizer), find_correspondents(context), context.brand
    contact = brand.contact_email or people.reply_to or people.sender
    legal = find_legal_footer(context)
    body = words.say(
        "email.confirm.body",
        brand=brand.name,
        channel=words.say(f"privacy.channel.{channel.value}"),
    )
    nobody = localizer.salutation(None, formality=context.locale.formality)
    return Message(
        template=CONFIRM,
        subject=words.about("email.confirm.subject"),
        preheader=words.preheader(CONFIRM),
        headline=words.about("email.confirm.headline"),
        greeting=words.tidy(nobody.text),
        paragraphs=(body, words.say("email.confirm.ignore")),
        call_to_action=Link(text=words.say("email.confirm.cta"), url=confirm_url),
        **envelope(context, candidate, decision, localizer=localizer, words=words, people=people),
        footer=tuple(
            filter(None, (words.say("email.footer.contact", contact=contact), words.text(legal)))
        ),
        must_include=decision.must_include,
    )
