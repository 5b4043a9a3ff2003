"""`mmrec fetch yandex` against a local server: what lands, what is kept, what each fault says."""

import gzip
import hashlib
import json
import os
import socket
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from mmrec_core.datasets.fetch import PARTS, SOURCES, Addresses, Web, fetch
from mmrec_core.datasets.fetch.download import Checksum, Remote, part_of
from mmrec_core.datasets.fetch.ledger import LEDGER, Ledger
from mmrec_core.datasets.fetch.yandex_disk import PublicDisk
from mmrec_core.errors import FetchError
from mmrec_core.reference.source_files import find_files
from tests.core.datasets.fetch_server import Fault, Published, serving

IMAGES, VECTORS, CANDIDATES = (
    next(source.published.url for source in SOURCES if source.place == place)
    for place in ("Dataset", "clip_bert.json", "02_nearest_clusters.csv")
)
VECTOR_LINES = b'{"img": "img_0_0.jpg", "clip": [], "bert": []}\n' * 4000
BIG = bytes(range(256)) * 12_000  # 3 MB: more than a break has to bring to count as progress


def picture(number: int) -> bytes:
    return b"\xff\xd8" + str(number).encode() * 50


@pytest.fixture
def published():
    disk = Published(
        disk={
            IMAGES: {f"img_{n}_0.jpg": picture(n) for n in range(25)} | {"notes.txt": b"hello"},
            VECTORS: VECTOR_LINES,
            CANDIDATES: {"pairs.csv": b"image,candidate\na,b\n", ".DS_Store": b"x"},
        },
        names={VECTORS: "clip_bert.json"},
        repository={
            source.published.path: f"{source.place}\n".encode() * 100
            for source in SOURCES
            if not hasattr(source.published, "url")
        },
    )
    with serving(disk) as served:
        yield served


class Fetching:
    """A fetch into one folder, with the pauses that it would have made."""

    def __init__(self, published: Published, to: Path) -> None:
        self.published, self.to = published, to
        self.pauses: list[float] = []
        self.said: list[str] = []

    def __call__(self, *parts: str, attempts: int = 3) -> None:
        self.pauses.clear()
        self.said.clear()
        self.published.requests.clear()
        fetch(
            self.to,
            parts or PARTS,
            web=Web(attempts, jobs=4, sleep=self.pauses.append),
            addresses=Addresses(self.published.api, self.published.raw),
            say=self.said.append,
            progress=False,
        )

    def fails(self, *parts: str, attempts: int = 3) -> str:
        with pytest.raises(FetchError) as caught:
            self(*parts, attempts=attempts)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def parts(self) -> list[Path]:
        return sorted(self.to.rglob("*.part"))


@pytest.fixture
def fetching(published, tmp_path):
    return Fetching(published, tmp_path / "yandex")


def test_everything_lands_under_the_names_that_an_import_reads(published, fetching):
    fetching()
    files = {
        path.relative_to(fetching.to).as_posix()
        for path in fetching.to.rglob("*")
        if path.is_file()
    }
    assert files == {
        LEDGER, "clip_bert.json", "01_image_text_dataset.json", "01_img_data.csv",
        "01_text_data.csv", "02_nearest_clusters.json", "02_nearest_clusters.csv",
        "03_catboost_model.bin", *(f"Dataset/img_{n}_0.jpg" for n in range(25)),
    }  # fmt: skip
    assert (fetching.to / "clip_bert.json").read_bytes() == VECTOR_LINES
    assert (fetching.to / "Dataset/img_7_0.jpg").read_bytes() == picture(7)
    assert (fetching.to / "02_nearest_clusters.csv").read_bytes() == b"image,candidate\na,b\n"
    assert f"images: {fetching.to / 'Dataset'}, 25 files" in fetching.said
    assert None not in vars(find_files(fetching.to)).values()


def test_a_second_fetch_downloads_nothing(published, fetching):
    fetching()
    fetching()
    assert published.downloads() == []
    assert len(fetching.said) == 8


def test_only_the_named_parts_come(published, fetching):
    fetching("pairs", "results")
    assert {path.name for path in fetching.to.iterdir()} == {
        LEDGER, "01_img_data.csv", "01_text_data.csv", "04_image_model_candidates_5.json",
        "04_image_model_candidates_5_clip_cossim.json",
        "04_image_model_candidates_5_bert_cossim.json",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["sha256", "md5"])
def test_a_break_in_mid_file_goes_on_by_range(published, fetching, kind):
    published.kind = kind
    published.faults["!"] = [Fault(breaks_after=1000), Fault(breaks_after=50)]
    fetching("vectors")
    assert (fetching.to / "clip_bert.json").read_bytes() == VECTOR_LINES
    assert [part for _, _, part in published.downloads()] == [None, "bytes=1000-", "bytes=1050-"]
    assert not fetching.parts()


