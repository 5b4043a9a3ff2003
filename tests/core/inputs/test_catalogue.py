import json
import os
import unicodedata

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from mmrec_core.errors import InputError
from mmrec_core.inputs import parquet_batches
from mmrec_core.inputs.caption_formats import read_chunks
from mmrec_core.inputs.captions import read_captions
from mmrec_core.inputs.catalogue import build_catalogue
from mmrec_core.inputs.folder import scan
from mmrec_core.inputs.problem import Problem


@pytest.fixture
def folder(tmp_path):
    """A folder of two images at the top and two below."""
    root = tmp_path / "images"
    for name in ("b.jpg", "a.png", "cats/one.jpg", "dogs/two.JPG"):
        add_image(root / name)
    return root


def add_image(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (4, 4)).save(path)


def captions_file(tmp_path, text, name="captions.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def reasons(problems):
    return {problem.image: problem.reason for problem in problems}


class TestScan:
    def test_lists_images_of_all_folders_sorted(self, folder):
        assert scan(folder) == (["a.png", "b.jpg", "cats/one.jpg", "dogs/two.JPG"], [])

    def test_other_files_make_one_problem_an_ending(self, folder):
        for name in ("1.txt", "2.txt", "cats/3.TXT", "x.pdf", "README"):
            (folder / name).write_text("x")
        images, problems = scan(folder)
        assert len(images) == 4
        assert problems == [
            Problem("*", "catalogue", "1 file is not an image by its ending"),
            Problem("*.pdf", "catalogue", "1 file is not an image by its ending"),
            Problem("*.txt", "catalogue", "3 files are not images by their ending"),
        ]

    def test_hidden_files_and_folders_are_skipped_and_counted(self, folder):
        add_image(folder / ".hidden.jpg")
        add_image(folder / ".cache" / "x.jpg")
        assert len(scan(folder)[0]) == 4
        reason = "hidden files and folders skipped: 2"
        assert scan(folder)[1] == [Problem(".*", "catalogue", reason)]

    def test_links_are_followed_only_to_images_inside(self, folder, tmp_path):
        add_image(tmp_path / "outside.jpg")
        add_image(tmp_path / "images-too" / "x.jpg")
        (folder / "in.jpg").symlink_to("cats/one.jpg")
        (folder / "out.jpg").symlink_to(tmp_path / "outside.jpg")
        (folder / "out").symlink_to(tmp_path / "images-too")
        (folder / "gone.jpg").symlink_to("nowhere.jpg")
        (folder / "self.jpg").symlink_to("self.jpg")
        (folder / "cats" / "loop").symlink_to(folder)
        images, problems = scan(folder)
        assert images == ["a.png", "b.jpg", "cats/one.jpg", "dogs/two.JPG", "in.jpg"]
        assert reasons(problems) == {
            "out.jpg": "link that leaves the folder",
            "out": "link that leaves the folder",
            "gone.jpg": "broken link",
            "self.jpg": "broken link",
            "cats/loop": "link to a folder, not followed",
        }

    def test_the_folder_itself_may_be_a_link(self, folder, tmp_path):
        (tmp_path / "link").symlink_to(folder)
        assert len(scan(tmp_path / "link")[0]) == 4

    def test_a_name_that_is_not_utf8_is_reported_readably(self, folder):
        (folder / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"")
        images, problems = scan(folder)
        assert len(images) == 4
        assert problems == [Problem(r"caf\xe9.jpg", "catalogue", "name is not valid UTF-8")]

    def test_a_pipe_named_like_an_image_is_reported(self, folder):
        os.mkfifo(folder / "pipe.jpg")
        assert reasons(scan(folder)[1]) == {"pipe.jpg": "not a regular file"}

    def test_a_missing_folder_says_what_to_do(self, tmp_path):
        with pytest.raises(InputError, match="not a folder: give the folder"):
            scan(tmp_path / "missing")


ROWS = [
    {"image": "a.png", "text": "A cat, asleep", "label": "cat", "source": "x"},
    {"image": "b.jpg", "text": None, "label": None, "source": None},
]


def written(tmp_path, suffix):
    path = tmp_path / f"captions{suffix}"
    frame = pd.DataFrame(ROWS)
    if suffix == ".parquet":
        frame.to_parquet(path)
    elif suffix == ".json":
        path.write_text(json.dumps(ROWS))
    elif suffix in (".jsonl", ".ndjson"):
        path.write_text("\n".join(map(json.dumps, ROWS)) + "\n\n")
    else:
        frame.to_csv(path, index=False, sep="\t" if suffix == ".tsv" else ",")
    return path


class TestReadCaptions:
    @pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet"])
    def test_every_format_gives_the_same_table(self, tmp_path, suffix):
        frame = read_captions(written(tmp_path, suffix))
        assert list(frame.columns) == ["image", "text", "label", "source"]
        assert frame.to_dict("records") == ROWS

    def test_column_names_can_be_given(self, tmp_path):
        path = captions_file(tmp_path, '{"img": "a.png", "txt": "A cat"}\n', "reference.json")
        frame = read_captions(path, image_column="img", text_column="txt")
        assert frame.to_dict("records") == [{"image": "a.png", "text": "A cat", "label": None}]

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_a_byte_order_mark_is_tolerated(self, tmp_path, encoding):
        path = captions_file(tmp_path, "image,text\na.png,Кот\n", encoding=encoding)
        assert read_captions(path)["text"].tolist() == ["Кот"]

    def test_texts_are_stripped_blank_ones_none_and_words_like_na_kept(self, tmp_path):
        path = captions_file(tmp_path, 'image,text\na,  hi \nb,"  "\nc,NA\nd,\n\ne\n')
        assert read_captions(path)["text"].tolist() == ["hi", None, "NA", None, None]

    def test_numbers_stay_as_written(self, tmp_path):
        path = captions_file(tmp_path, "image,text,label\n007.jpg,1.50,01\n")
        assert read_captions(path).loc[0].tolist() == ["007.jpg", "1.50", "01"]

    def test_own_columns_are_not_overwritten(self, tmp_path):
        header = "img,txt,width,cluster,caption_width,text,note"
        path = captions_file(tmp_path, f"{header}\na.png,t,1,2,3,4,5\n")
        frame = read_captions(path, image_column="img", text_column="txt")
        assert frame.loc[0].to_dict() == {
            "image": "a.png",
            "text": "t",
            "label": None,
            "caption_caption_width": "1",
            "caption_cluster": "2",
            "caption_width": "3",
            "caption_text": "4",
            "note": "5",
        }

    def test_the_first_of_several_rows_is_kept_and_reported(self, tmp_path):
        path = captions_file(tmp_path, "image,text\na.png,one\n./a.png,two\n,three\nb.png,four\n")
        frame = read_captions(path)
        assert frame["text"].tolist() == ["one", "four"]
        assert frame.attrs["problems"] == [
            {"image": "row 3", "stage": "captions", "reason": "no image is named"},
            {"image": "a.png", "stage": "captions", "reason": "named by 2 rows; the first is kept"},
        ]

    def test_a_text_that_utf8_cannot_hold_is_mended(self, tmp_path):
        path = captions_file(tmp_path, r'{"image": "a", "text": "x\ud800"}', "c.jsonl")
        assert read_captions(path)["text"].tolist() == ["x?"]

    @pytest.mark.parametrize(
        ("name", "text", "message"),
        [
            ("c.csv", "", "is empty"),
            ("c.csv", "\n \n", "is empty"),
            ("c.csv", "image,text\n", "no rows"),
            ("c.csv", "img,txt\na,b\n", "no column 'image'; it has 'img', 'txt'"),
            ("c.csv", "image,caption\na,b\n", "no column 'text'; it has 'image', 'caption'"),
            ("c.csv", "image,text,text\na,b,c\n", "several columns are named 'text'"),
            ("c.csv", "image,text\na,b\nc,a cat, asleep\n", "line 3 has 3 fields, the header 2"),
            ("c.csv", 'image,text\na,"open\nb,c\n', "line 3 is malformed"),
            ("c.jsonl", '{"image": "a", "text": "b"}\n{"image":', "line 2 is not JSON"),
            ("c.jsonl", "[1, 2]", "item 1 is not a JSON object"),
            ("c.json", "[{]", "not valid JSON"),
            ("c.json", '[{"image": "a", "text": "b"} {"image": "c"}]', "no comma after item 1"),
            ("c.json", '[{"image": "a", "text": "b"},]', "not valid JSON"),
            ("c.json", '[{"image": "a", "text": "b"}] x', "something follows the list"),
            ("c.json", '[{"image": "a", "text": "b"}', "not valid JSON"),
            ("c.json", "[]", "no column 'image'"),
            ("c.jsonl", '{"image": "a", "text": "b", "text": "c"}', "has the key 'text' twice"),
            ("c.json", '[{"image": "a", "image": "b"}]', "has the key 'image' twice"),
            ("c.jsonl", '{"image": "a", "text": "b", " text": "c"}', "columns are named 'text'"),
            ("c.jsonl", '{"image": "a", "text": %s}' % ("9" * 5000), "has too many digits"),
            ("c.parquet", "not parquet at all", "not a readable Parquet file"),
            ("c.xlsx", "x", "not from .xlsx: convert it"),
        ],
    )
    def test_a_bad_file_is_named_with_what_is_wrong(self, tmp_path, name, text, message):
        path = captions_file(tmp_path, text, name)
        with pytest.raises(InputError) as caught:
            read_captions(path)
        assert str(path) in str(caught.value)
        assert message in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_columns_of_one_name_are_refused_however_far_apart(self, tmp_path):
        rows = [
            {"image": f"{i}.png", "text" if i < 1_500 else " text": "A bird."} for i in range(2_000)
        ]
        path = captions_file(tmp_path, "\n".join(map(json.dumps, rows)), "c.jsonl")
        with pytest.raises(InputError, match="several columns are named 'text': rename them"):
            read_captions(path)

    def test_a_damaged_page_of_parquet_is_no_wrong_path(self, tmp_path):
        path = tmp_path / "c.parquet"
        pq.write_table(pa.table({"image": ["a"], "text": ["b"]}), path, compression=None)
        path.write_bytes(path.read_bytes()[:4] + b"\xff" * 16 + path.read_bytes()[20:])
        with pytest.raises(
            InputError, match=r"not a readable Parquet file .*: write it again"
        ) as told:
            read_captions(path)
        assert "\n" not in str(told.value)

    def test_one_json_list_is_read_wherever_its_parts_are_cut(self, tmp_path):
        rows = [{"image": f"{i}.png", "text": "x" * (i * 37 % 3000)} for i in range(400)]
        rows[200]["text"] = "long " * 50_000
        path = captions_file(tmp_path, " \n" + json.dumps(rows, indent=1), "c.json")
        frame = read_captions(path)
        assert frame["image"].tolist() == [row["image"] for row in rows]
        assert frame["text"].tolist() == [row["text"].strip() or None for row in rows]

    def test_another_encoding_is_named_with_its_line(self, tmp_path):
        path = captions_file(tmp_path, "image,text\na,café\n", encoding="latin-1")
        with pytest.raises(InputError, match=r"not UTF-8 \(line 2\): save it as UTF-8"):
            read_captions(path)

    def test_a_long_text_is_read_up_to_a_limit(self, tmp_path):
        text = "x" * 200_000
        path = captions_file(tmp_path, f"image,text\na,{text}\nb,{text * 6}\n")
        assert [len(text) for text in read_captions(path)["text"]] == [200_000, 1 << 20]

    @pytest.mark.parametrize(
        ("cells", "kind"), [(pa.array([b"A"]), "binary"), (pa.array([["A"]]), "list<")]
    )
    def test_a_column_that_is_no_text_is_named_with_its_type(self, tmp_path, cells, kind):
        pq.write_table(pa.table({"image": ["a"], "text": cells}), tmp_path / "c.parquet")
        with pytest.raises(InputError, match=f"column 'text' holds {kind}.*: convert it to text"):
            read_captions(tmp_path / "c.parquet")

    def test_columns_of_parquet_with_one_name_are_refused(self, tmp_path):
        table = pa.table([["a"], ["A"], ["B"]], ["image", "text", "text"])
        pq.write_table(table, tmp_path / "c.parquet")
        with pytest.raises(InputError, match="several columns are named 'text': rename them"):
            read_captions(tmp_path / "c.parquet")

    def test_rows_of_long_cells_are_read_a_few_at_a_time(self, tmp_path, monkeypatch):
        monkeypatch.setattr(parquet_batches, "MOST_READ", 4 << 20)
        table = pa.table({"image": [f"{n}.png" for n in range(64)], "text": ["x" * (1 << 20)] * 64})
        pq.write_table(table, tmp_path / "c.parquet")
        chunks = list(read_chunks(tmp_path / "c.parquet"))
        assert [name for chunk in chunks for name in chunk["image"]] == table["image"].to_pylist()
        assert max(len(chunk["image"]) for chunk in chunks) <= 4

    def test_a_missing_file_and_a_missing_label_column(self, tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            read_captions(tmp_path / "missing.csv")
        path = captions_file(tmp_path, "image,text\na,b\n")
        with pytest.raises(InputError, match="no column 'kind'"):
            read_captions(path, label_column="kind")


class TestBuildCatalogue:
    def build(self, folder, tmp_path, rows, **options):
        path = captions_file(tmp_path, "image,text,label,note\n" + rows)
        return build_catalogue(folder, path, **options)

    def test_rows_are_sorted_images_with_their_captions(self, folder, tmp_path):
        rows = "dogs/two.JPG,A dog,dog,n1\na.png,A cat,,\nb.jpg,B,b,\ncats/one.jpg,C,c,\n"
        catalogue, problems = self.build(folder, tmp_path, rows)
        assert problems == []
        assert list(catalogue.columns) == ["image", "text", "label", "note"]
        assert catalogue["image"].tolist() == scan(folder)[0]
        assert catalogue["text"].tolist() == ["A cat", "B", "C", "A dog"]
        assert catalogue["label"].tolist() == [None, "b", "c", "dog"]
        assert catalogue["note"].tolist() == [None, None, None, "n1"]

    def test_without_captions_nothing_is_missed(self, folder):
        catalogue, problems = build_catalogue(folder, None)
        assert catalogue["text"].tolist() == [None] * 4
        assert catalogue["label"].tolist() == [None] * 4
        assert problems == []

    def test_what_does_not_join_is_reported(self, folder, tmp_path):
        catalogue, problems = self.build(folder, tmp_path, "a.png,A\nlost.jpg,B\nb.jpg,\n")
        assert len(catalogue) == 4
        assert reasons(problems) == {
            "lost.jpg": "no such image in the folder",
            "b.jpg": "no caption",
            "cats/one.jpg": "no caption",
            "dogs/two.JPG": "no caption",
        }
        assert {problem.stage for problem in problems} == {"captions"}

    @pytest.mark.parametrize(
        "name", ["cats/one.jpg", r"cats\one.jpg", "./cats/one.jpg", "dogs/../cats/one.jpg"]
    )
    def test_paths_in_either_writing_match(self, folder, tmp_path, name):
        catalogue, _ = self.build(folder, tmp_path, f"{name},C\n")
        assert catalogue["text"].tolist() == [None, None, "C", None]

    def test_a_bare_name_matches_when_one_image_has_it(self, folder, tmp_path):
        add_image(folder / "more" / "two.JPG")
        add_image(folder / "more" / "a.png")
        catalogue, problems = self.build(folder, tmp_path, "one.jpg,C\ntwo.JPG,D\na.png,A\n")
        texts = dict(zip(catalogue["image"], catalogue["text"], strict=True))
        assert {image: text for image, text in texts.items() if text} == {
            "cats/one.jpg": "C",
            "a.png": "A",
        }
        assert reasons(problems)["two.JPG"] == "several images have this name"

    def test_two_names_for_one_image_keep_the_first(self, folder, tmp_path):
        catalogue, problems = self.build(folder, tmp_path, "one.jpg,first\ncats/one.jpg,second\n")
        assert catalogue["text"].tolist()[2] == "first"
        assert Problem("cats/one.jpg", "captions", "same image as 'one.jpg', which is kept") in (
            problems
        )

    @pytest.mark.parametrize("form", ["NFC", "NFD"])
    def test_unicode_forms_match(self, tmp_path, form):
        other = "NFD" if form == "NFC" else "NFC"
        name = unicodedata.normalize(form, "Café.jpg")
        add_image(tmp_path / "images" / name)
        rows = unicodedata.normalize(other, "Café.jpg") + ",A\n"
        catalogue, problems = self.build(tmp_path / "images", tmp_path, rows)
        assert catalogue["text"].tolist() == ["A"]
        assert catalogue["image"].tolist() == [name]
        assert problems == []

    def test_paths_outside_the_folder_are_problems(self, folder, tmp_path):
        add_image(tmp_path / "outside.jpg")
        absolute = folder / "a.png"
        rows = f"../outside.jpg,A\n{absolute},B\nC:\\pictures\\a.png,C\n"
        catalogue, problems = self.build(folder, tmp_path, rows)
        assert catalogue["text"].tolist() == [None] * 4
        why = reasons(problems)
        assert why["../outside.jpg"] == "path that leaves the folder"
        assert why[str(absolute)] == "absolute path, outside the folder"
        assert why[r"C:\pictures\a.png"] == "absolute path, outside the folder"

    def test_problems_beyond_ten_thousand_are_counted(self, folder, tmp_path):
        rows = "".join(f"lost{i}.png,x\n" for i in range(10_002))
        _, problems = self.build(folder, tmp_path, rows)
        assert [problem.image for problem in problems[9_999:]] == [
            *("lost9999.png", "", "a.png", "b.jpg", "cats/one.jpg", "dogs/two.JPG")
        ]
        assert problems[10_000].reason == "2 more are not listed"

    def test_only_captioned_takes_only_the_named_images(self, folder, tmp_path):
        (folder / "notes.txt").write_text("x")
        rows = "dogs/two.JPG,D\nb.jpg,\nlost.jpg,L\n"
        catalogue, problems = self.build(folder, tmp_path, rows, only_captioned=True)
        assert catalogue["image"].tolist() == ["b.jpg", "dogs/two.JPG"]
        assert catalogue["text"].tolist() == [None, "D"]
        assert reasons(problems) == {
            "lost.jpg": "no such image in the folder",
            "b.jpg": "no caption",
        }

    def test_only_captioned_without_a_match_says_what_to_do(self, folder, tmp_path):
        with pytest.raises(InputError, match=r"none of the 1 images .* 'lost.jpg'\): give"):
            self.build(folder, tmp_path, "lost.jpg,L\n", only_captioned=True)
        with pytest.raises(InputError, match="needs a caption file"):
            build_catalogue(folder, None, only_captioned=True)

    def test_a_folder_without_images_says_what_to_do(self, tmp_path):
        (tmp_path / "notes.txt").write_text("x")
        with pytest.raises(InputError, match=r"no images in .* give the folder that holds them"):
            build_catalogue(tmp_path, None)

    def test_the_catalogue_survives_parquet(self, folder, tmp_path):
        catalogue, _ = self.build(folder, tmp_path, "a.png,A,l,n\n")
        catalogue.to_parquet(tmp_path / "catalogue.parquet")
        back = pd.read_parquet(tmp_path / "catalogue.parquet")
        assert back["image"].tolist() == catalogue["image"].tolist()
