"""Pictures in tar shards: as webdataset writes them, and as strangers do."""

import io
import json
import tarfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mmrec_core.errors import InputError
from mmrec_core.inputs.catalogue import build_catalogue
from tests.core.inputs.pictures import encoded, found, numbers_read, reasons


def add(shard: tarfile.TarFile, name: str, content: bytes = b"", **fields) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    for field, value in fields.items():
        setattr(member, field, value)
    shard.addfile(member, io.BytesIO(content))


def written(path: Path, members: dict[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w") as shard:
        for name, content in members.items():
            add(shard, name, content)
    return path


class TestSamples:
    def test_what_webdataset_writes_is_read_in_its_order(self, tmp_path):
        webdataset = pytest.importorskip("webdataset")
        with webdataset.ShardWriter(
            str(tmp_path / "shard-%04d.tar"), maxcount=5, verbose=0
        ) as writer:
            for number in range(12):
                writer.write(
                    {
                        "__key__": f"sample{number:03d}",
                        "png": encoded(number),
                        "txt": f"Picture {number}.",
                        "cls": number % 3,
                        "json": {"year": 1990 + number, "nested": [1, 2]},
                    }
                )
        catalogue, problems = build_catalogue(tmp_path, None)
        assert problems == []
        assert list(catalogue.columns) == ["image", "text", "label", "year", "nested"]
        assert catalogue["image"].iloc[[0, 5]].tolist() == [
            "shard-0000/sample000.png",
            "shard-0001/sample005.png",
        ]
        assert catalogue["text"].tolist() == [f"Picture {number}." for number in range(12)]
        assert catalogue["label"].tolist() == ["0", "1", "2"] * 4
        assert catalogue["year"].tolist() == [str(1990 + number) for number in range(12)]
        assert numbers_read(tmp_path) == list(range(12))
        assert numbers_read(tmp_path / "shard-0001.tar", backwards=True) == [5, 6, 7, 8, 9]
        assert found(tmp_path) == "WebDataset: 3 shards, 12 samples, 12 pictures"

    def test_img2dataset_s_formats_give_one_catalogue(self, tmp_path):
        rows = []
        for number in range(5):
            fetched = number != 3
            row = {
                "url": f"http://a/{number}.jpg", "caption": f"Picture {number}.",
                "key": f"{number:09d}", "status": "success" if fetched else "failed_to_download",
                "error_message": None if fetched else "404", "width": 8, "exif": "{}",
            }  # fmt: skip
            rows.append(row | {"jpg": encoded(number) if fetched else None})
        members = {}
        for row in rows:
            if row["jpg"]:
                said = {name: value for name, value in row.items() if name != "jpg"}
                members[f"{row['key']}.jpg"] = row["jpg"]
                members[f"{row['key']}.txt"] = row["caption"].encode()
                members[f"{row['key']}.json"] = json.dumps(said, indent=4).encode()
        for name, content in members.items():
            path = tmp_path / "files/00000" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        written(tmp_path / "webdataset/00000.tar", members)
        (tmp_path / "parquet").mkdir()
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / "parquet/00000.parquet")
        counts = {"count": 5, "successes": 4, "failed_to_download": 1, "failed_to_resize": 0}
        catalogues = []
        for kind in ("files", "webdataset", "parquet"):
            (tmp_path / kind / "00000_stats.json").write_text(json.dumps(counts))
            catalogue, problems = build_catalogue(tmp_path / kind, None)
            assert reasons(problems)["img2dataset"] == (
                "rows without a picture (failed_to_download): 1"
            )
            assert numbers_read(tmp_path / kind) == [0, 1, 2, 4]
            catalogues.append(catalogue)
        assert catalogues[0].to_dict("records")[0] == {
            "image": "00000/000000000.jpg",
            "text": "Picture 0.",
            "label": None,
            "url": "http://a/0.jpg",
        }
        assert catalogues[0].equals(catalogues[1])
        assert catalogues[0].equals(catalogues[2])

    def test_shards_and_members_in_folders_are_found(self, tmp_path):
        written(tmp_path / "train/0.tar", {"./cats/a.jpg": encoded(1), "./cats/a.caption": b"A."})
        written(tmp_path / "test/0.tar", {"cats/a.webp": encoded(2)})
        catalogue, _ = build_catalogue(tmp_path, None)
        assert catalogue["image"].tolist() == ["test/0/cats/a.webp", "train/0/cats/a.jpg"]
        assert catalogue["text"].tolist() == [None, "A."]

    def test_a_captions_file_goes_before_the_samples(self, tmp_path):
        shard = written(tmp_path / "s/0.tar", {"a.jpg": encoded(1), "a.txt": b"Theirs.",
                                               "b.jpg": encoded(2), "b.txt": b"Kept."})  # fmt: skip
        captions = tmp_path / "captions.csv"
        captions.write_text("image,text,label\na.jpg,Mine.,x\n0/b.jpg,,y\n")
        catalogue, problems = build_catalogue(shard, captions)
        assert problems == []
        assert catalogue["text"].tolist() == ["Mine.", "Kept."]
        assert catalogue["label"].tolist() == ["x", "y"]

    def test_of_several_pictures_of_a_sample_the_plain_one_is_taken(self, tmp_path):
        members = {"a.mask.png": encoded(3), "a.png": encoded(1), "a.flow.npy": b"", "b.txt": b"B."}
        catalogue, problems = build_catalogue(written(tmp_path / "0.tar", members), None)
        assert catalogue["image"].tolist() == ["0/a.png"]
        assert {problem.reason for problem in problems} == {
            "further pictures of a sample, left out: 1",
            "members that are neither pictures nor captions: 1",
            "samples without a picture: 1",
        }


class TestStrangers:
    def test_names_never_leave_the_bundle(self, tmp_path):
        members = {
            "../../etc/cron.png": encoded(1),
            "/root/.ssh/key.png": encoded(2),
            "/abs.png": encoded(3),
            "C:\\win\\x.png": encoded(4),
            "._a.png": b"resource fork",
        }
        catalogue, problems = build_catalogue(written(tmp_path / "0.tar", members), None)
        assert catalogue["image"].tolist() == ["0/etc/cron.png", "0/abs.png", "0/win/x.png"]
        assert reasons(problems) == {"*.tar": "hidden members skipped: 2"}
        assert sorted(path.name for path in tmp_path.iterdir()) == ["0.tar"]

    def test_links_devices_and_names_of_any_bytes_are_reported(self, tmp_path):
        with tarfile.open(tmp_path / "0.tar", "w") as shard:
            add(shard, "a.png", encoded(1))
            add(shard, "b.png", type=tarfile.SYMTYPE, linkname="/etc/passwd")
            add(shard, "c.png", type=tarfile.LNKTYPE, linkname="a.png")
            add(shard, "d.png", type=tarfile.CHRTYPE)
            add(shard, "caf\udce9.png", encoded(2))
            add(shard, "folder.png", type=tarfile.DIRTYPE)
        catalogue, problems = build_catalogue(tmp_path, None)
        assert catalogue["image"].tolist() == ["0/a.png"]
        assert reasons(problems) == {
            "0/b.png": "link, not followed",
            "0/c.png": "link, not followed",
            "0/d.png": "not a regular file",
            r"0/caf\udce9.png": "name is not valid UTF-8",
        }

    def test_a_second_picture_of_a_name_is_left_out(self, tmp_path):
        with tarfile.open(tmp_path / "0.tar", "w") as shard:
            for number in (1, 2):
                add(shard, "a.png", encoded(number))
                add(shard, "b.png", encoded(3 * number))
        _, problems = build_catalogue(tmp_path, None)
        assert numbers_read(tmp_path) == [1, 3]
        assert {problem.image for problem in problems} == {"0/a.png", "0/b.png"}
        assert {problem.reason for problem in problems} == {
            "a picture before it has this name; that in 0.tar is left out"
        }

    def test_captions_that_cannot_be_read_leave_their_picture(self, tmp_path):
        members = {
            "a.png": encoded(1), "a.txt": b"caf\xe9",
            "b.png": encoded(2), "b.json": b"{",
            "c.png": encoded(3), "c.txt": b"x" * (1 << 21),
            "d.png": encoded(4), "d.json": b"[" * 200_000,
        }  # fmt: skip
        catalogue, problems = build_catalogue(written(tmp_path / "0.tar", members), None)
        assert len(catalogue) == 4
        said = {problem.image: problem.reason for problem in reversed(problems)}
        assert said["0/a.png"] == ".txt is not used: not UTF-8"
        assert said["0/b.png"].startswith(".json is not used: Expecting property name")
        assert said["0/c.png"] == ".txt is not used: 2,097,152 bytes; the limit is 1,048,576"
        assert said["0/d.png"].startswith(".json is not used: ")

    @pytest.mark.parametrize("cut", [100, 700, 1024, 1500, 2048, 3000])
    def test_a_cut_shard_gives_what_lies_before_the_cut(self, tmp_path, cut):
        whole = written(tmp_path / "0.tar", {"a.png": encoded(1), "b.png": encoded(2)})
        written(tmp_path / "1.tar", {"c.png": encoded(3)})
        whole.write_bytes(whole.read_bytes()[:cut])
        catalogue, problems = build_catalogue(tmp_path, None)
        assert catalogue["image"].tolist()[-1] == "1/c.png"
        size = len(encoded(1))
        assert len(catalogue) == 1 + (cut >= 512 + size) + (cut >= 1536 + size)
        assert bool(problems) == (cut not in (1024, 2048, 3000))
        assert numbers_read(tmp_path)[-1] == 3

    def test_a_damaged_header_is_said_with_its_place(self, tmp_path):
        shard = written(tmp_path / "0.tar", {"a.png": encoded(1), "b.png": encoded(2)})
        content = bytearray(shard.read_bytes())
        content[1024 + 148 : 1024 + 156] = b"notasum "
        shard.write_bytes(content)
        catalogue, problems = build_catalogue(tmp_path, None)
        assert catalogue["image"].tolist() == ["0/a.png"]
        assert reasons(problems) == {"0.tar": "damaged from byte 1,024 on: the rest is not read"}

    def test_headers_of_any_size_end_the_shard_and_not_the_build(self, tmp_path):
        with tarfile.open(tmp_path / "0.tar", "w", format=tarfile.PAX_FORMAT) as shard:
            add(shard, "a.png", encoded(1))
            add(shard, "b.png", encoded(2), pax_headers={"comment": "x" * (2 << 20)})
        with tarfile.open(tmp_path / "1.tar", "w", format=tarfile.PAX_FORMAT) as shard:
            add(shard, "c.png", encoded(3))
            add(shard, "d.png", encoded(4), pax_headers={"size": "-4096"})
            add(shard, "e.png", encoded(5))
        catalogue, problems = build_catalogue(tmp_path, None)
        assert catalogue["image"].tolist()[:2] == ["0/a.png", "1/c.png"]
        assert {"0.tar", "1.tar"} <= {problem.image for problem in problems}

    def test_a_size_below_0_does_not_take_the_rest_of_the_shard(self, tmp_path):
        with tarfile.open(tmp_path / "0.tar", "w", format=tarfile.PAX_FORMAT) as shard:
            add(shard, "a.png", encoded(1))
            add(shard, "a.txt", pax_headers={"size": "-1"})
        catalogue, problems = build_catalogue(tmp_path, None)
        assert catalogue["text"].tolist() == [None]
        assert reasons(problems)["0/a.txt"] == "size below 0"

    def test_global_headers_change_no_member(self, tmp_path):
        header = {"path": "other.png"}
        with tarfile.open(
            tmp_path / "0.tar", "w", format=tarfile.PAX_FORMAT, pax_headers=header
        ) as shard:
            add(shard, "a.png", encoded(1))
            add(shard, "b.png", encoded(2))
        catalogue, problems = build_catalogue(tmp_path, None)
        assert catalogue["image"].tolist() == ["0/a.png", "0/b.png"]
        assert problems == []

    def test_many_headers_in_a_row_end_the_shard_alone(self, tmp_path):
        written(tmp_path / "1.tar", {"c.png": encoded(3)})
        with tarfile.open(tmp_path / "0.tar", "w", format=tarfile.PAX_FORMAT) as shard:
            add(shard, "a.png", encoded(1))
            for _ in range(1500):
                add(shard, "x", b"9 path=x\n", type=tarfile.XHDTYPE)
        catalogue, problems = build_catalogue(tmp_path, None)
        assert catalogue["image"].tolist() == ["0/a.png", "1/c.png"]
        assert reasons(problems) == {"0.tar": "cannot be read on: too many headers in a row"}

    def test_names_have_no_nul(self, tmp_path):
        with tarfile.open(tmp_path / "0.tar", "w", format=tarfile.PAX_FORMAT) as shard:
            add(shard, "x.png", encoded(1), pax_headers={"path": "a\0b.png"})
        assert build_catalogue(tmp_path, None)[0]["image"].tolist() == ["0/ab.png"]

    @pytest.mark.parametrize("count", ["1e999", "9" * 4300, "-4", '"many"'])
    def test_counts_that_are_none_add_nothing(self, tmp_path, count):
        for number in range(2):
            written(tmp_path / f"{number}.tar", {"a.png": encoded(1)})
            (tmp_path / f"{number}_stats.json").write_text(f'{{"failed_to_download": {count}}}')
        catalogue, problems = build_catalogue(tmp_path, None)
        assert (len(catalogue), problems) == (2, [])

    def test_a_compressed_shard_says_what_to_do(self, tmp_path):
        with tarfile.open(tmp_path / "0.tar.gz", "w:gz") as shard:
            add(shard, "a.png", encoded(1))
        with pytest.raises(InputError, match=r"is compressed.*: decompress it to \.tar"):
            build_catalogue(tmp_path, None)
        (tmp_path / "0.tar.gz").rename(tmp_path / "0.tar")
        with pytest.raises(InputError, match="compressed with gzip; decompress it"):
            build_catalogue(tmp_path, None)
        (tmp_path / "0.tar").write_bytes(b"no tar at all")
        with pytest.raises(InputError, match="holds no picture that can be used"):
            build_catalogue(tmp_path / "0.tar", None)