def test_breaks_that_bring_much_are_not_counted_as_tries(published, fetching):
    published.disk[VECTORS] = BIG
    published.faults["!"] = [Fault(breaks_after=1_300_000), Fault(breaks_after=1_300_000)]
    fetching("vectors", attempts=1)
    assert (fetching.to / "clip_bert.json").read_bytes() == BIG
    assert fetching.pauses == []


def test_what_came_before_a_break_is_used_by_the_next_fetch(published, fetching):
    published.faults["!"] = [Fault(breaks_after=5000)]
    assert "the connection to 127.0.0.1" in fetching.fails("vectors", attempts=1)
    assert [part.stat().st_size for part in fetching.parts()] == [5000]
    fetching("vectors")
    assert [part for _, _, part in published.downloads()] == ["bytes=5000-"]
    assert (fetching.to / "clip_bert.json").read_bytes() == VECTOR_LINES


def test_a_break_of_a_repository_file_goes_on_while_its_etag_stays(published, fetching):
    path = "step_1/01_image_text_dataset.json"
    published.faults[path] = [Fault(breaks_after=0), Fault(breaks_after=500)]  # HEAD, then GET
    fetching("texts")
    assert (fetching.to / "01_image_text_dataset.json").read_bytes() == published.repository[path]
    assert [part for _, _, part in published.downloads()] == [None, "bytes=500-"]


def test_a_part_of_what_was_published_before_is_not_mixed_with_the_new(published, fetching):
    published.faults["!"] = [Fault(breaks_after=5000)]
    fetching.fails("vectors", attempts=1)
    published.disk[VECTORS] = BIG
    fetching("vectors")
    assert (fetching.to / "clip_bert.json").read_bytes() == BIG
    assert published.downloads()[0][2] is None
    assert not fetching.parts()


def test_a_server_without_ranges_sends_the_file_again(published, fetching):
    published.ranges = False
    published.faults["!"] = [Fault(breaks_after=5000)]
    fetching("vectors")
    assert (fetching.to / "clip_bert.json").read_bytes() == VECTOR_LINES


def test_a_damaged_part_is_thrown_away_and_the_file_fetched_anew(published, fetching):
    checksum = Checksum("sha256", hashlib.sha256(VECTOR_LINES).hexdigest())
    remote = Remote("clip_bert.json", len(VECTOR_LINES), checksum, None)
    part = part_of(remote, fetching.to / "clip_bert.json")
    part.parent.mkdir()
    part.write_bytes(b"x" * 700)
    fetching("vectors")
    assert [part for _, _, part in published.downloads()] == ["bytes=700-", None]
    assert (fetching.to / "clip_bert.json").read_bytes() == VECTOR_LINES


def test_an_address_that_ran_out_is_asked_for_anew(published, fetching):
    published.expired = {f"{IMAGES}!img_{n}_0.jpg" for n in range(0, 25, 2)}
    fetching("images")
    assert len(list((fetching.to / "Dataset").iterdir())) == 25


def test_an_address_may_run_out_again_and_again_while_much_comes(published, fetching):
    published.disk[VECTORS] = BIG
    published.expired = {f"{VECTORS}!"}
    much = Fault(breaks_after=1_300_000)
    gone = Fault(410)
    published.faults["!"] = [gone, much, gone, much]
    fetching("vectors", attempts=1)
    assert (fetching.to / "clip_bert.json").read_bytes() == BIG


def test_answers_and_files_that_come_compressed_unasked_are_read(published, fetching):
    answer = {"type": "file", "name": "clip_bert.json", "size": len(VECTOR_LINES),
            "sha256": hashlib.sha256(VECTOR_LINES).hexdigest()}  # fmt: skip
    packed = {"Content-Encoding": "gzip"}
    published.faults["/api/resources"] = [
        Fault(headers=packed, body=gzip.compress(json.dumps(answer).encode()))
    ]
    published.faults["!"] = [Fault(headers=packed, body=gzip.compress(VECTOR_LINES))]
    fetching("vectors", attempts=1)
    assert (fetching.to / "clip_bert.json").read_bytes() == VECTOR_LINES


def test_429_is_waited_out_as_long_as_the_server_asks(published, fetching):
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    published.faults["/api/resources"] = [
        Fault(429, {"Retry-After": "7"}),
        Fault(429, {"Retry-After": soon}),
    ]
    fetching("vectors")
    assert fetching.pauses[0] == 7
    assert 60 < fetching.pauses[1] <= 90


