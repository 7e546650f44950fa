"""How an answer is drawn and what the model is told before: options, over what the settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.cli.argument_values import number, whole
from desktop.core.model_choices import SamplingChoices

if TYPE_CHECKING:
    import argparse

    from desktop.core.types import GenerationSettings, InstalledModel
    from desktop.store.settings import Settings

_HELP = {
    "max_tokens": ("N", "end the answer after N tokens"),
    "temperature": (
        "T",
        "0 always takes the likeliest token, higher values are freer and less exact",
    ),
    "top_p": ("P", "draw among the likeliest tokens that together hold this share; 1 takes all"),
    "top_k": ("K", "draw among the K likeliest tokens; 0 takes all"),
    "min_p": ("P", "leave out tokens below this share of the likeliest one's chance; 0 takes all"),
    "presence_penalty": (
        "X",
        "take this from the score of what was said: fewer loops, but lists and tables suffer",
    ),
    "repetition_penalty": (
        "X",
        "divide such scores by this, 1 is none: against loops, and long answers drift",
    ),
    "seed": ("N", "the same seed gives the same answer again on the same computer"),
}
_WHOLE = frozenset({"max_tokens", "top_k", "seed"})


def add_sampling_options(parser: argparse.ArgumentParser) -> None:
    """The options that `sampling_of` and `system_prompt_of` read."""
    group = parser.add_argument_group("answer (default: as in the settings, else the model's own)")
    for name, (metavar, words) in _HELP.items():
        group.add_argument(
            f"--{name.replace('_', '-')}",
            type=whole(name) if name in _WHOLE else number(name),
            metavar=metavar,
            help=words,
        )
    group.add_argument(
        "--system",
        metavar="TEXT",
        help="what the model is told before the question; it takes room in the context. "
        'An empty text ("") tells it nothing',
    )


def sampling_of(
    options: argparse.Namespace, settings: Settings, model: InstalledModel
) -> GenerationSettings:
    """What the command line says, where it is silent the settings, and else the model's own."""
    given = SamplingChoices(**{name: getattr(options, name) for name in _HELP})
    return given.over(settings.choices(model.id).sampling.over(model.sampling))


def system_prompt_of(options: argparse.Namespace, settings: Settings, model: InstalledModel) -> str:
    """What the model is told before the question."""
    if options.system is not None:
        return str(options.system)
    return settings.choices(model.id).system_prompt
