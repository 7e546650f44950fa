from __future__ import annotations

import itertools

import pytest
from msgspec.structs import replace

from desktop.core.fit import (
    ASSUMED_KV_BYTES_PER_TOKEN,
    GIB,
    TEXT_RESERVE_BYTES,
    VISION_RESERVE_BYTES,
    Fit,
    FitReport,
    Machine,
    fit_of,
    recommended,
)
from desktop.core.model_spec import (
    Coordinates,
    FileRole,
    LocalText,
    ModelFile,
    ModelSpec,
    ModelVariant,
    RecommendedFor,
)
from desktop.core.types import EngineKind
from desktop.store.catalog import load_catalog

CATALOG = {spec.id: spec for spec in load_catalog()}
KIB = 1 << 10


def pc(ram: float, gpu: float | None = None, free: float | None = None) -> Machine:
    return Machine(
        total_ram_bytes=int(ram * GIB),
        available_ram_bytes=int((ram * 0.7 if free is None else free) * GIB),
        gpu_bytes=None if gpu is None else int(gpu * GIB),
    )


def mac(ram: float, working_set: float | None = None) -> Machine:
    gpu = None if working_set is None else int(working_set * GIB)
    return Machine(int(ram * GIB), int(ram * 0.7 * GIB), gpu_bytes=gpu, is_unified=True)


def model(
    *files: ModelFile,
    about: int | None = None,
    engine: EngineKind = EngineKind.LLAMA_CPP,
    kv: int | None = 1000,
    context: int | None = None,
) -> tuple[ModelSpec, ModelVariant]:
    variant = ModelVariant("q4", engine, "someone/one", None, files, about)
    spec = ModelSpec(
        id="one",
        name="One",
        family="Ones",
        licence=None,
        parameters=None,
        summary=LocalText("A model.", "一个模型。"),
        good_at=frozenset(),
        coordinates=Coordinates.NONE,
        variants=(variant,),
        kv_bytes_per_token=kv,
        context_length=context,
    )
    return spec, variant


def weights(size: int | None) -> ModelFile:
    return ModelFile(FileRole.MODEL, "one.gguf", size)


def projector(size: int | None) -> ModelFile:
    return ModelFile(FileRole.PROJECTOR, "mmproj.gguf", size)


def report(model_id: str, variant_id: str, machine: Machine, context: int = 8192) -> FitReport:
    spec = CATALOG[model_id]
    variant = spec.variant(variant_id)
    assert variant is not None
    return fit_of(spec, variant, machine, context)


# --- the need


def test_that_the_need_is_files_and_cache_and_reserve() -> None:
    found = report("qwen3-vl-4b", "q4_k_m", pc(16), 8192)
    assert (found.weights, found.projector) == (2_497_281_664, 453_974_304)
    assert found.kv == 8192 * 144 * KIB == 1_207_959_552  # the 1.2 GB at 8k that was computed
    assert found.compute == TEXT_RESERVE_BYTES + VISION_RESERVE_BYTES
    assert found.need == 2_497_281_664 + 453_974_304 + 1_207_959_552 + 1_600_000_000
    assert not found.is_estimate


def test_that_a_longer_context_needs_more_up_to_what_the_model_was_trained_for() -> None:
    spec, variant = model(weights(10), context=4096)
    assert fit_of(spec, variant, pc(8), 1024).kv == 1_024_000
    assert fit_of(spec, variant, pc(8), 1 << 20).kv == 4_096_000
    assert fit_of(spec, variant, pc(8)).context_length == 4096


def test_that_a_model_that_cannot_see_needs_no_reserve_for_seeing() -> None:
    spec, variant = model(weights(10))
    assert fit_of(spec, variant, pc(8)).compute == TEXT_RESERVE_BYTES


def test_that_other_files_are_counted_with_the_weights() -> None:
    spec, variant = model(weights(10), projector(5), ModelFile(FileRole.OTHER, "x", 2))
    found = fit_of(spec, variant, pc(8))
    assert (found.weights, found.projector) == (12, 5)


def test_that_an_unknown_cache_is_taken_for_the_largest_known() -> None:
    spec, variant = model(weights(10), projector(5), kv=None)
    found = fit_of(spec, variant, pc(8), 100)
    assert found.kv == 100 * ASSUMED_KV_BYTES_PER_TOKEN
    assert found.is_estimate
    known = [spec.kv_bytes_per_token for spec in CATALOG.values()]
    assert all(kv <= ASSUMED_KV_BYTES_PER_TOKEN for kv in known if kv is not None)


