"""The model: Hugging Face's Qwen3-VL parameters, a batched forward of our own, and dense heads.

The forward is that of transformers for pictures of one size (equal to 1e-6), without its loops over
pictures. The heads read, from what the merger gives to the language model, what each 16 px patch
shows.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own habit
from torch import Tensor, nn
from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

from recipe import tokens
from recipe.vocabulary import COLORS, PRINTED, SHAPES

HEAD_DIM = 32
DEPTH = 6
GRID = 16
ROPE_SECTIONS = (6, 5, 5)
ROPE_THETA = 10000.0
CHARS = len(PRINTED) + 1
KINDS = len(SHAPES) + 1
PLACES = 10
TONES = len(COLORS) + 1
DIGITS = 11
SHAPE_DIGITS, PRINT_DIGITS = 11, 7
PER_PATCH = 2 * CHARS + KINDS + TONES + 8 + PLACES + KINDS + (SHAPE_DIGITS + PRINT_DIGITS) * DIGITS


def config() -> Qwen3VLConfig:
    """5.68 million parameters: a language model of 4 layers and a vision encoder of 6."""
    special = {
        "bos_token_id": tokens.END_OF_TEXT,
        "eos_token_id": tokens.IM_END,
        "pad_token_id": tokens.END_OF_TEXT,
    }
    rope = {
        "rope_type": "default",
        "rope_theta": ROPE_THETA,
        "mrope_section": list(ROPE_SECTIONS),
        "mrope_interleaved": True,
    }
    text = {
        "vocab_size": tokens.VOCABULARY_SIZE,
        "hidden_size": 192,
        "intermediate_size": 512,
        "num_hidden_layers": 4,
        "num_attention_heads": 6,
        "num_key_value_heads": 3,
        "head_dim": HEAD_DIM,
        "max_position_embeddings": 4096,
        "rms_norm_eps": 1e-6,
        "hidden_act": "silu",
        "attention_bias": False,
        "rope_parameters": rope,
        "tie_word_embeddings": True,
        **special,
    }
    vision = {
        "depth": DEPTH,
        "hidden_size": 192,
        "intermediate_size": 512,
        "num_heads": 6,
        "patch_size": 16,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "out_hidden_size": 192,
        "num_position_embeddings": GRID * GRID,
        "deepstack_visual_indexes": [3],
        "hidden_act": "gelu_pytorch_tanh",
        "in_channels": 3,
    }
    return Qwen3VLConfig(
        text_config=text,
        vision_config=vision,
        image_token_id=tokens.IMAGE_PAD,
        video_token_id=tokens.VIDEO_PAD,
        vision_start_token_id=tokens.VISION_START,
        vision_end_token_id=tokens.VISION_END,
        tie_word_embeddings=True,
        **special,
    )


class Batch(NamedTuple):
    """Pictures of one size and the rows of text about them.

    `patches`: pictures x patches x 768, bytes, the four patches of a token together. `size`: rows
    and columns of patches. `dense`: per patch two characters, shape, colour, box (around the patch
    in tokens, then as fractions of the picture), place, the shape whose middle it holds,
    digits of shapes and of print (see `batches.dense_targets`), -1 where there is none. Text may
    be missing.
    """

    patches: Tensor
    size: tuple[int, int]
    dense: tuple[Tensor, ...]
    ids: Tensor
    positions: Tensor
    mask: Tensor
    picture_at: Tensor
    answer_at: Tensor
    answers: Tensor
    weights: Tensor


def _rotated(x: Tensor) -> Tensor:
    first, second = x.chunk(2, -1)
    return torch.cat((-second, first), -1)


@functools.lru_cache(maxsize=64)
def _patch_grid(height: int, width: int) -> tuple[Tensor, Tensor, Tensor]:
    """Weights of the learned positions, rotary cosines and sines, per patch in token order."""
    shape = (height // 2, 2, width // 2, 2)
    rows = (
        torch.arange(height)
        .view(height // 2, 2, 1, 1)
        .expand(shape)
        .permute(0, 2, 1, 3)
        .reshape(-1)
    )
    cols = (
        torch.arange(width).view(1, 1, width // 2, 2).expand(shape).permute(0, 2, 1, 3).reshape(-1)
    )
    ys = torch.linspace(0, GRID - 1, height)[rows]
    xs = torch.linspace(0, GRID - 1, width)[cols]
    top, left = ys.floor().long(), xs.floor().long()
    below, right = (top + 1).clamp(max=GRID - 1), (left + 1).clamp(max=GRID - 1)
    dy, dx = ys - top, xs - left
    weights = torch.zeros(height * width, GRID * GRID)
    every = torch.arange(height * width)
    corners = (
        (top, left, (1 - dy) * (1 - dx)),
        (top, right, (1 - dy) * dx),
        (below, left, dy * (1 - dx)),
        (below, right, dy * dx),
    )
    for y, x, weight in corners:
        weights.index_put_((every, y * GRID + x), weight, accumulate=True)
    half = HEAD_DIM // 2
    speeds = 1.0 / (ROPE_THETA ** (torch.arange(0, half, 2).float() / half))
    angles = torch.cat([rows[:, None] * speeds, cols[:, None] * speeds], -1)
    angles = torch.cat([angles, angles], -1)
    return weights, angles.cos(), angles.sin()


def _text_rotary(positions: Tensor) -> tuple[Tensor, Tensor]:
    """Interleaved rotary angles for positions of shape 3 x rows x tokens."""
    speeds = 1.0 / (ROPE_THETA ** (torch.arange(0, HEAD_DIM, 2).float() / HEAD_DIM))
    angles = positions[..., None].float() * speeds
    mixed = angles[0].clone()
    for axis in (1, 2):
        here = slice(axis, ROPE_SECTIONS[axis] * 3, 3)
        mixed[..., here] = angles[axis][..., here]
    mixed = torch.cat([mixed, mixed], -1)[:, None]
    return mixed.cos(), mixed.sin()


def _rms(x: Tensor, weight: Tensor | None) -> Tensor:
    return F.rms_norm(x, x.shape[-1:], weight, 1e-6)


def _merged(merger: nn.Module, x: Tensor) -> Tensor:
    return merger.linear_fc2(F.gelu(merger.linear_fc1(x)))


def _digit_loss(logits: Tensor, digits: Tensor) -> Tensor:
    """Cross entropy where there are digits."""
    known = digits.reshape(-1)
    total = F.cross_entropy(logits.reshape(-1, DIGITS), known, ignore_index=-1, reduction="sum")
    return total / ((known >= 0).sum() + 1)


class Reader(nn.Module):
    """The Qwen3-VL model with its dense heads."""

    def __init__(self) -> None:
        super().__init__()
        self.hf = Qwen3VLForConditionalGeneration(config())
        self.heads = nn.Linear(192, 4 * PER_PATCH)
        for name, parameter in self.hf.named_parameters():
            if parameter.dim() >= 2:
                fan = 0.7 * (1.0 / parameter[0].numel()) ** 0.5
                nn.init.normal_(parameter, std=0.02 if "embed" in name else fan)

    def see(self, batch: Batch) -> tuple[Tensor, list[Tensor]]:
        """What the language model is given of each picture, and what its first layers add."""
        vision = self.hf.model.visual
        grid, cos, sin = _patch_grid(*batch.size)
        pixels = batch.patches.float().div(127.5).sub(1.0)
        count, patches, _ = pixels.shape
        weight = vision.patch_embed.proj.weight.sum(2).reshape(192, -1)
        x = F.linear(pixels, weight, vision.patch_embed.proj.bias) + grid @ vision.pos_embed.weight
        deep = []
        for index, block in enumerate(vision.blocks):
            qkv = block.attn.qkv(block.norm1(x)).view(count, patches, 3, -1, HEAD_DIM)
            q, k, v = qkv.permute(2, 0, 3, 1, 4)
            q, k = q * cos + _rotated(q) * sin, k * cos + _rotated(k) * sin
            seen = F.scaled_dot_product_attention(q, k, v).transpose(1, 2)
            x = x + block.attn.proj(seen.reshape(count, patches, -1))
            inner = F.gelu(block.mlp.linear_fc1(block.norm2(x)), approximate="tanh")
            x = x + block.mlp.linear_fc2(inner)
            if index in vision.deepstack_visual_indexes:
                merger = vision.deepstack_merger_list[len(deep)]
                deep.append(_merged(merger, merger.norm(x.reshape(count, patches // 4, -1))))
        merger = vision.merger
        return _merged(merger, merger.norm(x).reshape(count, patches // 4, -1)), deep

    def read(self, batch: Batch, seen: Tensor, deep: list[Tensor]) -> Tensor:
        """Logits where answers are to be given."""
        text = self.hf.model.language_model
        rows, length = batch.ids.shape
        x = text.embed_tokens(batch.ids).reshape(rows * length, -1)
        if len(seen):
            x = x.index_copy(0, batch.picture_at, seen.reshape(-1, x.shape[-1]))
        x = x.view(rows, length, -1)
        cos, sin = _text_rotary(batch.positions)
        mask = torch.zeros(batch.mask.shape).masked_fill_(~batch.mask, -1e9)
        for index, layer in enumerate(text.layers):
            last = index == len(text.layers) - 1
            x = self._layer(layer, x, (cos, sin, mask), batch.answer_at if last else None)
            if index < len(deep):
                flat = x.reshape(rows * length, -1)
                flat = flat.index_add(0, batch.picture_at, deep[index].reshape(-1, flat.shape[-1]))
                x = flat.view(rows, length, -1)
        return F.linear(_rms(x, text.norm.weight), text.embed_tokens.weight)

    @staticmethod
    def _layer(
        layer: nn.Module,
        x: Tensor,
        where: tuple[Tensor, Tensor, Tensor],
        kept: Tensor | None,
    ) -> Tensor:
        """One layer's work; with `kept`, only what these of all rows' tokens become."""
        cos, sin, mask = where
        rows, length, _ = x.shape
        attention = layer.self_attn
        h = _rms(x, layer.input_layernorm.weight)
        parts = (rows, length, -1, HEAD_DIM)
        q = _rms(attention.q_proj(h).view(parts), attention.q_norm.weight).transpose(1, 2)
        k = _rms(attention.k_proj(h).view(parts), attention.k_norm.weight).transpose(1, 2)
        v = attention.v_proj(h).view(parts).transpose(1, 2)
        q, k = q * cos + _rotated(q) * sin, k * cos + _rotated(k) * sin
        k, v = (t.repeat_interleave(q.shape[1] // k.shape[1], 1) for t in (k, v))
        heard = F.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2)
        heard = heard.reshape(rows, length, -1)
        if kept is not None:
            x, heard = (t.reshape(rows * length, -1).index_select(0, kept) for t in (x, heard))
        x = x + attention.o_proj(heard)
        h = _rms(x, layer.post_attention_layernorm.weight)
        gated = F.silu(layer.mlp.gate_proj(h)) * layer.mlp.up_proj(h)
        return x + layer.mlp.down_proj(gated)

    def dense_losses(self, batch: Batch, seen: Tensor) -> Tensor:
        """Losses for all that a patch shows, in the order of `batch.dense`."""
        chars, kinds, tones, boxes, places, middles, figures, orders = batch.dense
        y = self.heads(3.0 * _rms(seen, None)).view(*kinds.shape, PER_PATCH)
        digits = (SHAPE_DIGITS * DIGITS, PRINT_DIGITS * DIGITS)
        parts = (2 * CHARS, KINDS, TONES, 8, PLACES, KINDS, *digits)
        letters, kind, tone, box, place, middle, figure, order = y.split(parts, -1)
        weight = torch.where(chars > 0, 1.0, 0.15).reshape(-1)
        each = F.cross_entropy(letters.reshape(-1, CHARS), chars.reshape(-1), reduction="none")
        inside = (kinds > 0).float()[..., None]
        return torch.stack(
            (
                (each * weight).sum() / weight.sum(),
                F.cross_entropy(kind.reshape(-1, KINDS), kinds.reshape(-1)),
                F.cross_entropy(tone.reshape(-1, TONES), tones.reshape(-1)),
                ((box - boxes).abs() * inside).sum() / (inside.sum() * 4 + 1),
                F.cross_entropy(place.reshape(-1, PLACES), places.reshape(-1)),
                F.cross_entropy(middle.reshape(-1, KINDS), middles.reshape(-1)),
                _digit_loss(figure, figures),
                _digit_loss(order, orders),
            )
        )

    def load_earlier(self, path: str) -> None:
        """Takes the weights of an earlier run; heads it didn't have begin at random."""
        state = torch.load(path, map_location="cpu", weights_only=True)["model"]
        for kind in ("weight", "bias"):
            heads = self.heads.get_parameter(kind).detach().clone().view(4, PER_PATCH, -1)
            earlier = state[f"heads.{kind}"].view(4, -1, heads.shape[-1])
            heads[:, : earlier.shape[1]] = earlier
            state[f"heads.{kind}"] = heads.view(self.heads.get_parameter(kind).shape)
        self.load_state_dict(state)
