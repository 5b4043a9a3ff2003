"""Pictures in the layouts of other tools, written by those tools where they are installed."""

import json
import os
import random
import tarfile
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mmrec_core.errors import ImageError, InputError
from mmrec_core.inputs import parquet_batches
from mmrec_core.inputs.catalogue import build_catalogue, open_catalogue
from mmrec_core.inputs.catalogue_rows import CatalogueOptions
from mmrec_core.inputs.images import decode
from mmrec_core.inputs.sources import reading
from mmrec_core.inputs.sources.reading import PictureReader
from mmrec_core.inputs.sources.source import Place
from tests.core.inputs.pictures import encoded, found, grey, numbers_read, reasons, save

COUNT = 12


@pytest.fixture(scope="module")
def rows():
    """A dataset of the features that collections of pictures have on the hub."""
    datasets = pytest.importorskip("datasets")
    features = datasets.Features(
        {
            "image": datasets.Image(),
            "caption": datasets.Value("string"),
            "label": datasets.ClassLabel(names=["cat", "dog"]),
            "year": datasets.Value("int32"),
        }
    )
    columns = {
        "image": [grey(number) for number in range(COUNT)],
        "caption": [f"Picture {number}." for number in range(COUNT)],
        "label": [number % 2 for number in range(COUNT)],
        "year": [1990 + number for number in range(COUNT)],
    }
    return datasets.Dataset.from_dict(columns, features=features)


