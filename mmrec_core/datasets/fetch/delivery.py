"""A fetch, from the requested parts to the files in the folder."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tqdm import tqdm

from mmrec_core.datasets.fetch.faults import DiskFull, writing
from mmrec_core.datasets.fetch.ledger import Ledger
from mmrec_core.datasets.fetch.meter import Meter
from mmrec_core.datasets.fetch.orders import Order, Tools
from mmrec_core.datasets.fetch.room import check_room
from mmrec_core.datasets.fetch.sources import (
    DISK_API,
    OPTIONAL_PARTS,
    PARTS,
    REPOSITORY,
    SOURCES,
    Source,
)
from mmrec_core.datasets.fetch.transport import Web
from mmrec_core.datasets.fetch.yandex_disk import PublicDisk
from mmrec_core.errors import FetchError


@dataclass(frozen=True)
class Addresses:
    """Where the interface of Yandex Disk and the reference repository's files answer."""

    disk_api: str = DISK_API
    repository: str = REPOSITORY


def sources_of(parts: Sequence[str]) -> list[Source]:
    """Return what belongs to the named parts, small things first.

    Raises
    ------
    ValueError
        If a part is not known; the text lists those that are.
    """
    known = (*PARTS, *OPTIONAL_PARTS)
    for part in parts:
        if part not in known:
            raise ValueError(f"{part!r} is not one of {', '.join(known)}")
    return [source for source in SOURCES if source.part in parts]


def fetch(
    to: Path,
    parts: Sequence[str] = PARTS,
    *,
    web: Web | None = None,
    addresses: Addresses = Addresses(),
    say: Callable[[str], None] = print,
    progress: bool | None = None,
) -> None:
    """Fetch parts of the reference's data into a folder, and what is missing there only.

    A part that fails does not stop the others. What was received is kept, whole files as well as
    parts of files, and the next fetch into the same folder continues from there. A file that is
    there and is not what is published is never replaced.

    Parameters
    ----------
    to : Path
        Made if missing.
    parts : sequence of str
        Of `PARTS` and `OPTIONAL_PARTS`.
    web : Web, optional
        How to ask.
    say : callable
        Takes a line on each part that is whole.
    progress : bool, optional
        Show a bar; None shows it on a terminal.

    Raises
    ------
    ValueError
        If a part is not known.
    FetchError
        If something could not be fetched: one line with each part's reason.
    """
    wanted = sources_of(parts)
    web = web or Web()
    with writing(to / "."):
        to.mkdir(parents=True, exist_ok=True)
    with closing(Ledger(to)) as ledger:
        tools = Tools(web, PublicDisk(web, addresses.disk_api), addresses.repository, to, ledger)
        faults: dict[str, list[str]] = {}

        def attempt(order: Order, step: Callable[[], object]) -> bool:
            try:
                step()
                return True
            except DiskFull:
                raise
            except FetchError as fault:
                faults.setdefault(str(fault), []).append(order.source.place)
                return False

        orders = [Order(source, tools) for source in wanted]
        with closing(Meter(progress)) as meter:
            orders = [order for order in orders if attempt(order, partial(order.survey, meter))]
            check_room(to, sum(order.room for order in orders))
            meter.starts(sum(order.to_come for order in orders))
            for order in orders:
                meter.named(order.source.place)
                if attempt(order, partial(order.carry_out, meter)):
                    with tqdm.external_write_mode():
                        say(order.summary())
    if faults:
        raise FetchError(" ".join(_reasons(faults)))


def _reasons(faults: dict[str, list[str]]) -> Iterator[str]:
    for fault, places in faults.items():
        yield f"{', '.join(places)}: {fault}"
    yield "What was fetched is kept."
