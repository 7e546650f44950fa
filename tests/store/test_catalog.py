"""Reading a catalogue: every field arrives, and what breaks a rule is refused with its field."""

from __future__ import annotations

import random
import re
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from desktop.core.errors import CatalogError, ErrorCode
from desktop.core.model_spec import FileRole, ModelSpec, RecommendedFor, Strength
from desktop.core.paths import catalog_dir
from desktop.core.types import EngineKind, GenerationSettings, PictureLimits
from desktop.store.catalog import load_catalog

if TYPE_CHECKING:
    from pathlib import Path

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


# --- reading


def test_that_a_publisher_may_name_more_of_how_answers_are_drawn(folder: Path) -> None:
    more = WHOLE.replace("max_tokens = 256", "min_p = 0.05, repetition_penalty = 1.1", 1)
    sampling = load(folder, more).sampling
    assert sampling is not None
    assert (sampling.min_p, sampling.repetition_penalty) == (0.05, 1.1)
    assert sampling.max_tokens == GenerationSettings().max_tokens


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
        EngineKind.LLAMA_CPP,
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
        ("top_p = 1.0", "top_p = 1.0, min_p = 2", "sampling.min_p"),
        ("top_p = 1.0", "top_p = 1.0, repetition_penalty = 0", "sampling.repetition_penalty"),
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
    for _round in range(700):
        data = bytearray(chance.choice(sources))
        for _time in range(chance.choice((1, 1, 2, 5))):
            mutate(data, chance)
        try:
            load(folder, bytes(data))
        except CatalogError:
            refused += 1
    assert 140 < refused < 700


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
    for _round in range(700):
        fields = scrambled(whole, chance)
        monkeypatch.setattr(tomllib, "loads", lambda _text, fields=fields: fields)
        try:
            load_catalog(folder)
        except CatalogError:
            refused += 1
    assert 140 < refused < 700
