"""Who is who, whatever they type: keys that are equal for one mailbox, telephone, or door.

Keys are made to be compared and for nothing else: no mail can be sent to one. They are personal
data until a store turns them into a blind index (``SubjectVault.index``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from ...model import Address
from ...model.mailbox import read_mailbox

PhoneReader = Callable[[str, str | None], str]

# Google ignores dots in the local part, and its two domains are one.
_GOOGLE = frozenset({"gmail.com", "googlemail.com"})
# Known by everybody who ever ran a form, and far from complete: there are thousands, and new ones
# every day. A shop adds its own; a hit is a sign and never a proof.
DISPOSABLE = frozenset(
    {
        "10minutemail.com",
        "guerrillamail.com",
        "mailinator.com",
        "maildrop.cc",
        "temp-mail.org",
        "trashmail.com",
        "yopmail.com",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What somebody is known by: keys in clear, or the blind indexes of such keys.

    ``person`` are keys that belong to one person, ``household`` to those behind one door,
    ``devices`` are hashes of a device, if a shop has them.
    """

    person: frozenset[str | bytes] = frozenset()
    household: frozenset[str | bytes] = frozenset()
    devices: frozenset[str | bytes] = frozenset()


def identity_of(
    *,
    read_phone: PhoneReader,
    account: str = "",
    email: str = "",
    phone: str = "",
    address: Address | None = None,
    device: str = "",
) -> Identity:
    """Return the keys of somebody. What is missing or no address or number has no key.

    ``read_phone`` turns a number, as it was typed in a country, into E.164.
    """
    country = address.country if address else None
    numbers = [read_phone(each, country) for each in (phone, address.phone if address else "")]
    person = [f"id:{account}" if account else "", email_key(email)]
    person += [f"phone:{number}" for number in numbers if number]
    door = household_key(address) if address else ""
    return Identity(
        person=frozenset(filter(None, person)),
        household=frozenset(filter(None, (door,))),
        devices=frozenset({f"device:{device}"} if device else ()),
    )


def email_key(address: str) -> str:
    """Return what all spellings of a mailbox share, empty for what is no address.

    Case does not count, nor does a tag behind a plus (RFC 5233), wherever the mailbox is; nor do
    dots at Google. Domains are compared as A-labels (RFC 5891).

    >>> email_key("J.Doe+shop@GoogleMail.com")
    'mailbox:jdoe@gmail.com'
    """
    mailbox = read_mailbox(address)
    if mailbox is None:
        return ""
    local, _, domain = mailbox.rpartition("@")
    folded = unicodedata.normalize("NFKC", local).casefold()
    # An address that begins with a plus has no tag; it is called so.
    name = folded.partition("+")[0] or folded
    if domain in _GOOGLE:
        name, domain = name.replace(".", "") or name, "gmail.com"
    return f"mailbox:{name}@{domain}"


def household_key(address: Address) -> str:
    """Return what all who live behind a door share, empty where street or place is missing.

    Case, accents' encoding, spaces and punctuation do not matter; abbreviations do: "Str." is not
    taken for "Straße".
    """
    parts = [_letters(" ".join(address.street)), _letters(address.postcode or address.city)]
    return f"door:{address.country or ''}:{':'.join(parts)}" if all(parts) else ""


def is_disposable(address: str, *, also: frozenset[str] = frozenset()) -> bool:
    """Return whether an address is at a domain for mailboxes to throw away, or below one."""
    domain = email_key(address).rpartition("@")[2]
    listed = DISPOSABLE | also
    labels = domain.split(".")
    return any(".".join(labels[start:]) in listed for start in range(len(labels)))


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())
