"""The catalogue that ships: every figure is a known one, and what it says can be shown."""

from __future__ import annotations

import re
import tomllib

import pytest

from desktop.core.model_spec import Coordinates, ModelSpec, RecommendedFor, Strength
from desktop.core.paths import catalog_dir
from desktop.core.types import EngineKind, GenerationSettings, PictureLimits
from desktop.store.catalog import load_catalog

KIB = 1 << 10

# model: (revision, f16 cache per token, file: (size, sha256)); None where nobody knows.
KNOWN: dict[str, tuple[str | None, int | None, dict[str, tuple[int | None, str | None]]]] = {
    "qwen3-vl-2b": (
        "52d6c8ffea26cc873ac5ad116f8631268d7eb503",
        112 * KIB,
        {
            "Qwen3VL-2B-Instruct-Q4_K_M.gguf": (
                1_107_409_952,
                "089d75c52f4b7ffc56ba998ffc50aae89fcafc755f9e7208aacca281dca6c2ae",
            ),
            "Qwen3VL-2B-Instruct-Q8_0.gguf": (1_834_427_424, None),
            "mmproj-Qwen3VL-2B-Instruct-Q8_0.gguf": (
                445_053_216,
                "f9a68fabba69c3b81e153367b2c7521030b0fa8bb0de400c9599c8e6725f9c82",
            ),
            "mmproj-Qwen3VL-2B-Instruct-F16.gguf": (
                819_394_848,
                "c3d5afbef5287953acd57b4043d2269456e5761a4eaccb3b71b062996970aea5",
            ),
        },
    ),
    "qwen3-vl-4b": (
        None,
        144 * KIB,
        {
            "Qwen3VL-4B-Instruct-Q4_K_M.gguf": (
                2_497_281_664,
                "66358cb18bb6b3b1b6675aa412c7a88ef01d228f481184d13668e5201c730a0a",
            ),
            "Qwen3VL-4B-Instruct-Q8_0.gguf": (4_280_406_144, None),
            "mmproj-Qwen3VL-4B-Instruct-Q8_0.gguf": (
                453_974_304,
                "30ba2c7dd3127a4561b6cba9d13d0f711c91bdb38742e2f56d73c8cb596bd06d",
            ),
            "mmproj-Qwen3VL-4B-Instruct-F16.gguf": (
                836_180_256,
                "256f3a43bd4205ffef48d6b92715e1e70b5b0e9aef06522584967513a9985331",
            ),
        },
    ),
    "qwen3-vl-8b": (
        "f982a07559d4a2f6c8744d840bf6fccab30eea96",
        144 * KIB,
        {
            "Qwen3VL-8B-Instruct-Q4_K_M.gguf": (
                5_027_784_800,
                "67d1659bfe71b89d50b45a4ad1a9e5b997e5bb16ce5da66a6a6167abd569e9e2",
            ),
            "Qwen3VL-8B-Instruct-Q8_0.gguf": (None, None),
            "mmproj-Qwen3VL-8B-Instruct-Q8_0.gguf": (
                752_289_728,
                "c6ba85508d82f42590e6eb77d5340369ab6fecf107a7561d809523d8aa5f3bfd",
            ),
            "mmproj-Qwen3VL-8B-Instruct-F16.gguf": (
                1_159_029_824,
                "ca524100ebf825c9a870db1c580d03879e0da0ab2541697e2458e64891cf9d38",
            ),
        },
    ),
    "qwen3-vl-30b-a3b": (
        None,
        None,
        {
            "Qwen3VL-30B-A3B-Instruct-Q4_K_M.gguf": (
                18_556_687_168,
                "87bb374d849f80ebdfabb304189fac9e0bd35a0f74506e6a59c51b206cbe863b",
            ),
            "Qwen3VL-30B-A3B-Instruct-Q8_0.gguf": (None, None),
            "mmproj-Qwen3VL-30B-A3B-Instruct-Q8_0.gguf": (None, None),
            "mmproj-Qwen3VL-30B-A3B-Instruct-F16.gguf": (
                1_083_499_584,
                "cae72cf123cc9e08d553cd5a5055d6d3cf0f82652aa41c3e4aa424cda9a26f7f",
            ),
        },
    ),
    "smolvlm-500m": (
        None,
        None,
        {
            "SmolVLM-500M-Instruct-Q8_0.gguf": (
                436_806_912,
                "9d4612de6a42214499e301494a3ecc2be0abdd9de44e663bda63f1152fad1bf4",
            ),
            "mmproj-SmolVLM-500M-Instruct-Q8_0.gguf": (
                108_783_360,
                "d1eb8b6b23979205fdf63703ed10f788131a3f812c7b1f72e0119d5d81295150",
            ),
        },
    ),
    "glm-ocr": (
        "65a42de1148dbed2297e922b5dbc7d9b70c36578",
        None,
        {
            "GLM-OCR-Q8_0.gguf": (
                950_433_408,
                "45bc244a6446aff850521dc41f18bc8d7105ad5f0c2c8c28af04e7cc4f4d50b1",
            ),
            "mmproj-GLM-OCR-Q8_0.gguf": (
                484_403_648,
                "9c4b58e33e316ed142eb5dcb41abec3844d3e6e5dc361ffb782c3fa9d175141f",
            ),
        },
    ),
    "paddleocr-vl-1.5": (
        None,
        None,
        {
            "PaddleOCR-VL-1.5.gguf": (
                935_768_992,
                "299051d54faa065abc505cc39b8383ea338fd3020c775ea3e0ba514a7022328c",
            ),
            "PaddleOCR-VL-1.5-mmproj.gguf": (
                881_770_496,
                "e7f1a72400fba517046f90d964e2fa0f4dac7781ee3b1bc5d2022f5f8cecbd87",
            ),
        },
    ),
    "gemma-4-e2b": (
        None,
        None,
        {
            "gemma-4-E2B-it-Q4_K_M.gguf": (3_106_736_256, None),
            "mmproj-F16.gguf": (985_654_080, None),
        },
    ),
    "gemma-4-e4b": (
        None,
        None,
        {
            "gemma-4-E4B-it-Q4_K_M.gguf": (4_977_169_568, None),
            "mmproj-F16.gguf": (990_372_672, None),
        },
    ),
    "qwen3.5-4b": (
        "e87f176479d0855a907a41277aca2f8ee7a09523",
        None,
        {
            "Qwen3.5-4B-Q4_K_M.gguf": (
                2_740_937_888,
                "00fe7986ff5f6b463e62455821146049db6f9313603938a70800d1fb69ef11a4",
            ),
            "mmproj-F16.gguf": (None, None),
        },
    ),
}
# Everything whose total is only known rounded, in bytes.
ROUNDED = {
    ("qwen3-vl-4b", "mlx_4bit"): 3_110_000_000,
    ("qwen3-vl-8b", "q8_0"): 8_710_000_000 + 1_160_000_000,
    ("qwen3-vl-8b", "mlx_4bit"): 5_770_000_000,
    ("qwen3-vl-30b-a3b", "mlx_4bit"): 18_260_000_000,
    ("qwen3.5-4b", "q4_k_m"): 2_740_000_000 + 670_000_000,
    ("qwen3.5-4b", "mlx_4bit"): 3_050_000_000,
}
SHIPPED = load_catalog()
BY_ID = {spec.id: spec for spec in SHIPPED}


