"""Who writes, who is written to, and what the law wants to read at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..errors import ConfigError
from ..model import Context, read_mailbox

# Words that some laws want at the very beginning of a subject, letter by letter: the country, what
# the consent rules call it, what is written. KR Network Act art. 50(4), CN e-mail rules, IL
# Communications Law s. 30A(e), SG Spam Control Act s. 11, VN decree 91/2020 art. 13, RU 38-FZ.
_SUBJECT_LABELS = (
    ("KR", "(광고)", "(광고) "),
    ("CN", '"广告"', "广告："),
    ("IL", "פרסומת", "פרסומת: "),
    ("SG", "<ADV>", "<ADV> "),
    ("VN", "[QC]", "[QC] "),
    ("RU", "реклама", "Реклама: "),
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
        ValueError: the customer has none, so no candidate was ever offered.
    """
    contact = read_mailbox(context.brand.contact_email)
    sender = find_sender(context)
    if sender is None:
        hint = 'for example email = "hello@shop.example"'
        raise ConfigError("e-mails need an address to come from", key="shop.email", hint=hint)
    recipient = read_mailbox(context.customer.email) if context.customer else None
    if recipient is None:
        raise ValueError("the customer has no e-mail address")
    reply_to = contact if contact and contact != sender else ""
    return Correspondents(sender, reply_to, recipient)


def find_sender(context: Context) -> str | None:
    """Return the address that e-mails come from: the shop's, else the brand's; None without."""
    return read_mailbox(context.shop.email) or read_mailbox(context.brand.contact_email)


def is_ready_for_marketing(context: Context) -> bool:
    """Whether the shop says who and where it is: every law on advertising wants that.

    E-mail: directive 2000/31 art. 5-6, CAN-SPAM 15 USC 7704(a)(5), CASL s. 6(2).
    """
    return bool(find_legal_footer(context))


def find_legal_footer(context: Context) -> str:
    """Return the sender's legal identity in the customer's language, else the shop's, else any."""
    return context.brand.legal_line(context.locale.tag, context.shop.language)


def subject_labels(must_include: Sequence[str]) -> str:
    """Return what has to stand in front of the subject, or nothing."""
    return "".join(
        label for _, sign, label in _SUBJECT_LABELS if any(sign in duty for duty in must_include)
    )


def is_labelled_as_advertising(context: Context) -> bool:
    """Whether a law at the shop's seat or at the buyer's wants the word in the subject."""
    order = context.order
    addresses = (order.shipping_address, order.billing_address) if order else ()
    countries = {address.country for address in addresses if address} | {context.shop.country}
    return not countries.isdisjoint(country for country, _, _ in _SUBJECT_LABELS)
