"""What is wanted of an archive, put where it belongs and entered as finished."""

import filecmp
from contextlib import closing
from pathlib import Path

from mmrec_core.datasets.fetch.archive import Archive, Limits, Member
from mmrec_core.datasets.fetch.faults import FileFault
from mmrec_core.datasets.fetch.ledger import Ledger
from mmrec_core.datasets.fetch.meter import Meter
from mmrec_core.datasets.fetch.placing import Placing
from mmrec_core.datasets.fetch.room import check_room

FEWEST_ENTRIES = 2000  # an archive of one file may hold as many, to be left out


def unpack_wanted(
    file: Path, identity: str, placing: Placing, to: Path, ledger: Ledger, meter: Meter
) -> int:
    """Unpack what is missing of an archive below ``to``; return how many files there are of it.

    Raises
    ------
    FileFault
        If the archive is refused or damaged, holds nothing that is wanted, or a file stands in
        its place that is not the same.
    DiskFull, FetchError
        If it does not fit, or cannot be written.
    """
    source = placing.source
    limits = Limits(max(2 * source.most_files, FEWEST_ENTRIES), source.most_bytes)
    with closing(Archive(file, limits)) as archive:
        wanted = _wanted(archive, placing)
        missing = {
            place: member
            for place, member in wanted.items()
            if (entry := ledger.intact(place)) is None or entry.archive != identity
        }
        size = sum(member.size for member in missing.values())
        check_room(to, size)
        meter.more(size)
        for place, member in missing.items():
            _unpack(archive, member, to / place)
            ledger.finished(place, None, identity)
            meter.received(member.size)
    ledger.unpacked(identity, len(wanted))
    return len(wanted)


def _wanted(archive: Archive, placing: Placing) -> dict[str, Member]:
    members = archive.members
    if placing.source.most_files == 1:
        chosen = placing.choose([member.path for member in members])
        members = [member for member in members if member.path == chosen]
    placed = {placing.place(member.path): member for member in members}
    wanted = {place: member for place, member in placed.items() if place}
    if not wanted:
        raise FileFault(
            f"the archive {archive.name} has no file that ends in "
            f"{', '.join(placing.source.suffixes)}."
        )
    return wanted


def _unpack(archive: Archive, member: Member, to: Path) -> None:
    if not to.exists():
        archive.unpack(member, to)
        return
    beside = to.with_name(f"{to.name}.unpacked")
    archive.unpack(member, beside)
    try:
        if not to.is_file() or not filecmp.cmp(beside, to, shallow=False):
            raise FileFault(
                f"{to} exists and differs from the file of that name in {archive.name}: move it "
                "elsewhere."
            )
    finally:
        beside.unlink()