@pytest.mark.parametrize(
    ("files", "about", "parts"),
    [
        ((weights(None), projector(5)), 100, (95, 5)),
        ((weights(90), projector(None)), 100, (90, 10)),
        ((weights(None), projector(None)), 100, (100, 0)),
        ((weights(None),), 100, (100, 0)),
    ],
)
def test_that_a_rounded_total_fills_in_what_is_missing(
    files: tuple[ModelFile, ...], about: int, parts: tuple[int, int]
) -> None:
    spec, variant = model(*files, about=about)
    found = fit_of(spec, variant, pc(8))
    assert (found.weights, found.projector) == parts
    assert found.is_estimate
    assert found.fit is Fit.WELL


def test_that_mlx_sees_though_it_lists_no_projector() -> None:
    spec, variant = model(about=10, engine=EngineKind.MLX)
    found = fit_of(spec, variant, mac(8))
    assert (found.weights, found.projector) == (10, 0)
    assert found.compute == TEXT_RESERVE_BYTES + VISION_RESERVE_BYTES


@pytest.mark.parametrize(
    "files", [(weights(None), projector(5)), (weights(10), projector(None)), (weights(None),)]
)
@pytest.mark.parametrize("machine", [pc(1), pc(64), pc(64, 24), mac(128)])
def test_that_an_unknown_size_gives_no_verdict(
    files: tuple[ModelFile, ...], machine: Machine
) -> None:
    spec, variant = model(*files)
    found = fit_of(spec, variant, machine)
    assert found.fit is Fit.UNKNOWN
    assert found.need is None
    assert found.is_estimate
    assert not found.is_split
    assert not found.is_short_now


# --- the verdict

W, T, B = Fit.WELL, Fit.TIGHT, Fit.TOO_BIG


@pytest.mark.parametrize(
    ("machine", "two", "four", "eight", "thirty"),
    [
        (pc(4), B, B, B, B),
        (pc(8), W, T, B, B),
        (pc(16), W, W, W, B),
        (pc(24), W, W, W, B),
        (pc(32), W, W, W, T),
        (pc(64), W, W, W, W),
        (pc(16, gpu=6), W, T, T, B),
        (pc(32, gpu=6), W, T, T, T),
        (pc(32, gpu=12), W, W, W, T),
        (pc(64, gpu=24), W, W, W, T),
        (pc(64, gpu=32), W, W, W, W),
        (mac(8), W, B, B, B),
        (mac(16), W, W, W, B),
        (mac(24), W, W, W, B),
        (mac(32), W, W, W, B),
        (mac(48), W, W, W, W),
        (mac(64), W, W, W, W),
        (mac(32, working_set=24), W, W, W, T),
    ],
)
def test_that_each_machine_has_its_verdicts(
    machine: Machine, two: Fit, four: Fit, eight: Fit, thirty: Fit
) -> None:
    assert report("qwen3-vl-2b", "q4_k_m", machine).fit is two
    assert report("qwen3-vl-4b", "q4_k_m", machine).fit is four
    assert report("qwen3-vl-8b", "q4_k_m", machine).fit is eight
    assert report("qwen3-vl-30b-a3b", "q4_k_m_f16", machine).fit is thirty


def test_that_on_apple_silicon_two_thirds_are_the_limit_until_the_engine_tells() -> None:
    assert report("qwen3-vl-2b", "q4_k_m", mac(24)).limit == 16 * GIB
    assert report("qwen3-vl-2b", "q4_k_m", mac(24, 18)).limit == 18 * GIB
    assert report("qwen3-vl-2b", "q4_k_m", mac(8, 12)).limit == 8 * GIB


def test_that_more_than_the_gpus_memory_is_split_and_said_so() -> None:
    found = report("qwen3-vl-8b", "q4_k_m", pc(32, gpu=6))
    assert (found.fit, found.is_split, found.limit) == (Fit.TIGHT, True, 6 * GIB)
    whole = report("qwen3-vl-4b", "q4_k_m", pc(32, gpu=6))
    assert (whole.fit, whole.is_split) == (Fit.TIGHT, False)


def test_that_memory_taken_by_others_is_said_but_changes_no_verdict() -> None:
    found = report("qwen3-vl-4b", "q4_k_m", pc(16, free=3))
    assert (found.fit, found.is_short_now) == (Fit.WELL, True)
    assert not report("qwen3-vl-4b", "q4_k_m", pc(16, free=6)).is_short_now
    # On a GPU of its own the RAM matters for what does not fit there.
    assert not report("qwen3-vl-4b", "q4_k_m", pc(16, gpu=12, free=1)).is_short_now
    assert report("qwen3-vl-8b", "q4_k_m", pc(16, gpu=6, free=1)).is_short_now


