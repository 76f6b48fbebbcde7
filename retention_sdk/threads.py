"""Does work ahead in threads, and hands it out in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import get_ident
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")


def in_threads(
    items: Iterable[Item], work: Callable[[Item], Made], threads: int, *, name: str
) -> Iterator[Made]:
    """Yield what each item becomes, in order, with one more under way than there are threads.

    The items are taken in the thread that asks for results. When it stops asking, what is under
    way is finished and nothing more begun. ``name`` is what the threads are called.
    """
    own: set[int] = set()
    under_way: deque[Future[Made]] = deque()
    pool = ThreadPoolExecutor(threads, name, initializer=lambda: own.add(get_ident()))
    try:
        for item in items:
            under_way.append(pool.submit(work, item))
            if len(under_way) > threads:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        # The garbage collector runs in any thread, and may close us in one that we wait for.
        pool.shutdown(wait=get_ident() not in own, cancel_futures=True)
