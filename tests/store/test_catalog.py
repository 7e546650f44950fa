from __future__ import annotations

import random
import re
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from desktop.core.errors import CatalogError, ErrorCode
from desktop.core.model_spec import (
    Coordinates,
    FileRole,
    ModelSpec,
    RecommendedFor,
    Strength,
    VariantEngine,
)
from desktop.core.paths import catalog_dir
from desktop.core.types import GenerationSettings, PictureLimits
from desktop.store.catalog import load_catalog

if TYPE_CHECKING:
    from pathlib import Path

KIB = 1 << 10
SHA = "0123456789abcdef" * 4
COMMIT = "0123456789" * 4

WHOLE = f"""
id = "one"
name = "One"
family = "Ones"
licence = "Apache-2.0"
parameters = "1B"
good_at = ["photos", "boxes"]
context_length = 4096
kv_bytes_per_token = 1024
coordinates = "absolute"
reuses_prompts = true
summary = {{ en = "A model.", zh_CN = "一个模型。" }}
sampling = {{ temperature = 0, top_p = 1.0, top_k = 0, presence_penalty = 0.0, max_tokens = 256 }}
pictures = {{ min_tokens = 4, max_tokens = 64, best_tokens = 16 }}
recommended = {{ above_ram_gib = 8, is_unified_only = true }}

[[variants]]
id = "q8_0"
engine = "llama_cpp"
repo = "someone/One-GGUF"
revision = "{COMMIT}"

[[variants.files]]
role = "model"
path = "one.gguf"
size_bytes = 1000
sha256 = "{SHA}"

[[variants.files]]
role = "projector"
path = "mmproj-one-F16.gguf"
size_bytes = 500

[[variants.files]]
role = "other"
path = "notes/LICENSE"
size_bytes = 7

[[variants]]
id = "mlx_4bit"
engine = "mlx"
repo = "someone/One-4bit"
about_bytes = 1200
"""
LEAST = """
id = "one"
name = "One"
family = "Ones"
good_at = []
coordinates = "none"
summary = { en = "A model.", zh_CN = "一个模型。" }
variants = [{ id = "a", engine = "mlx", repo = "someone/One" }]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "模型 目录"
    path.mkdir()
    return path


def load(folder: Path, text: str | bytes, name: str = "one.toml") -> ModelSpec:
    data = text if isinstance(text, bytes) else text.encode()
    (folder / name).write_bytes(data)
    (spec,) = load_catalog(folder)
    return spec


def refusal(folder: Path, text: str | bytes) -> CatalogError:
    with pytest.raises(CatalogError) as caught:
        load(folder, text)
    error = caught.value
    assert error.code is ErrorCode.CATALOG_DAMAGED
    assert error.details["name"] == "one.toml"
    assert "one.toml" in error.message
    assert error.details["field"] in error.message
    assert error.message.endswith(".")
    return error


# --- the files that ship

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
        if variant.engine is VariantEngine.LLAMA_CPP:
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
    repos = {v.id: v.repo for v in spec.variants if v.engine is VariantEngine.LLAMA_CPP}
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


# --- reading


def test_that_every_field_arrives(folder: Path) -> None:
    spec = load(folder, WHOLE)
    assert (spec.id, spec.name, spec.family, spec.parameters) == ("one", "One", "Ones", "1B")
    assert (spec.licence, spec.context_length, spec.kv_bytes_per_token) == (
        "Apache-2.0",
        4096,
        1024,
    )
    assert spec.good_at == {Strength.PHOTOS, Strength.BOXES}
    assert spec.sampling == GenerationSettings(
        max_tokens=256, temperature=0.0, top_p=1.0, top_k=0, presence_penalty=0.0
    )
    assert spec.pictures == PictureLimits(4, 64, 16)
    assert spec.recommended == RecommendedFor(8, is_unified_only=True)
    gguf, mlx = spec.variants
    assert (gguf.engine, gguf.repo, gguf.revision) == (
        VariantEngine.LLAMA_CPP,
        "someone/One-GGUF",
        COMMIT,
    )
    assert [file.role for file in gguf.files] == list(FileRole)
    assert (gguf.files[0].path, gguf.files[0].sha256) == ("one.gguf", SHA)
    assert (gguf.exact_bytes, gguf.download_bytes) == (1507, 1507)
    assert gguf.file(FileRole.PROJECTOR) is gguf.files[1]
    assert (mlx.exact_bytes, mlx.download_bytes, mlx.files) == (None, 1200, ())
    assert mlx.file(FileRole.MODEL) is None
    assert spec.variant("mlx_4bit") is mlx
    assert spec.variant("q2_k") is None
    hash(spec)


def test_that_what_is_not_known_may_be_absent(folder: Path) -> None:
    spec = load(folder, LEAST)
    unknown = (
        spec.licence,
        spec.parameters,
        spec.context_length,
        spec.kv_bytes_per_token,
        spec.reuses_prompts,
        spec.sampling,
        spec.pictures,
        spec.recommended,
        spec.variants[0].revision,
        spec.variants[0].download_bytes,
    )
    assert set(unknown) == {None}


def test_that_models_come_in_the_order_of_their_files_and_other_files_are_left(
    folder: Path,
) -> None:
    for name in ("b", "a", "c"):
        (folder / f"{name}.toml").write_text(LEAST.replace('"one"', f'"{name}"'), encoding="utf-8")
    (folder / "README.md").write_text("#", encoding="utf-8")
    assert [spec.id for spec in load_catalog(folder)] == ["a", "b", "c"]


def test_that_an_empty_folder_has_no_models(folder: Path) -> None:
    assert load_catalog(folder) == ()


# --- refusing


def changed(old: str, new: str) -> str:
    assert old in WHOLE
    return WHOLE.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('name = "One"', "", "name"),
        ('name = "One"', 'name = ""', "name"),
        ('name = "One"', 'name = " One"', "name"),
        ('name = "One"', r'name = "O\nne"', "name"),
        ('name = "One"', "name = 1", "name"),
        ('name = "One"', 'name = "One"\ncolour = "red"', "colour"),
        ('id = "one"', 'id = "One"', "id"),
        ('id = "one"', 'id = "../one"', "id"),
        ('id = "one"', 'id = "con"', "id"),
        ('id = "one"', 'id = "one."', "id"),
        ('id = "one"', f'id = "{"o" * 65}"', "id"),
        ('["photos", "boxes"]', '["photos", "cats"]', "good_at[1]"),
        ('["photos", "boxes"]', '["photos", "photos"]', "good_at"),
        ('"absolute"', '"none"', "coordinates"),
        ('"absolute"', '"relative"', "coordinates"),
        ("context_length = 4096", "context_length = 0", "context_length"),
        ("kv_bytes_per_token = 1024", "kv_bytes_per_token = -1", "kv_bytes_per_token"),
        ("kv_bytes_per_token = 1024", "kv_bytes_per_token = 1024.0", "kv_bytes_per_token"),
        ("reuses_prompts = true", "reuses_prompts = 1", "reuses_prompts"),
        (', zh_CN = "一个模型。"', "", "summary.zh_CN"),
        (', zh_CN = "一个模型。"', ', zh_CN = "一", zh_cn = "一"', "summary.zh_cn"),
        ("temperature = 0,", "temperature = -0.1,", "sampling.temperature"),
        ("temperature = 0,", "temperature = nan,", "sampling.temperature"),
        ("temperature = 0,", "temperature = inf,", "sampling.temperature"),
        ("temperature = 0,", "", "sampling.temperature"),
        ("top_p = 1.0", "top_p = 1.1", "sampling.top_p"),
        ("presence_penalty = 0.0, ", "", "sampling.presence_penalty"),
        ("min_tokens = 4", "min_tokens = 65", "pictures"),
        ("best_tokens = 16", "best_tokens = 65", "pictures"),
        ("best_tokens = 16", "best_tokens = 3", "pictures"),
        ("above_ram_gib = 8", "above_ram_gib = -1", "recommended.above_ram_gib"),
        ('id = "q8_0"', 'id = "mlx_4bit"', "variants.id"),
        ('id = "q8_0"', 'id = "Q8 0"', "variants[0].id"),
        ('engine = "mlx"', 'engine = "onnx"', "variants[1].engine"),
        ('"someone/One-GGUF"', '"One-GGUF"', "variants[0].repo"),
        ('"someone/One-GGUF"', '"someone/../One"', "variants[0].repo"),
        ('"someone/One-GGUF"', '"../One"', "variants[0].repo"),
        ('"someone/One-GGUF"', '"https://host/One"', "variants[0].repo"),
        ('"someone/One-GGUF"', '"someone/One?x"', "variants[0].repo"),
        ('"someone/One-GGUF"', '"someone/One/two"', "variants[0].repo"),
        (COMMIT, "main", "variants[0].revision"),
        (COMMIT, COMMIT[:39], "variants[0].revision"),
        (COMMIT, f"{COMMIT}\\n", "variants[0].revision"),
        ("size_bytes = 1000", "size_bytes = 0", "variants[0].files[0].size_bytes"),
        ("size_bytes = 1000", "size_bytes = -5", "variants[0].files[0].size_bytes"),
        ("size_bytes = 1000", f"size_bytes = {10**40}", "variants[0].files[0].size_bytes"),
        ("size_bytes = 1000", 'size_bytes = "1000"', "variants[0].files[0].size_bytes"),
        ("size_bytes = 1000", "size_bytes = true", "variants[0].files[0].size_bytes"),
        ("size_bytes = 1000", "size = 1000", "variants[0].files[0].size"),
        (SHA, "", "variants[0].files[0].sha256"),
        (SHA, SHA[:63], "variants[0].files[0].sha256"),
        (SHA, f"{SHA}0", "variants[0].files[0].sha256"),
        (SHA, SHA.upper(), "variants[0].files[0].sha256"),
        (SHA, f"{SHA[:8]}…", "variants[0].files[0].sha256"),
        (SHA, f"g{SHA[1:]}", "variants[0].files[0].sha256"),
        ('"one.gguf"', '"/one.gguf"', "variants[0].files[0].path"),
        ('"one.gguf"', '"../one.gguf"', "variants[0].files[0].path"),
        ('"one.gguf"', '"a/../../one.gguf"', "variants[0].files[0].path"),
        ('"one.gguf"', r'"a\\one.gguf"', "variants[0].files[0].path"),
        ('"one.gguf"', '"C:one.gguf"', "variants[0].files[0].path"),
        ('"one.gguf"', '"C:/one.gguf"', "variants[0].files[0].path"),
        ('"one.gguf"', '"a:one.gguf"', "variants[0].files[0].path"),
        ('"one.gguf"', '""', "variants[0].files[0].path"),
        ('"one.gguf"', '"one.bin"', "variants[0].files[0].path"),
        ('"notes/LICENSE"', '"notes/../../LICENSE"', "variants[0].files[2].path"),
        ('"notes/LICENSE"', '"ONE.gguf"', "variants[0].files.path"),
        ('"mmproj-one-F16.gguf"', '"mmproj-one-BF16.gguf"', "variants[0].files[1].path"),
        ('"mmproj-one-F16.gguf"', '"bf16/mmproj.gguf"', "variants[0].files[1].path"),
        ('role = "model"', 'role = "other"', "variants[0].files"),
        ('role = "projector"', 'role = "model"', "variants[0].files"),
        ('role = "other"\npath = "notes/LICENSE"', 'role = "projector"\npath = "b.gguf"',
         "variants[0].files"),
        ('role = "other"', 'role = "vision"', "variants[0].files[2].role"),
        (f'revision = "{COMMIT}"', "about_bytes = 1500", "variants[0].about_bytes"),
        ("about_bytes = 1200", "about_bytes = 0", "variants[1].about_bytes"),
        ('engine = "mlx"', 'engine = "llama_cpp"', "variants[1].files"),
        ("about_bytes = 1200", 'files = [{ role = "projector", path = "p" }]', "variants[1].files"),
    ],
)  # fmt: skip
def test_that_a_broken_rule_is_refused_with_its_field(
    folder: Path, old: str, new: str, field: str
) -> None:
    assert refusal(folder, changed(old, new)).details["field"] == field


def test_that_a_model_without_variants_is_refused(folder: Path) -> None:
    text = re.sub(r"variants = .*", "variants = []", LEAST)
    assert refusal(folder, text).details["field"] == "variants"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"id = ",
        b"\xff\xfe",
        b"\x00",
        b"[variants]\nid = 1",
        b"a = " + b"[" * 100_000,
        b"a = " + b"9" * 5_000,
        b"a = 2024-99-99",
        b'"\\ud800" = 1',
    ],
)
def test_that_what_is_no_entry_is_refused(folder: Path, data: bytes) -> None:
    refusal(folder, data)


def test_that_an_id_is_taken_once(folder: Path) -> None:
    (folder / "a.toml").write_text(LEAST, encoding="utf-8")
    error = refusal(folder, WHOLE)
    assert error.details["field"] == "id"


def test_that_a_missing_catalogue_is_an_error_not_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(CatalogError) as caught:
        load_catalog(tmp_path / "catalog")
    assert caught.value.details == {"name": "catalog", "field": ""}


def test_that_a_folder_with_a_files_name_is_refused(folder: Path) -> None:
    (folder / "one.toml").mkdir()
    with pytest.raises(CatalogError):
        load_catalog(folder)


# --- anything


def mutate(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.choice((1, 1, 2, 8, 40)))
    match chance.randrange(5):
        case 0:
            data[start] = chance.randrange(256)
        case 1:
            del data[start:end]
        case 2:
            data[start:start] = bytes(chance.choices(b"\"'[]{}=.\\-#\n 0123abfTZ:", k=3))
        case 3:
            other = chance.randrange(len(data))
            data[start:start] = data[other : other + 30]
        case _:
            lines = bytes(data).split(b"\n")
            chance.shuffle(lines)
            data[:] = b"\n".join(lines)


def test_that_random_damage_gives_a_model_or_a_catalogue_error(folder: Path) -> None:
    sources = [WHOLE.encode(), *(path.read_bytes() for path in catalog_dir().glob("*.toml"))]
    chance = random.Random(4)
    refused = 0
    for _round in range(1500):
        data = bytearray(chance.choice(sources))
        for _time in range(chance.choice((1, 1, 2, 5))):
            mutate(data, chance)
        try:
            load(folder, bytes(data))
        except CatalogError:
            refused += 1
    assert 300 < refused < 1500


def scrambled(value: Any, chance: random.Random) -> Any:
    if chance.random() < 0.06:
        odd: tuple[Any, ...] = (
            "",
            "\0",
            "x",
            -1,
            0,
            1.5,
            True,
            [],
            {},
            float("nan"),
            10**30,
            ["x"],
            {"x": 1},
        )
        return chance.choice(odd)
    if isinstance(value, dict):
        return {key: scrambled(item, chance) for key, item in value.items()}
    if isinstance(value, list):
        return [scrambled(item, chance) for item in value]
    return value


def test_that_odd_values_of_any_field_give_a_model_or_a_catalogue_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = tomllib.loads(WHOLE)
    chance = random.Random(5)
    path = folder / "one.toml"
    path.touch()
    refused = 0
    for _round in range(1500):
        fields = scrambled(whole, chance)
        monkeypatch.setattr(tomllib, "loads", lambda _text, fields=fields: fields)
        try:
            load_catalog(folder)
        except CatalogError:
            refused += 1
    assert 300 < refused < 1500