@pytest.mark.parametrize("make", [pc, mac, lambda ram: pc(ram, gpu=ram / 4)])
def test_that_more_memory_never_fits_worse_and_a_longer_context_never_better(make: object) -> None:
    assert callable(make)
    order = [Fit.TOO_BIG, Fit.TIGHT, Fit.WELL]
    machines = [make(ram) for ram in (2, 4, 6, 8, 12, 16, 18, 24, 32, 48, 64, 96, 128)]
    contexts = (2048, 4096, 8192, 16384, 65536)
    for spec in CATALOG.values():
        for variant in spec.variants:
            if variant.download_bytes is None:
                continue
            ranks = [
                [order.index(fit_of(spec, variant, machine, length).fit) for machine in machines]
                for length in contexts
            ]
            assert all(row == sorted(row) for row in ranks)
            for shorter, longer in itertools.pairwise(ranks):
                assert all(a >= b for a, b in zip(shorter, longer, strict=True))


# --- the recommendation


@pytest.mark.parametrize(
    ("machine", "wanted"),
    [
        (pc(2), None),
        (pc(4), None),
        (pc(7.7), "qwen3-vl-2b"),  # 8 GB less what the firmware keeps
        (pc(8), "qwen3-vl-2b"),
        (pc(15.5), "qwen3-vl-4b"),
        (pc(16), "qwen3-vl-4b"),
        (pc(24), "qwen3-vl-8b"),
        (pc(32), "qwen3-vl-8b"),
        (pc(64), "qwen3-vl-8b"),
        (pc(16, gpu=6), "qwen3-vl-2b"),
        (pc(32, gpu=8), "qwen3-vl-4b"),
        (pc(32, gpu=12), "qwen3-vl-8b"),
        (pc(64, gpu=24), "qwen3-vl-8b"),
        (pc(16, gpu=2), "qwen3-vl-4b"),  # as without a GPU
        (mac(8), "qwen3-vl-2b"),
        (mac(16), "qwen3-vl-4b"),
        (mac(18), "qwen3-vl-8b"),
        (mac(24), "qwen3-vl-8b"),
        (mac(32), "qwen3-vl-8b"),
        (mac(48), "qwen3-vl-30b-a3b"),
        (mac(64), "qwen3-vl-30b-a3b"),
        (mac(64, working_set=6), "qwen3-vl-2b"),
    ],
)
def test_that_each_machine_is_recommended_the_largest_of_its_tier_that_fits_well(
    machine: Machine, wanted: str | None
) -> None:
    for specs in (list(CATALOG.values()), list(reversed(CATALOG.values()))):
        found = recommended(specs, machine)
        assert (found[0].id if found is not None else None) == wanted
        if found is not None:
            spec, variant = found
            assert variant is spec.variants[0]


def test_that_only_what_an_engine_can_run_is_recommended() -> None:
    specs = list(CATALOG.values())
    found = recommended(specs, mac(24), engines=[EngineKind.MLX])
    assert found is not None
    assert (found[0].id, found[1].id) == ("qwen3-vl-8b", "mlx_4bit")
    assert recommended(specs, mac(24), engines=[]) is None


def test_that_the_form_for_the_better_engine_is_recommended_if_its_size_is_known() -> None:
    specs = list(CATALOG.values())
    order = [EngineKind.MLX, EngineKind.LLAMA_CPP]
    found = recommended(specs, mac(24), order)
    assert found is not None
    assert (found[0].id, found[1].id) == ("qwen3-vl-8b", "mlx_4bit")
    found = recommended(specs, mac(8), order)  # nobody has told how large its MLX form is
    assert found is not None
    assert (found[0].id, found[1].engine) == ("qwen3-vl-2b", EngineKind.LLAMA_CPP)


def test_that_a_smaller_variant_is_recommended_when_the_preferred_one_does_not_fit_well() -> None:
    spec, large = model(weights(50 * GIB))
    small = replace(large, id="q2", files=(weights(GIB),))
    spec = replace(spec, variants=(large, small), recommended=RecommendedFor(0))
    assert recommended([spec], pc(16)) == (spec, small)


def test_that_nothing_is_recommended_from_nothing() -> None:
    assert recommended([], pc(64)) is None
    spec, _variant = model(weights(10))
    assert recommended([spec], pc(64)) is None  # not meant to be