def test_that_every_file_that_ships_loads_and_is_named_after_its_model() -> None:
    assert sorted(BY_ID) == sorted(path.stem for path in catalog_dir().glob("*.toml"))
    assert sorted(BY_ID) == sorted(KNOWN)


@pytest.mark.parametrize("model_id", sorted(KNOWN))
def test_that_every_figure_is_a_known_one_and_every_known_one_is_there(model_id: str) -> None:
    revision, kv_bytes_per_token, files = KNOWN[model_id]
    spec = BY_ID[model_id]
    assert spec.kv_bytes_per_token == kv_bytes_per_token
    assert spec.context_length is None
    found: dict[str, set[tuple[int | None, str | None]]] = {}
    for variant in spec.variants:
        if variant.engine is EngineKind.LLAMA_CPP:
            assert variant.revision == revision
        else:
            assert (variant.revision, variant.files) == (None, ())
        assert variant.about_bytes == ROUNDED.get((model_id, variant.id))
        for file in variant.files:
            found.setdefault(file.path, set()).add((file.size_bytes, file.sha256))
    assert found == {path: {figures} for path, figures in files.items()}


@pytest.mark.parametrize("spec", SHIPPED, ids=lambda spec: spec.id)
def test_that_what_is_said_of_a_model_can_be_shown(spec: ModelSpec) -> None:
    assert re.search(r"[^.]\.\Z", spec.summary.en)
    assert re.search(r"[^。]。\Z", spec.summary.zh_cn)
    assert re.search(r"[\u4e00-\u9fff]", spec.summary.zh_cn)
    assert spec.summary.in_language("zh_CN") == spec.summary.zh_cn
    assert spec.summary.in_language("de") == spec.summary.en
    assert spec.good_at


@pytest.mark.parametrize("size", ["2b", "4b", "8b", "30b-a3b"])
def test_that_qwen3_vl_is_set_as_its_card_says(size: str) -> None:
    spec = BY_ID[f"qwen3-vl-{size}"]
    assert (spec.family, spec.licence) == ("Qwen3-VL", "Apache-2.0")
    assert spec.good_at == frozenset(Strength)
    assert spec.coordinates is Coordinates.RELATIVE_1000
    assert spec.reuses_prompts is True
    assert spec.pictures == PictureLimits(min_tokens=8, max_tokens=4096)
    assert spec.sampling == GenerationSettings(
        temperature=0.7, top_p=0.8, top_k=20, presence_penalty=1.5
    )
    repos = {v.id: v.repo for v in spec.variants if v.engine is EngineKind.LLAMA_CPP}
    assert set(repos) == {"q4_k_m", "q4_k_m_f16", "q8_0"}
    assert set(repos.values()) == {f"Qwen/Qwen3-VL-{size.upper()}-Instruct-GGUF"}
    assert "4bit" in spec.variants[-1].repo


def test_that_the_one_that_reads_everything_again_says_so() -> None:
    assert [spec.id for spec in SHIPPED if spec.reuses_prompts is False] == ["qwen3.5-4b"]


def test_that_an_unknown_licence_is_not_made_up() -> None:
    unknown = {spec.id for spec in SHIPPED if spec.licence is None}
    assert unknown == {"glm-ocr", "paddleocr-vl-1.5"}


def test_that_the_recommended_ones_are_tiers() -> None:
    tiers = {spec.id: spec.recommended for spec in SHIPPED if spec.recommended is not None}
    assert tiers == {
        "qwen3-vl-2b": RecommendedFor(0),
        "qwen3-vl-4b": RecommendedFor(8),
        "qwen3-vl-8b": RecommendedFor(16),
        "qwen3-vl-30b-a3b": RecommendedFor(31, is_unified_only=True),
    }


def test_that_the_catalogue_ships_in_the_wheel() -> None:
    root = catalog_dir().parent.parent
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included["models/catalog"] == "desktop/_bundled/models/catalog"
