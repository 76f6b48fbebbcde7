"""What customers read of points, levels, rewards, friends and goals: on cards and account pages.

Nobody is hurried and nothing is promised that a shop may not keep. What the e-mails say is in
``loyalty_mail_specs``.
"""

from __future__ import annotations

from .specs import MessageSpec, spec_for

_SENTENCE = "A sentence of its own on the account page."
_TIER = "tier is a name such as Gold, never bent: after a colon, or after the word for level."
_LABEL = "A label in a list, no full stop; a few words."
_NAME = "What a reward is called in a list; a few words, no full stop."
_WHY = "Says under a reward why it cannot be had now; short, no reproach."
_ROW = "In the account's history, beside a day and a number; two to five words, no full stop."
_CALM = "No pressure, no urgency."


def _line(key: str, params: str, comment: str) -> tuple[str, MessageSpec]:
    """Return a line of an account page with its key."""
    return spec_for(f"loyalty.{key}", "any", params, comment)


def _card(key: str, params: str, comment: str) -> tuple[str, MessageSpec]:
    """Return a line of a card with its key."""
    return spec_for(f"card.{key}", "card", params, comment, 85)


LOYALTY_SPECS: tuple[tuple[str, MessageSpec], ...] = (
    _line("points", "points:count", f"A number of points, in lists and tables. {_LABEL}"),
    _line("balance", "points:count", f"What can be spent; 0 is possible. {_SENTENCE}"),
    _line(
        "pending",
        "points:count date:date",
        f"Points that can be spent from a day on, after the time for returns. {_SENTENCE}",
    ),
    _line(
        "pending_later",
        "points:count",
        f"Points that can be spent later, on different days. {_SENTENCE}",
    ),
    _line(
        "expiring",
        "points:count date:date",
        f"On that day they stop to be of use. {_CALM} {_SENTENCE}",
    ),
    _line("held", "points:count", f"Points set aside while a reward is being made. {_SENTENCE}"),
    _line(
        "debt",
        "points:count",
        f"A refund took back more points than were left. Kind, no word of debt. {_SENTENCE}",
    ),
    _line("tier", "tier", f"{_LABEL} {_TIER}"),
    _line(
        "tier.until",
        "tier date:date",
        f"The last day of a level, if nothing more is bought. {_TIER} {_SENTENCE}",
    ),
    _line(
        "tier.then",
        "tier",
        f"Follows loyalty.tier.until: the lower level that comes next. {_TIER} {_SENTENCE}",
    ),
    _line("tier.top", "tier", f"There is no higher level. {_TIER} {_SENTENCE}"),
    _line("tier.up", "tier", f"A level was reached just now. {_TIER} {_SENTENCE}"),
    _line(
        "tier.kept", "tier date:date", f"A level was kept for another period. {_TIER} {_SENTENCE}"
    ),
    _line(
        "tier.down",
        "tier",
        f"A lower level, because less was ordered. Kind: nobody did wrong. {_TIER} {_SENTENCE}",
    ),
    _line(
        "tier.none",
        "",
        f"A level has ended and there is none below. Kind: nobody did wrong. {_SENTENCE}",
    ),
    _line(
        "progress.points", "points:count tier", f"How far the next level is. {_TIER} {_SENTENCE}"
    ),
    _line(
        "progress.spend",
        "amount:code tier",
        f"amount is money: how far the next level is. {_TIER} {_SENTENCE}",
    ),
    _line(
        "progress.orders", "orders:count tier", f"How far the next level is. {_TIER} {_SENTENCE}"
    ),
    _line(
        "keep.points",
        "points:count tier date:date",
        f"What it takes to keep a level. {_CALM} {_TIER} {_SENTENCE}",
    ),
    _line(
        "keep.spend",
        "amount:code tier date:date",
        f"amount is money: what it takes to keep a level. {_CALM} {_TIER} {_SENTENCE}",
    ),
    _line(
        "keep.orders",
        "orders:count tier date:date",
        f"What it takes to keep a level. {_CALM} {_TIER} {_SENTENCE}",
    ),
    _line("reward.amount", "amount:code", f"amount is money taken off one order. {_NAME}"),
    _line("reward.percent", "percent:code", f"percent is 10 % or so, taken off one order. {_NAME}"),
    _line("reward.free_shipping", "", _NAME),
    _line("reward.free_product", "", f"One piece of a product costs nothing. {_NAME}"),
    _line(
        "reward.store_credit",
        "amount:code",
        f"amount is money to spend in the shop, over several orders. {_NAME}",
    ),
    _line("reward.gift", "", f"Something lies in the next parcel. {_NAME}"),
    _line("reward.donation", "amount:code", f"The shop gives the money. {_NAME}"),
    _line(
        "reward.donation_to", "amount:code cause", f"cause is a charity's name, never bent. {_NAME}"
    ),
    _line("reward.invitation", "", f"To an event. {_NAME}"),
    _line("reward.access", "", f"Something before others may buy it. {_NAME}"),
    _line("reward.partner", "", f"Another company hands it out. {_NAME}"),
    _line("reward.ready", "", f"There are enough points for a reward. {_CALM} {_LABEL}"),
    _line("reward.missing", "points:count", f"How many points a reward still takes. {_SENTENCE}"),
    _line("reward.code", "code:code", f"What to type at the checkout or to show. {_LABEL}"),
    _line("reward.until", "date:date", f"The last day of a reward. {_LABEL}"),
    _line(
        "reward.minimum", "amount:code", f"amount is money: the least order it works for. {_LABEL}"
    ),
    _line("reward.how.checkout", "", f"How a code is used. {_SENTENCE}"),
    _line("reward.how.parcel", "", f"A gift needs no code. {_SENTENCE}"),
    _line("reward.how.donation", "", f"A donation needs no code. {_SENTENCE}"),
    _line("reward.how.door", "", f"How the code of an invitation is used. {_SENTENCE}"),
    _line(
        "reward.how.account",
        "",
        f"How early access is used: by signing in to the shop. {_SENTENCE}",
    ),
    _line(
        "reward.how.credit",
        "",
        f"Store credit needs no code: it is in the account already. {_SENTENCE}",
    ),
    _line(
        "reward.how.partner", "", f"How the code of another company's reward is used. {_SENTENCE}"
    ),
    _line("reward.not_yet", "date:date", f"date is a day. {_WHY}"),
    _line("reward.over", "", _WHY),
    _line("reward.sold_out", "", _WHY),
    _line("reward.limit", "", f"As many as one person may have. {_WHY}"),
    _line("reward.tier", "tier", f"{_WHY} {_TIER}"),
    _line("reward.not_here", "", f"Another country, currency or language. {_WHY}"),
    _line("referral.code", "code:code", f"What a customer passes on to friends. {_LABEL}"),
    _line("referral.invite", "", f"Above the code for friends. {_CALM} {_SENTENCE}"),
    _line(
        "referral.share",
        "brand code:code link:code",
        "A customer writes this to a friend: informal, honest that both have something from it.",
    ),
    _line(
        "referral.share_own",
        "brand code:code link:code",
        "As loyalty.referral.share, where only the one who writes it gets something.",
    ),
    _line(
        "referral.friend",
        "brand",
        f"A friend comes with a code, and gets something after the first order. {_SENTENCE}",
    ),
    _line(
        "referral.friend_own",
        "brand",
        f"As loyalty.referral.friend, where only the other one gets something. {_SENTENCE}",
    ),
    _line("referral.claimed", "", f"A friend has used the code and not ordered yet. {_SENTENCE}"),
    _line(
        "referral.waiting",
        "date:date",
        f"A friend has ordered; points come after the time for returns. {_SENTENCE}",
    ),
    _line("referral.checking", "", f"Somebody at the shop looks at it. No suspicion. {_SENTENCE}"),
    _line("referral.rewarded", "points:count", f"To the one who recommended. {_SENTENCE}"),
    _line(
        "referral.thanks",
        "",
        f"As loyalty.referral.rewarded, where it brought something else than points. {_SENTENCE}",
    ),
    _line("referral.welcomed", "points:count", f"To the friend who was brought along. {_SENTENCE}"),
    _line(
        "referral.refused",
        "",
        f"A recommendation brings nothing. No accusation, and a way out. {_SENTENCE}",
    ),
    _line(
        "referral.returned",
        "",
        f"The friend's order was refunded, so there are no points for it. {_SENTENCE}",
    ),
    _line(
        "achievement.progress",
        "count:count target:count",
        f"So many of so many, such as 3 of 5. {_LABEL}",
    ),
    _line(
        "achievement.spent",
        "amount:code target:code",
        f"amount and target are money: so much of so much. {_LABEL}",
    ),
    _line("achievement.earned", "date:date", f"The day on which something was reached. {_LABEL}"),
    _line("achievement.ends", "date:date", f"The last day of a challenge. {_CALM} {_LABEL}"),
    _line("achievement.starts", "date:date", f"The first day of a challenge. {_LABEL}"),
    _line("achievement.brings", "points:count", f"What reaching it brings. {_LABEL}"),
    _line(
        "leaderboard.place",
        "place:count total:count",
        f"Where somebody stands among all who take part. {_LABEL}",
    ),
    _line("leaderboard.you", "", "Stands in the customer's own row. One or two words."),
    _line("leaderboard.join", "", f"Taking part is a free choice. {_SENTENCE}"),
    _line("leaderboard.off", "", f"Does not take part. {_SENTENCE}"),
    _line("history.order", "", f"Points were earned. {_ROW}"),
    _line("history.order_number", "number:code", f"Points were earned. {_ROW}"),
    _line("history.signup", "", _ROW),
    _line("history.newsletter", "", _ROW),
    _line("history.review", "", _ROW),
    _line("history.survey", "", _ROW),
    _line("history.follow", "", _ROW),
    _line("history.birthday", "", _ROW),
    _line("history.anniversary", "", f"Years since the first order. {_ROW}"),
    _line("history.referral", "", _ROW),
    _line("history.friend", "", f"Somebody was brought along. {_ROW}"),
    _line("history.achievement", "", _ROW),
    _line("history.gift", "", f"Points that the shop gave. {_ROW}"),
    _line("history.import", "", f"Points from before this programme began. {_ROW}"),
    _line("history.mature", "", f"Points can be spent from now on. {_ROW}"),
    _line("history.expire", "", f"Points were not used in time. {_ROW}"),
    _line("history.hold", "", f"Points were put aside while a reward is made. {_ROW}"),
    _line("history.capture", "", f"Points were exchanged. {_ROW}"),
    _line("history.release", "", f"Points that were set aside came back. {_ROW}"),
    _line(
        "history.refund_redemption", "", f"A reward was given back, so its points returned. {_ROW}"
    ),
    _line("history.clawback", "", f"An order was refunded, so its points went. {_ROW}"),
    _line(
        "history.taken_back",
        "",
        f"Points that were given for something else than an order were taken back. {_ROW}",
    ),
    _line("history.adjust", "", f"The shop corrected the balance. {_ROW}"),
    _line("history.transfer_in", "", _ROW),
    _line("history.transfer_out", "", _ROW),
    _line("history.partner_in", "", f"Exchanged at another company. {_ROW}"),
    _line("history.partner_out", "", f"Exchanged at another company. {_ROW}"),
    _line("history.donate", "", _ROW),
    _line("history.merge_accounts", "", f"Two accounts of one person became one. {_ROW}"),
    _card(
        "points.pending", "points:count date:date", "Points that can be spent from a day on; small."
    ),
    _card(
        "points.expiring", "points:count date:date", f"Points that expire on a day; small. {_CALM}"
    ),
    _card("progress.points", "points:count tier", f"How far the next level is; small. {_TIER}"),
    _card(
        "progress.spend",
        "amount:code tier",
        f"amount is money: how far the next level is; small. {_TIER}",
    ),
    _card("progress.orders", "orders:count tier", f"How far the next level is; small. {_TIER}"),
)
"""Rows for the registry, in the order in which catalogues list them."""
