"""llama.cpp's converter, corrected: `python -m recipe.convert SOURCE HF_FOLDER ...`.

The converter knows tokenizers by a hash; ours splits text as Qwen2's does, so it is told so. And it
asks for sentencepiece before it looks for any other tokenizer, which need not be installed.
"""

from __future__ import annotations

import importlib
import runpy
import sys
from pathlib import Path


def _pre_tokenizer(_self: object, _tokenizer: object) -> str:
    return "qwen2"


def _no_sentencepiece(_self: object) -> None:
    raise FileNotFoundError("this model has no sentencepiece vocabulary")


def main() -> None:
    """Runs the converter in place with what is left of the command line."""
    source = Path(sys.argv[1])
    sys.path[:0] = [str(source), str(source / "gguf-py")]
    text_model = importlib.import_module("conversion.base").TextModel
    text_model.get_vocab_base_pre = _pre_tokenizer
    text_model._set_vocab_sentencepiece = _no_sentencepiece  # noqa: SLF001
    script = source / "convert_hf_to_gguf.py"
    sys.argv = [str(script), *sys.argv[2:]]
    runpy.run_path(str(script), run_name="__main__")


if __name__ == "__main__":
    main()
