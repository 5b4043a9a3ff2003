"""Loading models in several threads: the process's settings are as before when all are loaded."""

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from huggingface_hub import constants

from mmrec_core.encoders.hub import load_from_cache_or_hub

NEVER_TOGETHER = 0.3  # seconds that the first load gives the second to come in as well


def test_two_loads_at_once_leave_the_process_online_and_talking(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    first_loads, second_loads, first_is_done = Event(), Event(), Event()

    def first() -> bool:
        first_loads.set()
        second_loads.wait(NEVER_TOGETHER)
        return constants.HF_HUB_OFFLINE

    def second() -> bool:
        second_loads.set()
        first_is_done.wait()
        return constants.HF_HUB_OFFLINE

    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(load_from_cache_or_hub, "first", first)
        one.add_done_callback(lambda _: first_is_done.set())
        first_loads.wait()
        two = threads.submit(load_from_cache_or_hub, "second", second)
    assert one.result()
    assert two.result()
    assert constants.HF_HUB_OFFLINE is False
    assert logging.root.manager.disable == logging.NOTSET


def test_a_download_is_not_cut_off_by_another_load(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr("mmrec_core.encoders.hub._answers", lambda url: True)
    downloads, second_loads, may_end = Event(), Event(), Event()

    def first() -> str:
        if constants.HF_HUB_OFFLINE:
            raise OSError("not cached")
        downloads.set()
        second_loads.wait(NEVER_TOGETHER)
        if constants.HF_HUB_OFFLINE:
            raise OSError("offline in the middle of a download")
        return "downloaded"

    def second() -> str:
        second_loads.set()
        may_end.wait()
        return "cached"

    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(load_from_cache_or_hub, "first", first)
        one.add_done_callback(lambda _: may_end.set())
        downloads.wait()
        two = threads.submit(load_from_cache_or_hub, "second", second)
    assert (one.result(), two.result()) == ("downloaded", "cached")
