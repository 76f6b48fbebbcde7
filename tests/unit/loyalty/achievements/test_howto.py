"""What the page about achievements shows, works."""

import re
import tomllib
from pathlib import Path

from retention_sdk.loyalty.achievements.settings import _GOODS, StreakAchievement
from retention_sdk.loyalty.rules import Program
from tests.unit.loyalty.achievements.kit import a_program, paid, tell

PAGE = Path(__file__).parents[4] / "docs" / "howto" / "achievements.md"
TEXT = PAGE.read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def the_program():
    (text,) = blocks("toml")
    return Program.model_validate(tomllib.loads(text)["loyalty"])


def test_the_settings_are_read_as_the_page_says():
    program = the_program()
    regular, teas, faithful, advent = program.achievements

    assert [3, 10, 25] == [level.target for level in regular.levels]
    assert "Stammgast" == regular.names.pick("de-AT")
    assert 4 == teas.thresholds(teas.levels[-1])[""]
    assert isinstance(faithful, StreakAchievement)
    assert advent.is_challenge
    assert ("monthly", 5) == (program.leaderboards[0].id, program.leaderboards[0].participants_min)


def test_the_examples_run(make_shop, capsys):
    page = the_program()
    goals = page.model_dump(mode="json")["achievements"]
    shop = make_shop(loyalty=a_program(*goals, rewards=page.rewards))
    event = paid("1")
    tell(shop, event)
    first, second = blocks("python")
    scope = {"shop": shop, "customer": event.order.customer}
    exec(compile(first, str(PAGE), "exec"), scope)

    assert "regular 1 of 3 until None" in capsys.readouterr().out

    board = the_program().leaderboards[0].model_dump()
    shop.close()
    shop = make_shop(loyalty=a_program(leaderboards=[board]))
    scope |= {"shop": shop, "desk": shop.loyalty.achievements}
    exec(compile(second, str(PAGE), "exec"), scope)

    assert "Swift Otter" == scope["member"].name
    assert not scope["view"].is_shown


def test_the_page_names_every_kind_and_setting():
    words = [
        *("orders", "spend", "variety", "collection", "streak", "reviews", "surveys", "follows"),
        *("referrals", "visits", "each_period", "on_completion", "opt_in", "counts_from"),
        *("on_refund", "rolling_days", "participants_min", "neighbours", "first_words", *_GOODS),
    ]

    assert [] == [word for word in words if word not in TEXT]
