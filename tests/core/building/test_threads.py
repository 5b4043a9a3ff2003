"""Work on several threads: what is taken ahead, what comes back, and what models run on."""

import threading

import pytest

from mmrec_core.distributed.threads import as_done, one_thread_a_model


def test_every_item_comes_back_once_with_its_result_and_few_are_taken_ahead():
    taken: list[int] = []

    def items():
        for item in range(100):
            taken.append(item)
            yield item

    found = {}
    for item, result in as_done(lambda item: item**2, items(), threads=3):
        found[item] = result
        assert len(taken) <= len(found) + 9
    assert found == {item: item**2 for item in range(100)}


def test_a_slow_item_does_not_hold_up_those_behind_it():
    behind = threading.Event()

    def work(item: int) -> int:
        if item == 0:
            assert behind.wait(60)
        return item

    order = []
    for item, _ in as_done(work, range(20), threads=2):
        order.append(item)
        if len(order) == 10:
            behind.set()
    assert 0 not in order[:10]
    assert sorted(order) == list(range(20))


def test_what_fails_ends_the_work_and_nothing_new_begins():
    begun: list[int] = []

    def work(item: int) -> None:
        begun.append(item)
        if item == 5:
            raise ValueError("the sixth")

    with pytest.raises(ValueError, match="the sixth"):
        for _ in as_done(work, range(1000), threads=2):
            pass
    assert len(begun) < 20


def test_a_model_runs_on_the_thread_that_calls_it_and_later_ones_on_all_again():
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with one_thread_a_model() as threads:
            seen = [count for _, count in as_done(lambda _: torch.get_num_threads(), "ab", threads)]
        after = [count for _, count in as_done(lambda _: torch.get_num_threads(), "ab", 2)]
        assert (threads, seen, after) == (2, [1, 1], [2, 2])
    finally:
        torch.set_num_threads(before)
