"""What the messages of the loyalty programme say beside their own four texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ..loyalty.words import how_line, keep_line, progress_line
from ..model import Candidate, Context
from ..model.news import News
from . import loyalty
from .urls import secure_url
from .words import Words

# A balance interests who gains or may lose points; nobody is sent shopping to keep a rank.
_WITH_BALANCE = frozenset(
    {
        loyalty.POINTS_EXPIRING,
        loyalty.POINTS_MATURED,
        loyalty.REFERRAL_REWARDED,
        loyalty.REFERRAL_WELCOMED,
    }
)
_TO_THE_SHOP = frozenset(
    {
        loyalty.POINTS_EXPIRING,
        loyalty.POINTS_MATURED,
        loyalty.PRESENT,
        loyalty.REFERRAL_WELCOMED,
        loyalty.WINBACK,
    }
)


def more_paragraphs(candidate: Candidate, words: Words) -> Iterator[str]:
    """Yield what follows the body."""
    if candidate.template == loyalty.TIER_AT_RISK:
        yield words.say("email.tier_at_risk.calm")


def highlights(context: Context, candidate: Candidate, words: Words) -> Iterator[str]:
    """Yield the lines that are set apart: how a reward is used, what a rank takes, a balance."""
    news, template = context.news, candidate.template
    if news is None:
        return
    if template in _WITH_BALANCE:
        yield from _balance(context, news, words)
    if lines := _LINES.get(template):
        yield from (line for line in lines(context, news, words) if line)


def find_shop_link(context: Context, candidate: Candidate) -> tuple[str, str]:
    """Return what a button to the shop says and where it leads; nothing where there is none."""
    is_for_checkout = candidate.template == loyalty.REWARD and bool(
        context.news and context.news.code
    )
    if candidate.template not in _TO_THE_SHOP and not is_for_checkout:
        return "", ""
    return "email.shop.cta", secure_url(context.shop.url)


def program_footer(template: str, words: Words) -> Iterator[str]:
    """Yield why somebody who collects points is written to."""
    if template in loyalty.MEMBERS:
        yield words.about("email.footer.program")


def _balance(context: Context, news: News, words: Words) -> Iterator[str]:
    """Yield what can be spent; nothing where all of it still has to wait."""
    state = context.loyalty.more.get(news.program, context.loyalty)
    if state.balance:
        line = words.say("loyalty.balance", points=state.balance)
        name = words.text(news.program_name)
        yield f"{name}{words.colon}{line}" if name else line


def _reward(_context: Context, news: News, words: Words) -> Iterator[str]:
    if news.code:
        yield words.say("loyalty.reward.code", code=news.code)
    yield how_line(news.kind, words.say)
    if news.minimum:
        yield words.say("loyalty.reward.minimum", amount=words.localizer.money(news.minimum))
    if news.on:
        yield words.say("loyalty.reward.until", date=news.on)


def _tier(context: Context, news: News, words: Words) -> Iterator[str]:
    if news.on and news.name:
        yield words.say("loyalty.tier.until", tier=news.name, date=news.on)
    yield progress_line(context.loyalty.tier_progress, words.say, words.localizer)


def _risk(_context: Context, news: News, words: Words) -> Iterator[str]:
    if news.on is None or news.measure == "":
        return
    yield keep_line(
        news.measure,
        news.missing,
        news.currency,
        tier=news.name,
        on=news.on,
        say=words.say,
        words=words.localizer,
    )
    if news.name_next:
        yield words.say("loyalty.tier.then", tier=news.name_next)


def _achievement(context: Context, news: News, words: Words) -> Iterator[str]:
    if news.points:
        yield words.say("email.achievement.points", points=news.points)
        yield from _balance(context, news, words)


_Lines = Callable[[Context, News, Words], Iterator[str]]
_LINES: Mapping[str, _Lines] = {
    loyalty.REWARD: _reward,
    loyalty.PRESENT: _reward,
    loyalty.TIER_UP: _tier,
    loyalty.TIER_DOWN: _tier,
    loyalty.TIER_LOST: _tier,
    loyalty.TIER_AT_RISK: _risk,
    loyalty.ACHIEVEMENT: _achievement,
}
