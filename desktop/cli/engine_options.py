"""How a model is loaded: options, over what the settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from desktop.cli.argument_values import one_of, whole, words_of
from desktop.core.types import FlashAttention, KvType

if TYPE_CHECKING:
    import argparse

    from desktop.core.types import EngineOptions


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """The options that `engine_options_of` reads."""
    group = parser.add_argument_group("engine (default: as in the settings)")
    group.add_argument(
        "--context",
        dest="context_length",
        type=whole("context_length"),
        metavar="N",
        help="context length in tokens: more of a conversation is remembered, for more memory",
    )
    group.add_argument(
        "--gpu-layers",
        type=whole("gpu_layers"),
        metavar="N",
        help="-1 all, 0 none: more is faster and fills the graphics memory (llama.cpp)",
    )
    group.add_argument(
        "--threads",
        type=whole("threads"),
        metavar="N",
        help="CPU threads; more than there are cores is slower (llama.cpp)",
    )
    group.add_argument(
        "--flash-attention",
        type=one_of(FlashAttention),
        metavar=words_of(FlashAttention),
        help="auto uses it where the device can; off takes more memory for large pictures and is "
        "for devices on which it is slow or wrong (llama.cpp; always on with a smaller --kv-type)",
    )
    group.add_argument(
        "--kv-type",
        type=one_of(KvType),
        metavar=words_of(KvType),
        help="attention cache: q8_0 takes half of the memory, q4_0 a quarter, for slightly less "
        "exact answers",
    )


def engine_options_of(options: argparse.Namespace, kept: EngineOptions) -> EngineOptions:
    """What the command line says, and where it is silent the settings' options."""
    names = ("context_length", "gpu_layers", "threads", "flash_attention", "kv_type")
    given = {name: getattr(options, name) for name in names}
    return replace(kept, **{name: value for name, value in given.items() if value is not None})
