"""Archives: what is unpacked where, and what is refused before a byte of it is written."""

import io
import stat
import tarfile
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from mmrec_core.datasets.fetch.archive import Archive, Limits
from mmrec_core.errors import FetchError
from tests.core.datasets.test_fetch import (
    CANDIDATES,
    IMAGES,
    VECTOR_LINES,
    VECTORS,
    Fetching,
    fetching,
    picture,
    published,
)

__all__ = ["fetching", "published"]

LIMITS = Limits(entries=50, total=10**6)


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return content.getvalue()


def tarred(files: dict[str, bytes], mode: str = "w:gz") -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode=mode) as archive:
        for name, body in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    return content.getvalue()


def odd_tar(**fields: object) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("good.jpg"))
        member = tarfile.TarInfo("bad.jpg")
        for name, value in fields.items():
            setattr(member, name, value)
        archive.addfile(member)
    return content.getvalue()


def odd_zip(mode: int) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("good.jpg", b"x")
        info = zipfile.ZipInfo("bad.jpg")
        info.external_attr = mode << 16
        archive.writestr(info, b"/etc/passwd")
    return content.getvalue()


def encrypted_zip() -> bytes:
    content = bytearray(zipped({"a.jpg": b"x" * 40}, zipfile.ZIP_STORED))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    return bytes(content)


PICTURES = {f"Dataset/img_{n}_0.jpg": picture(n) for n in range(12)}
CLUTTER = {"__MACOSX/Dataset/._img_1_0.jpg": b"m", "Dataset/.DS_Store": b"d", "readme.txt": b"r"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Dataset.zip", zipped(PICTURES | CLUTTER)),
        ("Dataset.tar.gz", tarred(PICTURES | CLUTTER)),
        ("images.tar", tarred({f"./{path}": body for path, body in PICTURES.items()}, "w")),
    ],
)
@pytest.mark.parametrize("in_folder", [False, True])
def test_an_archive_of_images_lands_as_its_folder_would(
    published, fetching, name, content, in_folder
):
    published.disk[IMAGES] = {name: content} if in_folder else content
    published.names[IMAGES] = name
    fetching("images")
    assert {path.name: path.read_bytes() for path in (fetching.to / "Dataset").iterdir()} == {
        path.removeprefix("Dataset/"): body for path, body in PICTURES.items()
    }
    assert {path.name for path in fetching.to.iterdir()} == {"Dataset", ".mmrec-fetch.jsonl"}
    assert fetching.said == [f"images: {fetching.to / 'Dataset'}, 12 files"]


def test_what_was_unpacked_is_not_fetched_again_unless_something_is_missing(published, fetching):
    published.disk[IMAGES] = zipped(PICTURES)
    published.names[IMAGES] = "Dataset.zip"
    fetching("images")
    fetching("images")
    assert published.downloads() == []
    assert fetching.said == [f"images: {fetching.to / 'Dataset'}, 12 files"]
    (fetching.to / "Dataset/img_3_0.jpg").unlink()
    fetching("images")
    assert len(published.downloads()) == 1
    assert (fetching.to / "Dataset/img_3_0.jpg").read_bytes() == picture(3)


def test_a_picture_that_stands_there_is_kept_and_told_where_it_differs(published, fetching):
    published.disk[IMAGES] = zipped(PICTURES)
    published.names[IMAGES] = "Dataset.zip"
    (fetching.to / "Dataset").mkdir(parents=True)
    (fetching.to / "Dataset/img_1_0.jpg").write_bytes(picture(1))
    (fetching.to / "Dataset/img_2_0.jpg").write_bytes(b"mine")
    message = fetching.fails("images")
    assert [path.name for path in (fetching.to / "archives").rglob("Dataset*")] == ["Dataset.zip"]
    assert "img_2_0.jpg exists and differs from the file of that name in Dataset.zip" in message
    assert (fetching.to / "Dataset/img_2_0.jpg").read_bytes() == b"mine"
    (fetching.to / "Dataset/img_2_0.jpg").unlink()
    fetching("images")
    assert published.downloads() == []  # the archive was kept
    assert len(list((fetching.to / "Dataset").iterdir())) == 12


def test_a_single_file_may_come_in_an_archive(published, fetching):
    published.disk[VECTORS] = zipped({"out/clip_bert.json": VECTOR_LINES, "out/other.json": b"{}"})
    published.names[VECTORS] = "clip_bert.zip"
    published.disk[CANDIDATES] = {"pairs.tar.gz": tarred({"any name.csv": b"image,candidate\n"})}
    fetching("vectors", "candidates")
    assert (fetching.to / "clip_bert.json").read_bytes() == VECTOR_LINES
    assert (fetching.to / "02_nearest_clusters.csv").read_bytes() == b"image,candidate\n"


