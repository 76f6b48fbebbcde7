"""Notes for the staff: private messages at an order."""

import pytest

from retention_sdk.errors import PlatformError


def messages(shop):
    return [row for row in shop.tables["customer_messages"].values() if row["id"] > 100]


def test_note_is_private_read_and_by_an_employee(shop):
    shop.adapter(note_employee=4).note_order("7", "A card lies in the parcel")
    (note,) = messages(shop)

    assert ("A card lies in the parcel", "1", "1", "4", "1") == tuple(
        note[name] for name in ("message", "private", "read", "id_employee", "id_customer_thread")
    )


def test_thread_is_made_once_and_closed(shop):
    adapter = shop.adapter()
    adapter.note_order("9", "first")
    adapter.note_order("9", "second")
    (thread,) = (row for row in shop.tables["customer_threads"].values() if row["id"] > 100)

    assert ("9", "3", "1", "closed", "grace@example.com", "0123456789ab") == tuple(
        thread[name] for name in ("id_order", "id_customer", "id_lang", "status", "email", "token")
    )
    assert {str(thread["id"])} == {note["id_customer_thread"] for note in messages(shop)}


def test_order_of_a_deleted_account_can_be_noted(shop):
    shop.adapter().note_order("8", "without an address")
    thread = max(shop.tables["customer_threads"].values(), key=lambda row: row["id"])

    assert "" == thread["email"]


def test_nothing_is_cut_off_after_a_tag(shop):
    """As met on thirty bees: what follows "<" is gone."""
    shop.adapter().note_order("7", 'Card & gift <10 g: "Danke"\nzweite Zeile')
    (note,) = messages(shop)

    assert 'Card & gift ‹10 g: "Danke"\nzweite Zeile' == note["message"]


def test_order_that_is_not_there_is_refused_and_has_no_thread(shop):
    before = len(shop.tables["customer_threads"])
    with pytest.raises(PlatformError, match="no such order"):
        shop.adapter().note_order("999", "hello")
    assert before == len(shop.tables["customer_threads"])


def test_note_whose_answer_is_lost_is_not_doubled(shop):
    def fail(request):
        if "customer_messages" in request["path"]:
            shop.failures.append((500, {}, b""))

    shop.before_answer = fail
    with pytest.raises(PlatformError):
        shop.adapter().note_order("7", "once")
    assert 1 == sum("customer_messages" in path for path in shop.paths())


def test_tokens_are_random_and_of_twelve_characters():
    from retention_prestashop.adapter import PrestaShopAdapter

    tokens = {PrestaShopAdapter.make_token() for _ in range(5)}
    assert 5 == len(tokens)
    assert {12} == set(map(len, tokens))
