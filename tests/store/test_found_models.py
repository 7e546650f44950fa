from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from desktop.core.errors import ErrorCode
from desktop.core.types import EngineKind
from desktop.store import found_models
from desktop.store.found_models import find_models
from desktop.store.found_places import Places
from desktop.store.local_models import Origin
from desktop.store.stopping import StopFlag
from tests.store.ggufs import MLX, MODEL, PROJECTOR, write_model, write_projector
from tests.store.other_apps import COMMIT, EYES, NAME, OLDER, HubCache, Ollama, digest_of, usable

if TYPE_CHECKING:
    from tests.engines import Engines


@pytest.fixture
def hub(tmp_path: Path) -> HubCache:
    return HubCache(tmp_path / "缓存 hub")


@pytest.fixture
def ollama(tmp_path: Path) -> Ollama:
    return Ollama(tmp_path / "ollama models")


# --- Hugging Face


@pytest.mark.parametrize("links", [True, False])
def test_that_the_hugging_face_cache_is_read_with_and_without_links(
    hub: HubCache, tmp_path: Path, links: bool
) -> None:
    model = hub.put("someone/Mini-GGUF", NAME, MODEL, links=links)
    eyes = hub.put("someone/Mini-GGUF", EYES, PROJECTOR, links=links)
    hub.put("someone/Mini-GGUF", "README.md", MLX / "config.json", links=links)
    (candidate,) = find_models(Places(hugging_face=(hub.root,)))
    assert (candidate.name, candidate.origin) == ("Mini-F16", Origin.HUGGING_FACE)
    assert candidate.files == (model, eyes)
    assert candidate.size_bytes == MODEL.stat().st_size + PROJECTOR.stat().st_size
    usable(tmp_path, candidate)


def test_that_a_file_in_two_revisions_is_one_model_and_the_branch_goes_first(hub: HubCache) -> None:
    for commit in (COMMIT, OLDER):
        hub.put("someone/Mini-GGUF", NAME, MODEL, commit, branch=None)
    eyes = hub.put("someone/Mini-GGUF", EYES, PROJECTOR, OLDER)  # `main` is here
    os.utime(eyes.parent, (0, 0))
    (candidate,) = find_models(Places(hugging_face=(hub.root,)))
    assert candidate.model_path.parent.name == OLDER


def test_that_an_encoder_of_another_revision_is_found(hub: HubCache) -> None:
    hub.put("someone/Mini-GGUF", EYES, PROJECTOR, OLDER, branch=None)
    hub.put("someone/Mini-GGUF", f"Q8/{NAME}", MODEL)
    (candidate,) = find_models(Places(hugging_face=(hub.root,)))
    assert candidate.problem is None
    assert candidate.projector_path is not None
    assert candidate.projector_path.parent.name == OLDER


def test_that_links_out_of_a_repository_lead_nowhere(hub: HubCache, tmp_path: Path) -> None:
    secret = shutil.copyfile(MODEL, tmp_path / "secret.gguf")
    folder = hub.put("someone/Mini-GGUF", EYES, PROJECTOR).parent
    (folder / "secret.gguf").symlink_to(secret)
    mlx = hub.put("someone/Mini-MLX", "config.json", MLX / "config.json").parent
    for path in MLX.iterdir():
        if path.name != "config.json":
            (mlx / path.name).symlink_to(path)
    assert find_models(Places(hugging_face=(hub.root,))) == ()


def test_that_a_model_for_mlx_is_found_and_one_for_another_program_is_not(
    hub: HubCache, tmp_path: Path, engines: Engines
) -> None:
    for path in MLX.iterdir():
        hub.put("mlx-community/Mini-4bit", path.name, path)
        hub.put("mlx-community/Mini-4bit", path.name, path, OLDER, branch=None)
    weights = tmp_path / "model.safetensors"
    header = {"vision.weight": {"dtype": "F16", "shape": [1], "data_offsets": [0, 2]}}
    text = json.dumps({**header, "__metadata__": {"format": "pt"}}).encode()
    weights.write_bytes(len(text).to_bytes(8, "little") + text + b"\0\0")
    hub.put("Someone/Original", "model.safetensors", weights)
    hub.put("Someone/Original", "config.json", MLX / "config.json")
    (candidate,) = find_models(Places(hugging_face=(hub.root,)))
    assert (candidate.name, candidate.engine) == ("Mini-4bit", EngineKind.MLX)
    assert candidate.problem is None
    engines.are_here(EngineKind.LLAMA_CPP)
    (candidate,) = find_models(Places(hugging_face=(hub.root,)))
    assert candidate.problem is not None
    assert candidate.problem.code is ErrorCode.MODEL_NEEDS_MLX


