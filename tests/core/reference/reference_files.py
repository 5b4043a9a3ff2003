"""Made files of the reference's formats: clustered vectors, texts, judged pairs, clusters."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

CLIP, BERT, GROUPS = 6, 5, 4


def write_files(folder: Path, images: int = 48, pictures: int = 0, seed: int = 0) -> list[str]:
    """Write the files into ``folder`` and return the images' names.

    Images lie around `GROUPS` centres; a pair is relevant if both lie around the same, but for
    some noise.
    """
    generator = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"img_{row // 2}_{row % 2}.jpg" for row in range(images)]
    group = generator.integers(GROUPS, size=images)
    centres = generator.normal(size=(GROUPS, CLIP + BERT)) * 3
    vectors = centres[group] + generator.normal(size=(images, CLIP + BERT))
    write_lines(
        folder / "clip_bert.json",
        [
            {"img": name, "clip": list(row[:CLIP]), "bert": list(row[CLIP:])}
            for name, row in zip(names, vectors, strict=True)
        ],
    )
    texts = [{"img": n, "txt": f"слово{g} картинка"} for n, g in zip(names, group, strict=True)]
    write_lines(folder / "01_image_text_dataset.json", texts)
    rows = ["img_bert_1,img_bert_2,target"]
    for query in range(0, images, 2):
        for candidate in generator.choice(images, 8, replace=False):
            relevant = (group[query] == group[candidate]) != (generator.random() < 0.1)
            if candidate != query:
                rows.append(f"{names[query]},{names[candidate]},{float(relevant):.5f}")
    (folder / "text_data.csv").write_text("\n".join(rows) + "\n")
    near = [{"img": n, "clusters": [int(g) * 3, 0, 1]} for n, g in zip(names, group, strict=True)]
    write_lines(folder / "02_nearest_clusters.json", near)
    for row in range(pictures):
        path = folder / "Dataset" / "part" / names[row]
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30), (20 * int(group[row]), 90, 160)).save(path)
    return names


def write_lines(path: Path, rows: list) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
