"""All that a shop's store says of people, with names that do not differ from store to store."""

from __future__ import annotations


def books_of(shop):
    """Return events, stages, sales, points, ranks, answers and plans; people go by their order."""
    with shop.store.reading() as connection:
        read = connection.exec_driver_sql
        events = read("SELECT id, type, state, error, subject_id FROM event ORDER BY seq").all()
        sales = read("SELECT * FROM order_fact ORDER BY order_id").mappings().all()
        plans = read("SELECT kind, subject_id, due_at, state FROM due").all()
        people = {}
        for row in events:
            people.setdefault(row.subject_id, f"person {len(people)}")
        alive = [who for who in people if not shop.store.subjects.is_erased(connection, who)]
        told = [each.id for each in events if each.subject_id in alive]
        texts = {each: shop.store.inbox.get(connection, each) for each in told}
        stages = {each: _stages(shop.store, connection, each, people) for each in told}
        answers = {people[who]: shop.store.consents.history(connection, who) for who in alive}
    return {
        "events": [(*each[:4], people[each.subject_id]) for each in events],
        "texts": {name: stored.event.model_dump_json() for name, stored in texts.items()},
        "stages": stages,
        "sales": [{**each, "subject_id": people[each["subject_id"]]} for each in sales],
        "plans": sorted((each[0], people[each[1]], *each[2:]) for each in plans),
        "points": {people[who]: shop.history(who) for who in alive},
        "ranks": {people[who]: shop.ranks(who) for who in alive},
        "answers": answers,
    }


def _stages(store, connection, event_id, people):
    """Return what each stage of an event made, with names for people."""
    found = {}
    for stage in sorted(store.stages.reached(connection, event_id)):
        text = store.stages.get(connection, event_id, stage).decode()
        for who, name in people.items():
            text = text.replace(who, name)
        found[stage] = text
    return found