def test_that_models_for_text_and_half_downloads_are_passed_over(
    hub: HubCache, tmp_path: Path
) -> None:
    text = write_model(tmp_path / "Llama-3-8B.gguf", architecture="llama", deepstack=0)
    hub.put("someone/Llama-GGUF", text.name, text)
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(MODEL.read_bytes()[:1000])
    hub.put("someone/Cut-GGUF", "cut.gguf", cut)
    (hub.root / "models--someone--Empty").mkdir()
    (hub.root / "datasets--someone--x").mkdir()
    (hub.root / "version.txt").write_text("1")
    assert find_models(Places(hugging_face=(hub.root, tmp_path / "none"))) == ()


def test_that_a_vision_model_without_its_encoder_is_listed_with_what_it_lacks(
    hub: HubCache, tmp_path: Path
) -> None:
    blind = write_model(tmp_path / "Qwen3-VL-2B-Q4_K_M.gguf")
    hub.put("Qwen/Qwen3-VL-2B-GGUF", blind.name, blind)
    (candidate,) = find_models(Places(hugging_face=(hub.root,)))
    assert candidate.problem is not None
    assert candidate.problem.code is ErrorCode.PROJECTOR_MISSING
    assert candidate.files == (candidate.model_path,)


# --- LM Studio


def test_that_lm_studios_folders_are_read(tmp_path: Path) -> None:
    root = tmp_path / "models"
    folder = root / "lmstudio-community" / "Mini-GGUF"
    folder.mkdir(parents=True)
    shutil.copyfile(MODEL, folder / NAME)
    shutil.copyfile(PROJECTOR, folder / EYES)
    shutil.copytree(MLX, root / "mlx-community" / "Mini-4bit")
    first, second = sorted(find_models(Places(lm_studio=(root,))), key=lambda c: c.engine)
    assert (first.name, first.origin) == ("Mini-F16", Origin.LM_STUDIO)
    assert first.files == (folder / NAME, folder / EYES)
    assert (second.name, second.engine) == ("Mini-4bit", EngineKind.MLX)
    usable(tmp_path, first)


def test_that_folders_linked_in_a_circle_end(tmp_path: Path) -> None:
    root = tmp_path / "models"
    folder = root / "a" / "b"
    folder.mkdir(parents=True)
    (folder / "up").symlink_to(root)
    real = tmp_path / "elsewhere"
    real.mkdir()
    shutil.copyfile(MODEL, real / NAME)
    shutil.copyfile(PROJECTOR, real / EYES)
    (folder / "linked").symlink_to(real)
    (candidate,) = find_models(Places(lm_studio=(root,)))
    assert candidate.model_path == folder / "linked" / NAME


# --- llama.cpp


def test_that_llama_cpps_flat_cache_is_read(tmp_path: Path) -> None:
    root = tmp_path / "llama.cpp"
    root.mkdir()
    model = Path(shutil.copyfile(MODEL, root / f"ggml-org_Mini-GGUF_{NAME}"))
    eyes = Path(shutil.copyfile(PROJECTOR, root / f"ggml-org_Mini-GGUF_{EYES}"))
    (root / "manifest=ggml-org=Mini-GGUF=latest.json").write_text("{}")
    for path in (model, eyes):
        (root / f"{path.name}.etag").write_text('"x"')
    (root / f"ggml-org_Other_{NAME}.downloadInProgress").write_bytes(b"half")
    other = write_projector(root / "mmproj-other.gguf")
    (candidate,) = find_models(Places(llama_cpp=(root,)))
    assert (candidate.name, candidate.origin) == ("Mini-F16", Origin.LLAMA_CPP)
    assert candidate.files == (model, eyes)
    usable(tmp_path, candidate)
    (root / "manifest=ggml-org=Mini-GGUF=latest.json").unlink()
    eyes.unlink()
    shutil.copyfile(PROJECTOR, other)
    (plain,) = find_models(Places(llama_cpp=(root,)))
    assert (plain.name, plain.projector_path) == ("ggml-org_Mini-GGUF_Mini-F16", other)