def test_a_429_that_stays_is_one_line(published, fetching):
    published.faults["/api/resources"] = [Fault(429)] * 3
    message = fetching.fails("vectors")
    assert "clip_bert.json: 127.0.0.1" in message
    assert "asks to slow down (429), 3 tries: run the same command later." in message
    published.faults["/api/resources"] = [Fault(429, {"Retry-After": "86400"})]
    assert "asks to wait 86,400 s" in fetching.fails("vectors")
    assert fetching.pauses == []


def test_5xx_is_tried_again_and_then_one_line(published, fetching):
    published.faults["!"] = [Fault(502), Fault(503)]
    fetching("vectors")
    assert len(fetching.pauses) == 2
    published.faults["/api/resources"] = [Fault(500)] * 3
    assert "has a problem (500), 3 tries" in fetching.fails("vectors")


def test_what_is_gone_or_refused_does_not_keep_the_rest_from_coming(published, fetching):
    del published.disk[VECTORS]
    del published.repository["step_1/01_img_data.csv"]
    published.faults["03_catboost_model.bin"] = [Fault(403, body=b'{"message": "no\\nway"}')]
    message = fetching.fails()
    assert "01_img_data.csv: it is no longer there: 127.0.0.1" in message
    assert "clip_bert.json: it is no longer there" in message
    assert "answers 404, 'Resource not found.'" in message
    assert "03_catboost_model.bin: 127.0.0.1" in message
    assert "refuses access: 403" in message
    assert (fetching.to / "01_text_data.csv").exists()
    assert len(list((fetching.to / "Dataset").iterdir())) == 25


def test_one_image_that_is_gone_is_named_and_the_others_come(published, fetching):
    published.faults["img_3_0.jpg"] = [Fault(404)] * 2
    message = fetching.fails("images")
    assert (
        "24 files were fetched and 1 failed; Dataset/img_3_0.jpg: it is no longer there" in message
    )
    fetching("images")
    assert len(published.downloads()) == 1


def test_another_checksum_than_the_interface_tells_is_one_line(published, fetching):
    published.checksums["clip_bert.json"] = "0" * 64
    message = fetching.fails("vectors")
    assert f"has sha256:{hashlib.sha256(VECTOR_LINES).hexdigest()}" in message
    assert f"expected the published sha256:{'0' * 64}" in message
    assert not (fetching.to / "clip_bert.json").exists()


@pytest.mark.parametrize(
    "page", [Fault(headers={"Content-Type": "text/html"}), Fault(body=b"\n<!DOCTYPE html><html>")]
)
@pytest.mark.parametrize("end", ["!", "/api/resources"])
def test_a_web_page_instead_of_the_file_is_one_line(published, fetching, page, end):
    published.faults[end] = [page]
    message = fetching.fails("vectors")
    expected = "gives an answer of an unknown form" if page.body != b"{}" else "a web page"
    assert ("a web page instead of the file" if end == "!" else expected) in message
    assert not (fetching.to / "clip_bert.json").exists()
    fetching("vectors")


def test_changed_content_is_told_and_the_copy_here_stays(published, fetching):
    fetching("vectors", "images")
    published.disk[VECTORS] = b"other"
    published.disk[IMAGES]["img_3_0.jpg"] = b"other"
    message = fetching.fails("vectors", "images")
    assert "clip_bert.json has changed since it was fetched" in message
    assert "Dataset/img_3_0.jpg has changed since it was fetched" in message
    assert (fetching.to / "clip_bert.json").read_bytes() == VECTOR_LINES


def test_files_that_somebody_put_there_are_used_or_left_alone(published, fetching):
    fetching.to.mkdir()
    (fetching.to / "clip_bert.json").write_bytes(VECTOR_LINES)
    (fetching.to / "01_text_data.csv").write_bytes(b"mine")
    message = fetching.fails("vectors", "pairs")
    assert "what is published as 01_text_data.csv is not what is here" in message
    assert (fetching.to / "01_text_data.csv").read_bytes() == b"mine"
    assert [path for _, path, _ in published.downloads()] == ["/raw/step_1/01_img_data.csv"]


def test_a_missing_image_is_fetched_again(published, fetching):
    fetching("images")
    (fetching.to / "Dataset/img_3_0.jpg").unlink()
    fetching("images")
    assert (fetching.to / "Dataset/img_3_0.jpg").read_bytes() == picture(3)
    assert len(published.downloads()) == 1


def test_an_interrupted_ledger_costs_no_download(published, fetching):
    fetching("images")
    ledger = fetching.to / LEDGER
    ledger.write_bytes(ledger.read_bytes()[:-30] + b"\n{broken\n[]\n\xff")
    fetching("images")
    assert published.downloads() == []