def test_an_archive_that_cannot_be_unpacked_here_is_told_before_it_is_fetched(published, fetching):
    published.disk[IMAGES] = {"Dataset.rar": b"Rar!"}
    message = fetching.fails("images")
    assert (
        "has 'Dataset.rar', an archive of a kind that is not unpacked here: fetch it by hand"
        in message
    )
    assert published.downloads() == []
    published.disk[IMAGES]["img_1_0.jpg"] = picture(1)
    fetching("images")
    assert fetching.said[0].endswith("Dataset, without the archive 'Dataset.rar'")
    published.disk[VECTORS] = b"7z"
    published.names[VECTORS] = "clip_bert.7z"
    assert "has 'clip_bert.7z', an archive of a kind that is not unpacked" in fetching.fails(
        "vectors"
    )


def test_an_archive_with_an_unsafe_file_leaves_nothing_behind(published, fetching):
    published.disk[IMAGES] = zipped({"Dataset/img_1_0.jpg": b"x", "../../evil.jpg": b"x"})
    published.names[IMAGES] = "Dataset.zip"
    message = fetching.fails("images")
    assert "the archive Dataset.zip is not safe: the name '../../evil.jpg' leads out" in message
    assert not (fetching.to / "Dataset").exists()
    assert not list(fetching.to.parent.rglob("evil.jpg"))


def refused(tmp_path: Path, content: bytes, limits: Limits = LIMITS) -> str:
    file = tmp_path / "given"
    file.write_bytes(content)
    with pytest.raises(FetchError) as caught:
        Archive(file, limits)
    return str(caught.value)


@pytest.mark.parametrize(
    "name", ["../a.jpg", "/etc/a.jpg", "a/../../b.jpg", "a\\..\\b.jpg", "a//b.jpg", "a\nb.jpg"]
)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_paths_that_lead_out_are_refused(tmp_path, name, pack):
    assert "is not safe" in refused(tmp_path, pack({"good.jpg": b"x", name: b"x"}))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (odd_tar(type=tarfile.SYMTYPE, linkname="/etc/passwd"), "a link"),
        (odd_tar(type=tarfile.LNKTYPE, linkname="good.jpg"), "a link"),
        (odd_tar(type=tarfile.CHRTYPE, devmajor=1, devminor=3), "no plain file"),
        (odd_tar(type=tarfile.FIFOTYPE), "no plain file"),
        (odd_zip(stat.S_IFLNK | 0o777), "a link"),
        (odd_zip(stat.S_IFIFO | 0o600), "no plain file"),
        (encrypted_zip(), "encrypted"),
    ],
)
def test_links_devices_and_locked_files_are_refused(tmp_path, content, kind):
    assert f", which is {kind}: nothing of it is unpacked" in refused(tmp_path, content)


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_bombs_are_refused(tmp_path, pack):
    zeros = {"a.jpg": bytes(5 * 10**6)}
    many = {f"{n}.jpg": b"" for n in range(51)}
    assert "unpacks to more than 1,000,000 bytes" in refused(tmp_path, pack(zeros))
    generous = Limits(entries=50, total=10**9, grace=0)
    assert "unpacks to more than" in refused(tmp_path, pack(zeros), generous)
    assert "contains more than 50 entries" in refused(tmp_path, pack(many))


@pytest.mark.parametrize("content", [b"no archive", b"", zipped(PICTURES)[:-60]])
def test_what_is_no_archive_is_told(tmp_path, content):
    assert "cannot be unpacked" in refused(tmp_path, content)


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_damaged_file_within_is_told_and_does_not_stand(tmp_path, pack):
    content = bytearray(pack({"a.jpg": bytes(range(256)) * 40}))
    content[len(content) // 3] ^= 0xFF
    file = tmp_path / "given"
    file.write_bytes(content)

    def unpack() -> None:
        with closing(Archive(file, LIMITS)) as archive:
            archive.unpack(archive.members[0], tmp_path / "to" / "a.jpg")

    with pytest.raises(FetchError, match="cannot be unpacked"):
        unpack()
    assert not list(tmp_path.rglob("a.jpg*"))


def test_a_full_disk_while_unpacking_keeps_the_archive(published, fetching: Fetching):
    published.disk[IMAGES] = zipped(PICTURES)
    published.names[IMAGES] = "Dataset.zip"
    (fetching.to / "Dataset").mkdir(parents=True)
    (fetching.to / "Dataset/img_5_0.jpg.part").symlink_to("/dev/full")
    assert "is full" in fetching.fails("images")
    fetching("images")
    assert published.downloads() == []
    assert len(list((fetching.to / "Dataset").iterdir())) == 12