class TestParquet:
    def test_what_datasets_writes_is_read_with_captions_and_names_of_labels(self, rows, tmp_path):
        for shard in range(3):
            name = f"train-{shard:05d}-of-00003.parquet"
            rows.shard(3, shard, contiguous=True).to_parquet(str(tmp_path / name), batch_size=2)
        catalogue, problems = build_catalogue(tmp_path, None)
        assert problems == []
        assert list(catalogue.columns) == ["image", "text", "label", "year"]
        assert catalogue["text"].tolist() == rows["caption"]
        assert catalogue["label"].tolist() == ["cat", "dog"] * (COUNT // 2)
        assert catalogue["year"].tolist() == [str(year) for year in rows["year"]]
        assert catalogue["image"].iloc[5] == "train-00001-of-00003/0000001"
        assert numbers_read(tmp_path) == list(range(COUNT))
        assert found(tmp_path) == f"Parquet: 3 files, {COUNT} pictures"

    def test_one_file_is_read_like_a_folder_of_one(self, rows, tmp_path):
        rows.to_parquet(str(tmp_path / "all.parquet"))
        one, _ = build_catalogue(tmp_path / "all.parquet", None)
        folder, _ = build_catalogue(tmp_path, None)
        assert one.equals(folder)
        assert numbers_read(tmp_path / "all.parquet") == list(range(COUNT))

    def test_pictures_in_a_row_group_of_any_size_are_read_in_any_order(self, tmp_path):
        count = 100
        pictures = [{"bytes": encoded(number % 12), "path": None} for number in range(count)]
        pq.write_table(pa.table({"image": pictures}), tmp_path / "one.parquet")
        expected = [number % 12 for number in range(count)]
        assert numbers_read(tmp_path) == expected
        assert numbers_read(tmp_path, backwards=True) == expected

    def test_paths_name_pictures_also_where_several_are_equal(self, tmp_path):
        pictures = [{"bytes": encoded(n), "path": f"../x/{n % 2}.png"} for n in range(3)]
        pq.write_table(pa.table({"image": pictures}), tmp_path / "a.parquet")
        catalogue, problems = build_catalogue(tmp_path, None)
        assert catalogue["image"].tolist() == ["a/0.png", "a/1.png", "a/0000002-0.png"]
        assert problems == []

    def test_a_row_without_a_picture_is_known_when_it_is_read(self, tmp_path):
        kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
        pictures = [{"bytes": encoded(1)}, None, {"bytes": None, "path": "/etc/passwd"}]
        pq.write_table(pa.table({"image": pa.array(pictures, kind)}), tmp_path / "a.parquet")
        with open_catalogue(tmp_path, None) as catalogue, PictureReader(tmp_path) as reader:
            places = [entry.place for entry in catalogue.entries()]
            assert decode(reader.read(places[0])).size == (8, 6)
            for place in places[1:]:
                with pytest.raises(ImageError, match="no picture in this row"):
                    reader.read(place)

    def test_img2dataset_s_rows_without_success_are_counted(self, tmp_path):
        columns = {
            "key": [f"{n:09d}" for n in range(4)],
            "status": ["success", "failed_to_download", "success", "failed_to_download"],
            "error_message": [None, "404", None, "404"],
            "caption": ["A cat.", "A dog.", None, None],
            "url": [f"http://a/{n}.jpg" for n in range(4)],
            "width": [8, None, 8, None],
            "jpg": [encoded(0), None, encoded(2), None],
        }
        pq.write_table(pa.table(columns), tmp_path / "00000.parquet")
        (tmp_path / "00000_stats.json").write_text('{"count": 4, "successes": 2}')
        catalogue, problems = build_catalogue(tmp_path, None)
        assert catalogue.to_dict("records") == [
            {"image": "00000/000000000.jpg", "text": "A cat.", "label": None,
             "url": "http://a/0.jpg"},
            {"image": "00000/000000002.jpg", "text": None, "label": None,
             "url": "http://a/2.jpg"},
        ]  # fmt: skip
        assert reasons(problems) == {
            "img2dataset": "rows without a picture (failed_to_download): 2",
            "00000/000000002.jpg": "no caption",
        }
        assert numbers_read(tmp_path) == [0, 2]

    def test_another_column_of_captions_can_be_named(self, rows, tmp_path):
        rows.rename_column("caption", "alt").to_parquet(str(tmp_path / "all.parquet"))
        assert build_catalogue(tmp_path, None)[0]["text"].isna().all()
        catalogue, _ = build_catalogue(tmp_path, None, text_column="alt", label_column="year")
        assert catalogue["text"].tolist() == rows["caption"]
        assert catalogue["label"].tolist() == [str(year) for year in rows["year"]]
        assert catalogue["caption_label"].tolist()[:2] == ["cat", "dog"]
        with pytest.raises(InputError, match="holds no column 'alr'; it has 'alt', 'label'"):
            build_catalogue(tmp_path, None, text_column="alr")

    def test_a_captions_file_goes_before_what_the_rows_say(self, rows, tmp_path):
        rows.to_parquet(str(tmp_path / "all.parquet"))
        captions = tmp_path / "captions.csv"
        captions.write_text("image,text,place\nall/0000003,Mine.,Rome\n")
        catalogue, problems = build_catalogue(tmp_path / "all.parquet", captions)
        assert problems == []
        assert list(catalogue.columns) == ["image", "text", "label", "place", "year"]
        assert catalogue["text"].tolist()[2:4] == ["Picture 2.", "Mine."]
        assert catalogue["label"].tolist()[3] == "dog"
        assert catalogue["place"].tolist()[2:4] == [None, "Rome"]

    def test_only_captioned_takes_the_rows_with_a_caption(self, tmp_path):
        pictures = [{"bytes": encoded(n), "path": f"{n}.png"} for n in range(3)]
        table = pa.table({"image": pictures, "text": ["one", None, " "]})
        pq.write_table(table, tmp_path / "a.parquet")
        catalogue, problems = build_catalogue(tmp_path, None, only_captioned=True)
        assert (catalogue["image"].tolist(), problems) == (["a/0.png"], [])
        pq.write_table(table.slice(1), tmp_path / "a.parquet")
        with pytest.raises(InputError, match="has a caption: leave out --only-captioned"):
            build_catalogue(tmp_path, None, only_captioned=True)

    def test_a_damaged_file_among_others_is_a_problem(self, rows, tmp_path):
        rows.to_parquet(str(tmp_path / "a.parquet"))
        whole = (tmp_path / "a.parquet").read_bytes()
        (tmp_path / "b.parquet").write_bytes(whole[: len(whole) // 2])
        catalogue, problems = build_catalogue(tmp_path, None)
        assert len(catalogue) == COUNT
        assert reasons(problems)["b.parquet"].startswith("cannot be read on: ")

    def test_long_cells_that_are_stored_once_are_not_all_in_memory(self, tmp_path, monkeypatch):
        monkeypatch.setattr(parquet_batches, "MOST_READ", 4 << 20)
        text = "x" * (2 << 20)
        columns = {"image": [{"bytes": encoded(1), "path": "a.png"}] * 64, "text": [text] * 64}
        pq.write_table(pa.table(columns), tmp_path / "a.parquet")
        assert (tmp_path / "a.parquet").stat().st_size < 1 << 20
        tracemalloc.start()
        with open_catalogue(tmp_path, None) as catalogue:
            items = catalogue.source.items()
            assert [len(item.said["text"]) for item in items] == [1 << 20] * 64
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 24 << 20

    def test_a_picture_is_refused_before_it_expands(self, tmp_path, monkeypatch):
        monkeypatch.setattr(reading, "MOST_BYTES", 1 << 20)
        content = encoded(1) + bytes(4 << 20)
        table = pa.table({"image": pa.array([content] * 16, pa.binary())})
        pq.write_table(table, tmp_path / "a.parquet", compression="zstd")
        with PictureReader(tmp_path) as reader:
            for row in (0, 7):
                with pytest.raises(ImageError, match=r"a file of .* bytes that expands to 4,"):
                    reader.read(Place("a.parquet", 0, row))

    def test_large_pictures_are_kept_up_to_a_limit(self, tmp_path, monkeypatch):
        monkeypatch.setattr(reading, "MOST_BYTES", 4 << 20)
        monkeypatch.setattr(parquet_batches, "MOST_READ", 2 << 20)
        content = random.Random(0).randbytes(1 << 20)
        pq.write_table(pa.table({"image": [content] * 64}), tmp_path / "a.parquet")
        before = pa.total_allocated_bytes()
        with PictureReader(tmp_path) as reader:
            for row in (*range(64), 62, 3):
                assert reader.read(Place("a.parquet", 0, row)) == content
                assert pa.total_allocated_bytes() - before < 24 << 20

    def test_a_cell_that_no_value_stands_for_is_left_out_alone(self, tmp_path):
        pictures = [{"bytes": encoded(n), "path": f"{n}.png"} for n in range(3)]
        days = pa.array([0, 2**62, 86_400_000_000], pa.timestamp("us"))
        zone = pa.array([1, 2, 3], pa.timestamp("us", tz="Nowhere/City"))
        table = pa.table({"image": pictures, "text": list("abc"), "day": days, "zone": zone})
        pq.write_table(table, tmp_path / "a.parquet")
        catalogue, problems = build_catalogue(tmp_path, None)
        assert catalogue["text"].tolist() == ["a", "b", "c"]
        assert catalogue["day"].tolist() == ["1970-01-01 00:00:00", None, "1970-01-02 00:00:00"]
        assert {problem.reason for problem in problems} == {
            "cells of 'day' that cannot be read: 1",
            "cells of 'zone' that cannot be read: 3",
        }

    def test_names_have_no_nul(self, tmp_path):
        table = pa.table({"image": [encoded(1)], "file_name": ["a\0b.png"]})
        pq.write_table(table, tmp_path / "a.parquet")
        assert build_catalogue(tmp_path, None)[0]["image"].tolist() == ["ab.png"]

    def test_tables_without_pictures_say_what_to_do(self, tmp_path):
        pq.write_table(pa.table({"text": ["a"]}), tmp_path / "a.parquet")
        for source in (tmp_path, tmp_path / "a.parquet"):
            with pytest.raises(InputError, match="Parquet file"):
                build_catalogue(source, None)
        pq.write_table(pa.table({"image": pa.array([], pa.binary())}), tmp_path / "a.parquet")
        with pytest.raises(InputError, match="holds no picture that can be used"):
            build_catalogue(tmp_path, None)


class TestImagefolder:
    def test_what_datasets_reads_is_read_alike(self, tmp_path):
        datasets = pytest.importorskip("datasets")
        folder = tmp_path / "folder"
        for split in ("train", "test"):
            for kind in ("cat", "dog"):
                for number in range(2):
                    save(number, folder / split / kind / f"{number}.png")
        catalogue, problems = build_catalogue(folder, None)
        assert problems == []
        names = {}
        read = datasets.load_dataset("imagefolder", data_dir=str(folder), cache_dir=str(tmp_path))
        for part in read.values():
            for row in part.cast_column("image", datasets.Image(decode=False)):
                name = Path(row["image"]["path"]).relative_to(folder).as_posix()
                names[name] = part.features["label"].int2str(row["label"])
        assert dict(zip(catalogue["image"], catalogue["label"], strict=True)) == names
        assert found(folder) == "imagefolder: 8 pictures, 2 class folders"

    @pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
    def test_a_table_names_its_pictures_from_where_it_lies(self, tmp_path, ending):
        import pandas as pd

        for split in ("train", "test"):
            save(1, tmp_path / split / "a.png")
            table = pd.DataFrame({"file_name": ["a.png"], "text": [f"In {split}."], "n": [7]})
            path = tmp_path / split / f"metadata.{ending}"
            if ending == "csv":
                table.to_csv(path, index=False)
            elif ending == "jsonl":
                table.to_json(path, orient="records", lines=True)
            else:
                table.to_parquet(path)
        catalogue, problems = build_catalogue(tmp_path, None)
        assert problems == []
        assert catalogue["image"].tolist() == ["test/a.png", "train/a.png"]
        assert catalogue["text"].tolist() == ["In test.", "In train."]
        assert catalogue["n"].tolist() == ["7", "7"]
        assert found(tmp_path).startswith("imagefolder: 2 pictures, test/metadata.")

    def test_a_table_s_faults_are_problems(self, tmp_path):
        save(1, tmp_path / "a.png")
        save(1, tmp_path / "b.png")
        rows = [{"file_name": "a.png", "caption": "A."}, {"file_name": "../b.png"}, {"x": 1}]
        (tmp_path / "metadata.jsonl").write_text("\n".join(map(json.dumps, rows)))
        catalogue, problems = build_catalogue(tmp_path, None)
        assert catalogue["text"].tolist() == ["A.", None]
        assert reasons(problems) == {
            "../b.png": "path that leaves the folder",
            "row 3": "no image is named",
            "b.png": "no caption",
        }
        (tmp_path / "metadata.jsonl").write_text("{")
        catalogue, problems = build_catalogue(tmp_path, None)
        assert len(catalogue) == 2
        assert "line 1 is not JSON" in reasons(problems)["metadata.jsonl"]

    def test_folders_are_labels_where_splits_show_it_or_one_says_so(self, tmp_path):
        for name in ("2019/a.png", "2020/b.png"):
            save(1, tmp_path / "photos" / name)
        assert build_catalogue(tmp_path / "photos", None)[0]["label"].tolist() == [None, None]
        catalogue, _ = build_catalogue(tmp_path / "photos", None, folder_labels=True)
        assert catalogue["label"].tolist() == ["2019", "2020"]
        for name in ("train/cat/a.png", "train/dog/b.png"):
            save(1, tmp_path / "classes" / name)
        catalogue, _ = build_catalogue(tmp_path / "classes", None, folder_labels=False)
        assert catalogue["label"].tolist() == [None, None]
        captions = tmp_path / "captions.csv"
        captions.write_text("image,text\na.png,A.\nb.png,B.\n")
        for chosen, labels in ((None, [None, None]), (True, ["cat", "dog"])):
            catalogue, _ = build_catalogue(tmp_path / "classes", captions, folder_labels=chosen)
            assert catalogue["label"].tolist() == labels


class TestFilesBeside:
    def test_img2dataset_s_files_bring_captions_and_fields(self, tmp_path):
        fields = {"caption": "A cat.", "url": "http://a/1.jpg", "key": "000000000",
                  "status": "success", "error_message": None, "width": 8, "exif": "{}"}  # fmt: skip
        save(1, tmp_path / "00000/000000000.jpg")
        (tmp_path / "00000/000000000.txt").write_text("A cat.")
        (tmp_path / "00000/000000000.json").write_text(json.dumps(fields))
        (tmp_path / "00000_stats.json").write_text("{}")
        pq.write_table(pa.table({"key": ["000000000"]}), tmp_path / "00000.parquet")
        catalogue, problems = build_catalogue(tmp_path, None)
        assert catalogue.to_dict("records") == [
            {"image": "00000/000000000.jpg", "text": "A cat.", "label": None,
             "url": "http://a/1.jpg"},
        ]  # fmt: skip
        assert reasons(problems) == {
            "*.json": "1 file is not an image by its ending",
            "*.parquet": "1 file is not an image by its ending",
        }

    def test_what_cannot_be_read_is_reported_picture_by_picture(self, tmp_path):
        for name in "abcd":
            save(1, tmp_path / f"{name}.png")
        (tmp_path / "a.txt").write_bytes(b"caf\xe9")
        (tmp_path / "b.json").write_text("[1]")
        (tmp_path / "c.txt").write_text("x" * (1 << 21))
        (tmp_path / "outside").mkdir()
        (tmp_path / "d.txt").symlink_to("/etc/passwd")
        catalogue, problems = build_catalogue(tmp_path, None)
        assert catalogue["text"].isna().all()
        said = [problem.reason for problem in problems if problem.image == "a.png"]
        assert said == [".txt is not used: not UTF-8", "no caption"]
        said = {problem.image: problem.reason for problem in problems[::-1]}
        assert said["b.png"] == ".json is not used: no JSON object"
        assert said["c.png"] == ".txt is not used: 2,097,152 bytes; the limit is 1,048,576"
        assert said["d.png"] == ".txt is not used: not a regular file"
        assert said["d.txt"] == "link that leaves the folder"


class TestDetection:
    @pytest.mark.parametrize("name", ["s.tar", "p.parquet", "a.txt", "metadata.csv"])
    def test_a_pipe_is_not_waited_for(self, tmp_path, name):
        os.mkfifo(tmp_path / name)
        with pytest.raises(InputError, match="no images in"):
            build_catalogue(tmp_path, None)
        save(1, tmp_path / "a.png")
        catalogue, problems = build_catalogue(tmp_path, None)
        assert catalogue["image"].tolist() == ["a.png"]
        assert reasons(problems) == {name: "not a regular file"}

    @pytest.mark.parametrize("ending", ["tar", "parquet"])
    def test_shards_that_are_not_read_are_reported(self, tmp_path, ending):
        inside, outside = tmp_path / "in", tmp_path / f"out.{ending}"
        inside.mkdir()
        if ending == "parquet":
            pq.write_table(pa.table({"image": [encoded(1)]}), outside)
        else:
            with tarfile.open(outside, "w") as shard:
                shard.addfile(tarfile.TarInfo("a.png"))
        (inside / f"a.{ending}").write_bytes(outside.read_bytes())
        (inside / f"b.{ending}").symlink_to(outside)
        catalogue, problems = build_catalogue(inside, None)
        assert len(catalogue) == 1
        assert reasons(problems) == {f"b.{ending}": "link that leaves the folder"}

    def test_picture_files_go_before_shards_and_it_is_said(self, rows, tmp_path):
        rows.to_parquet(str(tmp_path / "all.parquet"))
        save(1, tmp_path / "assets/banner.png")
        catalogue, _ = build_catalogue(tmp_path, None)
        assert catalogue["image"].tolist() == ["assets/banner.png"]
        said = "folder: 1 picture, 1 shard beside them not read: give shards alone"
        assert found(tmp_path) == said

    def test_what_cannot_be_read_says_what_to_do(self, rows, tmp_path):
        rows.save_to_disk(str(tmp_path / "saved"))
        with pytest.raises(InputError, match="write the dataset with to_parquet"):
            build_catalogue(tmp_path / "saved", None)
        with pytest.raises(InputError, match=r"there is no .*: give the folder or the shard"):
            build_catalogue(tmp_path / "nothing.tar", None)
        (tmp_path / "notes.txt").write_text("x")
        with pytest.raises(InputError, match=r"notes.txt holds no pictures: give a folder"):
            build_catalogue(tmp_path / "notes.txt", None)


def test_the_columns_of_hostile_fields_are_bounded(tmp_path):
    for number in range(4):
        save(1, tmp_path / f"{number}.png")
        fields = {f"field {number} {i}": i for i in range(50)}
        (tmp_path / f"{number}.json").write_text(json.dumps({"text": "A.", **fields}))
    with open_catalogue(tmp_path, None, CatalogueOptions()) as catalogue:
        assert len(catalogue.columns) <= 110