def test_a_full_disk_is_one_line_and_ends_the_fetch(published, fetching):
    checksum = Checksum("sha256", hashlib.sha256(VECTOR_LINES).hexdigest())
    remote = Remote("clip_bert.json", len(VECTOR_LINES), checksum, None)
    part = part_of(remote, fetching.to / "clip_bert.json")
    part.parent.mkdir()
    part.symlink_to("/dev/full")
    message = fetching.fails("vectors", "images")
    assert f"the disk of {fetching.to} is full: free some space" in message
    assert not (fetching.to / "Dataset").exists()


def test_free_disk_is_checked_before_anything_is_downloaded(published, fetching, monkeypatch):
    usage = os.statvfs_result((1, 1, 0, 0, 0, 0, 0, 0, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda path: usage)
    assert "are needed, and the disk of" in fetching.fails("vectors")
    assert published.downloads() == []


def test_a_listing_of_20000_entries_comes_in_pages(published):
    published.disk[IMAGES] = {f"img_{n}_1.jpg": b"x" for n in range(20_000)}
    pages = list(PublicDisk(Web(), published.api).pages(IMAGES, 20_000))
    assert len(pages) == len(published.requests) - 1 == 20
    assert {str(file.path) for page in pages for file in page} == set(published.disk[IMAGES])


def test_pages_shorter_than_asked_for_and_folders_within_are_walked(published, fetching):
    published.page = 4
    published.disk[IMAGES] = {"Dataset": published.disk[IMAGES], "more": {"img_99_1.jpg": b"z"}}
    fetching("images")
    assert len(list((fetching.to / "Dataset").glob("*.jpg"))) == 25
    assert (fetching.to / "Dataset/more/img_99_1.jpg").read_bytes() == b"z"


def test_a_listing_that_holds_less_than_it_claims_is_told(published):
    class Shrinking(dict):
        def __len__(self) -> int:
            return 9

    published.disk[IMAGES] = Shrinking({f"img_{n}_1.jpg": b"x" for n in range(7)})
    with pytest.raises(FetchError, match="lists 7 of 9 entries"):
        list(PublicDisk(Web(), published.api).pages(IMAGES, 100))


def test_more_files_than_allowed_are_refused(published):
    with pytest.raises(FetchError, match="over 10 files"):
        list(PublicDisk(Web(), published.api).pages(IMAGES, 10))


@pytest.mark.parametrize(
    "name", ["..", "../a.jpg", "/etc/a.jpg", "a\\b.jpg", "a\x1b[2J.jpg", "a\u202e.jpg", "a" * 201]
)
def test_names_that_are_not_safe_are_refused(published, fetching, name):
    published.disk[IMAGES] = {name: b"x"}
    assert "the file is skipped" in fetching.fails("images")
    assert not (fetching.to / "Dataset").exists()
    assert published.downloads() == []


def test_a_folder_without_what_is_wanted_is_told(published, fetching):
    published.disk[IMAGES] = {"notes.txt": b"hello"}
    published.disk[VECTORS] = {"a.json": b"1", "b.json": b"2"}
    message = fetching.fails("images", "vectors")
    assert f"{IMAGES} has no file that ends in .jpg" in message
    assert f"{VECTORS} has 2 files, and it is not clear which of them is clip_bert.json" in message


def test_two_fetches_into_one_folder_do_not_mix(fetching):
    fetching("texts")
    with closing(Ledger(fetching.to)):
        message = fetching.fails("texts")
    assert message == f"another fetch into {fetching.to} is running: wait for it, or stop it."


def command(*options: str, to: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "mmrec_core.cli.main", "fetch", "yandex", "--to", str(to), *options],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_says_in_one_line_that_nothing_can_be_reached(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and not listening: connections are refused
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        done = command("--disk-api", address, "--repository", address, "--attempts", "1",
                       to=tmp_path / "yandex")  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "cannot be reached (Connection refused), 1 try" in done.stderr


def test_the_command_fetches_and_says_what_to_do_next(published, tmp_path):
    done = command("--only", "texts, ranker", "--repository", published.raw,
                   to=tmp_path / "yandex")  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("Next: mmrec import-reference ")
    assert (tmp_path / "yandex/03_catboost_model.bin").exists()


def test_an_unknown_part_is_refused_with_the_list(tmp_path):
    done = command("--only", "images,pictures", to=tmp_path / "yandex")
    assert done.returncode == 2
    assert "'pictures' is not one of images, texts, vectors, pairs, candidates" in done.stderr
    assert not (tmp_path / "yandex").exists()
