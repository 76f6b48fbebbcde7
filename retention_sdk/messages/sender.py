"""Who writes, who is written to, and what the law wants to read at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..errors import ConfigError
from ..model import Context, read_mailbox

# Words that some laws want at the very beginning of a subject, letter by letter, by what the
# consent rules call them: KR Network Act art. 50(4), CN e-mail rules, IL Communications Law
# s. 30A(e), SG Spam Control Act s. 11, VN decree 91/2020 art. 13, RU law 38-FZ art. 18.
_SUBJECT_LABELS = (
    ("(광고)", "(광고)"),
    ('"广告"', "广告"),
    ("פרסומת", "פרסומת"),
    ("<ADV>", "<ADV>"),
    ("[QC]", "[QC]"),
    ("реклама", "реклама"),
)


class Correspondents(NamedTuple):
    """Addresses as they go over the wire. ``reply_to`` is empty when it is the sender's."""

    sender: str
    reply_to: str
    recipient: str


def find_correspondents(context: Context) -> Correspondents:
    """Return from whom to whom.

    Raises:
        ConfigError: neither shop nor brand has an e-mail address.
    """
    contact = read_mailbox(context.brand.contact_email)
    sender = read_mailbox(context.shop.email) or contact
    if sender is None:
        hint = 'for example email = "hello@shop.example"'
        raise ConfigError("e-mails need an address to come from", key="shop.email", hint=hint)
    recipient = read_mailbox(context.customer.email) if context.customer else None
    if recipient is None:
        raise ValueError("the customer has no e-mail address: this candidate cannot be composed")
    reply_to = contact if contact and contact != sender else ""
    return Correspondents(sender, reply_to, recipient)


def is_ready_for_marketing(context: Context) -> bool:
    """Whether the shop says who and where it is: every law on advertising wants that.

    E-mail: directive 2000/31 art. 5-6, CAN-SPAM 15 USC 7704(a)(5), CASL s. 6(2).
    """
    return bool(find_legal_footer(context))


def find_legal_footer(context: Context) -> str:
    """Return the sender's legal identity in the customer's language, else the shop's, else any."""
    texts = context.brand.legal_footer
    found = _in_language(texts, (context.locale.tag, context.shop.language))
    return found or next((text for _, text in sorted(texts.items())), "")


def _in_language(texts: Mapping[str, str], wishes: Sequence[str]) -> str:
    """Return the text of the first wish that has one: ``pt-BR``, then ``pt``."""
    for wish in wishes:
        tag = wish.replace("_", "-")
        while tag:
            if texts.get(tag):
                return texts[tag]
            tag = tag.rpartition("-")[0]
    return ""


def subject_labels(must_include: Sequence[str]) -> str:
    """Return what has to stand in front of the subject, with a space behind it, or nothing."""
    labels = (
        label for sign, label in _SUBJECT_LABELS if any(sign in duty for duty in must_include)
    )
    return "".join(f"{label} " for label in labels)