def test_that_llama_cpps_newer_cache_is_read(tmp_path: Path) -> None:
    hub = HubCache(tmp_path / "llama cache")
    hub.put("ggml-org/Mini-GGUF", NAME, MODEL)
    hub.put("ggml-org/Mini-GGUF", EYES, PROJECTOR)
    (candidate,) = find_models(Places(llama_cpp=(hub.root,)))
    assert (candidate.name, candidate.origin) == ("Mini-F16", Origin.LLAMA_CPP)


# --- all together


def test_that_no_model_is_listed_twice(hub: HubCache, ollama: Ollama, tmp_path: Path) -> None:
    hub.put("someone/Mini-GGUF", NAME, MODEL)
    hub.put("someone/Mini-GGUF", EYES, PROJECTOR)
    ollama.manifest("registry.ollama.ai/x/mini/1", ("model", MODEL), ("projector", PROJECTOR))
    studio = tmp_path / "studio" / "someone" / "Mini-GGUF"
    studio.mkdir(parents=True)
    os.link(hub.root / "models--someone--Mini-GGUF" / "blobs" / digest_of(MODEL), studio / "m.gguf")
    shutil.copyfile(PROJECTOR, studio / "mmproj.gguf")
    copied = tmp_path / "studio" / "someone" / "Copy"
    copied.mkdir()
    shutil.copyfile(MODEL, copied / NAME)
    shutil.copyfile(PROJECTOR, copied / EYES)
    places = Places((hub.root,), (studio.parent.parent,), (ollama.root,), (hub.root,))
    (candidate,) = find_models(places)
    assert candidate.origin is Origin.HUGGING_FACE


def test_that_a_place_where_it_can_be_used_goes_before_one_where_it_cannot(
    hub: HubCache, ollama: Ollama
) -> None:
    hub.put("someone/Mini-GGUF", NAME, MODEL)
    ollama.manifest("registry.ollama.ai/x/mini/1", ("model", MODEL), ("projector", PROJECTOR))
    (candidate,) = find_models(Places(hugging_face=(hub.root,), ollama=(ollama.root,)))
    assert (candidate.origin, candidate.problem) == (Origin.OLLAMA, None)


def test_that_a_raised_flag_ends_the_search(hub: HubCache) -> None:
    hub.put("someone/Mini-GGUF", NAME, MODEL)
    hub.put("someone/Mini-GGUF", EYES, PROJECTOR)
    stop = StopFlag()
    stop.stop()
    assert find_models(Places(hugging_face=(hub.root,), lm_studio=(hub.root,)), stop) == ()


def test_that_a_folder_that_may_not_be_read_is_passed_over(
    hub: HubCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.put("someone/Mini-GGUF", NAME, MODEL)
    hub.put("someone/Mini-GGUF", EYES, PROJECTOR)
    closed = tmp_path / "closed"
    iterdir = Path.iterdir

    def refuse(self: Path) -> Any:
        if self == closed:
            raise PermissionError(13, "Permission denied")
        return iterdir(self)

    monkeypatch.setattr(Path, "iterdir", refuse)
    places = Places((closed, hub.root), (closed,), (closed,), (closed,))
    assert len(find_models(places)) == 1


def test_that_the_usual_places_are_taken_when_none_are_given(
    monkeypatch: pytest.MonkeyPatch, hub: HubCache
) -> None:
    hub.put("someone/Mini-GGUF", NAME, MODEL)
    hub.put("someone/Mini-GGUF", EYES, PROJECTOR)
    monkeypatch.setattr(found_models, "default_places", lambda: Places(hugging_face=(hub.root,)))
    assert len(find_models()) == 1
