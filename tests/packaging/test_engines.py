"""What of the engines goes into the bundle: MLX with its diet, llama.cpp for every processor."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import bundle
import llama
import mlx_parts
import pytest

from desktop.core.mlx_config import KNOWN_TYPES

HAS_MLX = find_spec("mlx_vlm") is not None


def test_that_mlx_goes_into_the_macos_bundle_and_elsewhere_only_when_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("GROUNDGLASS_BUNDLE_MLX", raising=False)
    for platform, includes in (("darwin", True), ("linux", False), ("win32", False)):
        monkeypatch.setattr(sys, "platform", platform)
        assert bundle.includes_mlx() is includes
        targets = {target for _source, target in bundle.data_files()}
        assert ("models/builtin/mlx" in targets) is includes
        assert ("desktop.engine.mlx.engine" in bundle.hidden_imports()) is includes
        assert ("mlx" in bundle.excluded_modules()) is not includes
        assert ("torch" in bundle.excluded_modules()) is includes
    monkeypatch.setenv("GROUNDGLASS_BUNDLE_MLX", "1")
    assert bundle.includes_mlx()


def test_that_nothing_is_both_named_and_excluded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    tops = {name.partition(".")[0] for name in bundle.hidden_imports()}
    assert not tops & set(bundle.excluded_modules())
    assert {f"mlx_vlm.models.{kind}" for kind in KNOWN_TYPES} <= set(bundle.hidden_imports())


@pytest.mark.parametrize("name", bundle.HIDDEN_IMPORTS)
def test_that_what_is_imported_by_name_exists(name: str) -> None:
    assert find_spec(name) is not None


@pytest.mark.skipif(not HAS_MLX, reason="MLX is not installed here")
def test_that_what_mlx_imports_by_name_exists_and_its_metadata_is_found() -> None:
    for name in mlx_parts.hidden_imports():
        # By the file: a spec inside a package would import that, and with it all of MLX.
        top, _, inside = name.partition(".")
        spec = find_spec(top)
        assert spec is not None
        places = [
            Path(place, *inside.split(".")) for place in spec.submodule_search_locations or ()
        ]
        assert any(place.is_dir() or place.with_suffix(".py").is_file() for place in places), name
    names = {target.partition("-")[0] for _folder, target in mlx_parts.metadata_folders()}
    assert {"mlx", "mlx_vlm", "transformers", "tokenizers"} <= names
    assert all((folder / "METADATA").is_file() for folder, _name in mlx_parts.metadata_folders())


@pytest.mark.parametrize(
    ("path", "is_wanted"),
    [
        ("mlx_vlm/models/qwen3_vl/vision.py", True),
        ("mlx_vlm/models/base.py", True),
        ("mlx_vlm/models/__init__.py", True),
        ("mlx_vlm/models/llava/llava.py", False),
        ("mlx_vlm/utils.py", True),
        ("transformers/models/auto/processing_auto.py", True),
        ("transformers/models/bert/modeling_bert.py", False),
        ("transformers/utils/hub.py", True),
    ],
)
def test_that_only_families_of_models_that_the_engine_knows_are_kept(
    path: str, is_wanted: bool
) -> None:
    assert mlx_parts.is_wanted(path) is is_wanted
    assert bundle.is_wanted(path) is is_wanted
    name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    modules = [(name, f"/site-packages/{path}", "PYMODULE")]
    assert bool(mlx_parts.without_other_families(modules)) is is_wanted


def test_that_a_family_is_left_out_with_its_package() -> None:
    source = "/site-packages/mlx_vlm/models/llava/__init__.py"
    assert mlx_parts.without_other_families([("mlx_vlm.models.llava", source, "PYMODULE")]) == []


def test_that_metals_shaders_go_beside_the_library_wherever_that_is(tmp_path: Path) -> None:
    library, shaders = tmp_path / "libmlx.dylib", tmp_path / "mlx.metallib"
    library.touch()
    shaders.touch()
    for name, beside in (("libmlx.dylib", "mlx.metallib"), ("mlx/lib/libmlx.dylib", None)):
        ((target, source, kind),) = mlx_parts.with_shaders([(name, str(library), "BINARY")])
        assert (target, source, kind) == (beside or "mlx/lib/mlx.metallib", str(shaders), "DATA")
    assert mlx_parts.with_shaders([("libother.dylib", str(library), "BINARY")]) == []


def test_that_a_bundle_that_mlx_cannot_start_in_is_told(tmp_path: Path) -> None:
    assert mlx_parts.problems(tmp_path) == ["libmlx.dylib is missing"]
    (tmp_path / "libmlx.dylib").touch()
    assert "no mlx.metallib beside" in mlx_parts.problems(tmp_path)[0]
    (tmp_path / "mlx.metallib").touch()
    assert mlx_parts.problems(tmp_path) == []
    wheel = tmp_path / "mlx_metal-0.32.4.dist-info" / "WHEEL"
    wheel.parent.mkdir()
    wheel.write_text("Tag: py3-none-macosx_14_0_arm64\n")
    assert mlx_parts.problems(tmp_path) == []
    wheel.write_text("Tag: py3-none-macosx_26_0_arm64\n")
    assert "macOS 26" in mlx_parts.problems(tmp_path)[0]


@pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
def test_that_no_release_is_compiled_for_its_makers_processor(platform: str) -> None:
    flags = llama.cmake_args(platform).split()
    assert "-DGGML_NATIVE=OFF" in flags
    assert ("-DGGML_CPU_ALL_VARIANTS=ON" in flags) is (platform != "darwin")


def test_that_a_portable_bundle_is_told_from_one_that_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "llama_cpp" / "lib"
    folder.mkdir(parents=True)
    (folder / "libggml-cpu.so").touch()
    assert not llama.is_portable(tmp_path, "linux")
    for name in ("x64", "sse42", "haswell", "skylakex", "zen4"):
        (folder / f"libggml-cpu-{name}.so").touch()
    assert llama.is_portable(tmp_path, "linux")


def test_that_the_release_is_built_with_these_flags_and_checked() -> None:
    workflow = (bundle.ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    assert "python packaging/llama.py" in workflow
    assert "packaging/build.py --release" in workflow
    assert "GGML_NATIVE" not in workflow


def test_that_the_scripts_can_be_imported() -> None:
    for script in (bundle.ROOT / "packaging").glob("*.py"):
        if script.stem != "start":  # which is the program itself
            import_module(script.stem)
