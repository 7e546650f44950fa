from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from desktop.core.errors import ErrorCode
from desktop.store.found_models import find_models
from desktop.store.found_places import Places
from desktop.store.local_models import Origin
from tests.store.ggufs import MLX, MODEL, PROJECTOR, write, write_model
from tests.store.other_apps import Ollama, digest_of, usable

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def ollama(tmp_path: Path) -> Ollama:
    return Ollama(tmp_path / "ollama models")


def test_that_ollamas_models_are_read_with_their_encoders(ollama: Ollama, tmp_path: Path) -> None:
    layers = ("model", MODEL), ("projector", PROJECTOR), ("license", MLX / "vocab.json")
    ollama.manifest("registry.ollama.ai/library/mini/latest", *layers)
    (candidate,) = find_models(Places(ollama=(ollama.root,)))
    assert (candidate.name, candidate.origin) == ("mini:latest", Origin.OLLAMA)
    assert candidate.model_path == ollama.root / "blobs" / f"sha256-{digest_of(MODEL)}"
    assert candidate.projector_path == ollama.root / "blobs" / f"sha256-{digest_of(PROJECTOR)}"
    usable(tmp_path, candidate)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("registry.ollama.ai/library/qwen3-vl/4b", "qwen3-vl:4b"),
        ("registry.ollama.ai/someone/mini/q8", "someone/mini:q8"),
        ("hf.co/unsloth/Mini-GGUF/Q4_K_M", "hf.co/unsloth/Mini-GGUF:Q4_K_M"),
    ],
)
def test_that_a_model_is_called_as_ollama_calls_it(ollama: Ollama, path: str, name: str) -> None:
    ollama.manifest(path, ("model", MODEL), ("projector", PROJECTOR), separator=":")
    assert [one.name for one in find_models(Places(ollama=(ollama.root,)))] == [name]


def test_that_newer_manifests_are_read_lists_and_links(ollama: Ollama, tmp_path: Path) -> None:
    layers = ("model", MODEL), ("projector", PROJECTOR)
    plain = ollama.manifest("registry.ollama.ai/library/plain/latest", *layers)
    reference = {"mediaType": "x", "runner": "ollama", **ollama.blob(plain)}
    plain.unlink()
    mlx = {"runner": "mlx", "layers": [{"mediaType": "application/vnd.ollama.image.tensor"}]}
    listing = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.ollama.manifest.list.v2+json",
        "manifests": [mlx, reference],
    }
    written = ollama.put("registry.ollama.ai/library/x/y", listing)
    blob = ollama.root / "blobs" / str(ollama.blob(written)["digest"]).replace(":", "-")
    written.unlink()
    link = ollama.root / "manifests-v2/registry.ollama.ai/library/mini/4b"
    link.parent.mkdir(parents=True)
    link.symlink_to(os.path.relpath(blob, link.parent))
    (candidate,) = find_models(Places(ollama=(ollama.root,)))
    assert candidate.name == "mini:4b"
    usable(tmp_path, candidate)


def test_that_two_names_of_one_content_are_one_model(ollama: Ollama) -> None:
    for tag in ("latest", "4b", "4b-q8"):
        layers = ("model", MODEL), ("projector", PROJECTOR)
        ollama.manifest(f"registry.ollama.ai/library/mini/{tag}", *layers)
    (candidate,) = find_models(Places(ollama=(ollama.root,)))
    assert candidate.name == "mini:4b"


def test_that_a_model_that_only_ollama_runs_is_told_so_by_its_name(
    ollama: Ollama, tmp_path: Path
) -> None:
    own = write(tmp_path / "own.gguf", "gemma3", {"gemma3.vision.block_count": 27})
    ollama.manifest("registry.ollama.ai/library/gemma3/4b", ("model", own))
    llama = write(tmp_path / "llama.gguf", "mllama", {"mllama.embedding_length": 4096})
    eyes = write(tmp_path / "eyes.gguf", "mllama", {"mllama.vision.block_count": 32})
    name = "registry.ollama.ai/library/llama3.2-vision/11b"
    ollama.manifest(name, ("model", llama), ("projector", eyes))
    found = find_models(Places(ollama=(ollama.root,)))
    assert [one.name for one in found] == ["gemma3:4b", "llama3.2-vision:11b"]
    for candidate in found:
        assert candidate.problem is not None
        assert candidate.problem.code is ErrorCode.MODEL_OLLAMA_ONLY
        assert candidate.problem.details["name"] == candidate.name
        assert candidate.name in candidate.problem.message


def test_that_a_vision_model_without_an_encoder_is_told_so_by_its_name(
    ollama: Ollama, tmp_path: Path
) -> None:
    ollama.manifest("registry.ollama.ai/me/blind/x", ("model", write_model(tmp_path / "a.gguf")))
    (candidate,) = find_models(Places(ollama=(ollama.root,)))
    assert candidate.problem is not None
    assert candidate.problem.code is ErrorCode.MODEL_CANNOT_SEE
    assert candidate.problem.details["name"] == "me/blind:x"


def test_that_models_for_text_and_with_adapters_are_passed_over(
    ollama: Ollama, tmp_path: Path
) -> None:
    text = write_model(tmp_path / "text.gguf", architecture="llama", deepstack=0)
    ollama.manifest("registry.ollama.ai/library/llama3/8b", ("model", text))
    layers = ("model", MODEL), ("projector", PROJECTOR), ("adapter", text)
    ollama.manifest("registry.ollama.ai/library/tuned/8b", *layers)
    assert find_models(Places(ollama=(ollama.root,))) == ()


@pytest.mark.parametrize(
    "digest",
    [
        "sha256:../../../secret",
        "../../secret.gguf",
        "/etc/passwd",
        "sha256-" + "a" * 63,
        "sha256:" + "a" * 64,
        "",
    ],
)
def test_that_a_manifest_leads_to_blobs_only(ollama: Ollama, tmp_path: Path, digest: str) -> None:
    shutil.copyfile(MODEL, tmp_path / "secret.gguf")
    (ollama.root / "blobs").mkdir(parents=True)
    layers = [
        {"mediaType": "application/vnd.ollama.image.model", "digest": digest},
        {"mediaType": "application/vnd.ollama.image.projector", **ollama.blob(PROJECTOR)},
    ]
    ollama.put("registry.ollama.ai/library/bad/1", {"layers": layers})
    assert find_models(Places(ollama=(ollama.root,))) == ()


def test_that_damaged_manifests_are_passed_over(ollama: Ollama, tmp_path: Path) -> None:
    good = ("model", MODEL), ("projector", PROJECTOR)
    ollama.manifest("registry.ollama.ai/library/good/1", *good)
    base = "registry.ollama.ai/library/bad"
    for number, content in enumerate((b"", b"[]", b"\xff", b"[" * 100_000, b'{"layers": 3}')):
        ollama.put(f"{base}/{number}", {}).write_bytes(content)
    outside = tmp_path / "outside.json"
    outside.write_bytes((ollama.root / "manifests/registry.ollama.ai/library/good/1").read_bytes())
    (ollama.root / "manifests" / base / "link").symlink_to(outside)
    (ollama.root / "manifests" / base / "loop").symlink_to("loop")
    assert [one.name for one in find_models(Places(ollama=(ollama.root,)))] == ["good:1"]
