"""A model's folder comes from strangers: neither its pickles nor its code are run."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from mmrec_core.encoders.registry import load_image_text_encoder, load_text_encoder
from mmrec_core.errors import EncoderError
from tests.core.encoders.checkpoints import save_clip


class _Runs:
    """Writes a file as soon as it is unpickled."""

    def __init__(self, mark: Path):
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.mark),)


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """What there is once a stranger's code was run."""
    return tmp_path / "taken"


def with_code(folder: Path, mark: Path) -> None:
    """Put a tokeniser and a model of its own code into a folder."""
    (folder / "evil.py").write_text(
        f"import os\nos.makedirs({str(mark)!r}, exist_ok=True)\n"
        "from transformers import PretrainedConfig, PreTrainedModel, PreTrainedTokenizer\n"
        "class Config(PretrainedConfig): model_type = 'evil'\n"
        "class Tokenizer(PreTrainedTokenizer): pass\n"
        "class Model(PreTrainedModel): config_class = Config\n"
    )
    auto = {"AutoConfig": "evil.Config", "AutoModel": "evil.Model"}
    tokenizer = {"AutoTokenizer": ["evil.Tokenizer", None]}
    (folder / "config.json").write_text(json.dumps({"model_type": "evil", "auto_map": auto}))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "Tokenizer", "auto_map": tokenizer})
    )


def test_code_in_a_text_model_s_folder_is_not_run(tmp_path: Path, mark: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    with_code(folder, mark)
    with pytest.raises(EncoderError):
        load_text_encoder(str(folder), device="cpu")
    assert not mark.exists()


def test_code_that_an_open_clip_folder_trusts_itself_is_not_run(tmp_path: Path, mark: Path) -> None:
    folder = tmp_path / "clip"
    folder.mkdir()
    config = save_clip(folder) / "open_clip_config.json"
    said = json.loads(config.read_text())
    said["model_cfg"]["text_cfg"] |= {
        "hf_tokenizer_name": str(folder),
        "tokenizer_kwargs": {"trust_remote_code": True},
    }
    config.write_text(json.dumps(said))
    with_code(folder, mark)
    with pytest.raises(EncoderError):
        load_image_text_encoder(str(folder), device="cpu")
    assert not mark.exists()


def test_a_pickle_in_the_place_of_weights_is_not_run(tmp_path: Path, mark: Path) -> None:
    import torch

    folder = tmp_path / "clip"
    folder.mkdir()
    for weights in [*save_clip(folder).glob("*.safetensors")]:
        weights.unlink()
    torch.save({"weights": _Runs(mark)}, folder / "open_clip_pytorch_model.bin")
    with pytest.raises(EncoderError):
        load_image_text_encoder(str(folder), device="cpu")
    assert not mark.exists()
    torch.load(folder / "open_clip_pytorch_model.bin", weights_only=False)
    assert mark.exists()  # it would have run
    shutil.rmtree(mark)
