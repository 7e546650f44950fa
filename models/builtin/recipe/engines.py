"""Greedy answers from each engine; an engine is imported only when it is asked for."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from torch import Tensor

    Turns = Sequence[tuple[str, str]]

MOST_TOKENS = 160
NAMES = ("torch", "f16", "q8_0", "mlx")
F16, Q8_0 = "groundglass-mini-f16.gguf", "groundglass-mini-q8_0.gguf"


def _messages(
    pictures: list[dict[str, object]], question: str, before: Turns
) -> list[dict[str, object]]:
    """A conversation in the shape that chat templates take; pictures go with its first question."""
    asked: list[dict[str, object]] = []
    for earlier, answer in before:
        asked.append({"role": "user", "content": earlier})
        asked.append({"role": "assistant", "content": answer})
    asked.append({"role": "user", "content": question})
    if pictures:
        first = {"type": "text", "text": asked[0]["content"]}
        asked[0]["content"] = [*pictures, first]
    return asked


class Engine(Protocol):
    """Something that answers one question about pictures."""

    def ask(self, pictures: list[Path], question: str, before: Turns = ()) -> str:
        """The greedy answer, after earlier questions and answers about the same pictures."""
        ...


class TorchEngine:
    """Hugging Face's own implementation, from the HF folder; pictures are cut into patches here."""

    def __init__(self, folder: Path) -> None:
        import torch  # noqa: PLC0415
        from transformers import Qwen3VLForConditionalGeneration  # noqa: PLC0415

        from recipe import batches, tokens  # noqa: PLC0415

        torch.set_num_threads(1)
        self.torch, self.batches, self.tokens = torch, batches, tokens
        self.model = Qwen3VLForConditionalGeneration.from_pretrained(folder).eval()

    def _pictures(self, paths: list[Path]) -> dict[str, Tensor]:
        shown, grids = [], []
        for path in paths:
            pixels = np.asarray(Image.open(path).convert("RGB"))
            flat = self.torch.from_numpy(self.batches.patches(pixels)).float() / 127.5 - 1.0
            twice = flat.view(-1, 3, 1, 256).repeat(1, 1, 2, 1)  # a still picture is two frames
            shown.append(twice.reshape(-1, 1536))
            grids.append([1, pixels.shape[0] // 16, pixels.shape[1] // 16])
        grid = self.torch.tensor(grids)
        return {"pixel_values": self.torch.cat(shown), "image_grid_thw": grid}

    def ask(self, pictures: list[Path], question: str, before: Turns = ()) -> str:
        """The greedy answer."""
        tokens = self.tokens
        sizes = [Image.open(path).size for path in pictures]
        row = tokens.opening([(h // 32, w // 32) for w, h in sizes], system=False)
        ask = [tokens.IM_END, *tokens.NEWLINE, *tokens.ASSISTANT]
        for earlier, answer in before:
            row.text([*tokens.encode(earlier), *ask, *tokens.encode(answer), tokens.IM_END])
            row.text([*tokens.NEWLINE, *tokens.USER])
        row.text([*tokens.encode(question), *ask])
        ids = self.torch.tensor([row.ids])
        more = self._pictures(pictures) if pictures else {}
        if pictures:
            more["mm_token_type_ids"] = (ids == tokens.IMAGE_PAD).long()
        output = self.model.generate(
            input_ids=ids,
            attention_mask=self.torch.ones_like(ids),
            max_new_tokens=MOST_TOKENS,
            do_sample=False,
            **more,
        )
        return tokens.TOKENIZER.decode(output[0, ids.shape[1] :].tolist())


class LlamaEngine:
    """llama.cpp with a GGUF pair."""

    def __init__(self, folder: Path, model: str, threads: int = 1) -> None:
        from llama_cpp import Llama  # noqa: PLC0415
        from llama_cpp.llama_chat_format import MTMDChatHandler  # noqa: PLC0415

        projector = next(folder.glob("mmproj-*.gguf"))
        eyes = MTMDChatHandler(clip_model_path=str(projector), verbose=False, use_gpu=False)
        self.llama = Llama(
            model_path=str(folder / model),
            chat_handler=eyes,
            n_ctx=1024,
            n_threads=threads,
            n_threads_batch=threads,
            n_gpu_layers=0,
            verbose=False,
        )

    def ask(self, pictures: list[Path], question: str, before: Turns = ()) -> str:
        """The greedy answer."""
        return "".join(self.stream(pictures, question, before))

    def stream(self, pictures: list[Path], question: str, before: Turns = ()) -> Iterator[str]:
        """The pieces of the greedy answer as they come."""
        content: list[dict[str, object]] = []
        for picture in pictures:
            coded = base64.b64encode(picture.read_bytes()).decode()
            url = {"url": f"data:image/png;base64,{coded}"}
            content.append({"type": "image_url", "image_url": url})
        chunks = self.llama.create_chat_completion(
            messages=_messages(content, question, before),
            temperature=0.0,
            repeat_penalty=1.0,
            max_tokens=MOST_TOKENS,
            stream=True,
        )
        for chunk in chunks:
            yield chunk["choices"][0]["delta"].get("content") or ""


class MlxEngine:
    """mlx-vlm with the MLX folder; needs no Apple machine (`mlx[cpu]`)."""

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault(
            "MLX_DISABLE_COMPILE", "1"
        )  # the CPU's compiler takes seconds a shape
        from mlx_vlm import generate, load  # noqa: PLC0415

        self.generate = generate
        self.model, self.processor = load(str(folder))

    def ask(self, pictures: list[Path], question: str, before: Turns = ()) -> str:
        """The greedy answer."""
        content = [{"type": "image"}] * len(pictures)
        prompt = self.processor.apply_chat_template(
            _messages(content, question, before),
            add_generation_prompt=True,
            tokenize=False,
        )
        result = self.generate(
            self.model,
            self.processor,
            prompt,
            image=[str(p) for p in pictures] or None,
            max_tokens=MOST_TOKENS,
            temperature=0.0,
            verbose=False,
        )
        return result.text.replace("<|im_end|>", "")


def start(name: str, export: Path) -> Engine:
    """An engine by name over an export folder: torch, f16, q8_0 or mlx."""
    match name:
        case "torch":
            return TorchEngine(export / "hf")
        case "f16":
            return LlamaEngine(export, F16)
        case "q8_0":
            return LlamaEngine(export, Q8_0)
        case "mlx":
            return MlxEngine(export / "mlx")
        case _:
            raise ValueError(f"no engine called {name}")
