"""Few pages are computed at once, and none holds up the others while it waits."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mmrec_app.shared import turns


def test_only_so_many_have_a_turn_at_once_and_all_get_one() -> None:
    lock, inside, most = threading.Lock(), 0, 0
    full = threading.Barrier(turns.AT_ONCE)

    def page() -> None:
        nonlocal inside, most
        with turns.turn():
            with lock:
                inside += 1
                most = max(most, inside)
            full.wait(30)  # goes on once as many as may are inside
            with lock:
                inside -= 1

    with ThreadPoolExecutor(4 * turns.AT_ONCE) as visitors:
        for done in [visitors.submit(page) for _ in range(4 * turns.AT_ONCE)]:
            done.result(30)
    assert most == turns.AT_ONCE


def test_whoever_waits_for_a_worker_lets_others_in() -> None:
    answered = threading.Event()

    def waiting() -> None:
        with turns.turn(), turns.given_back():
            assert answered.wait(30)

    with ThreadPoolExecutor(turns.AT_ONCE) as visitors:
        all_of_them = [visitors.submit(waiting) for _ in range(turns.AT_ONCE)]
        with turns.turn():  # although as many as may wait inside theirs
            answered.set()
        for done in all_of_them:
            done.result(30)


def test_a_page_goes_ahead_where_no_turn_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def slow() -> None:
        with turns.turn():
            assert over.wait(30)

    with ThreadPoolExecutor(turns.AT_ONCE) as visitors, monkeypatch.context() as patch:
        patch.setattr(turns, "LONGEST_WAIT", 0.01)
        all_of_them = [visitors.submit(slow) for _ in range(turns.AT_ONCE)]
        with turns.turn(), turns.given_back():
            over.set()
        for done in all_of_them:
            done.result(30)
    test_only_so_many_have_a_turn_at_once_and_all_get_one()


def test_outside_of_a_turn_there_is_none_to_give_back() -> None:
    with turns.given_back(), turns.turn(), turns.given_back():
        pass
    test_only_so_many_have_a_turn_at_once_and_all_get_one()
