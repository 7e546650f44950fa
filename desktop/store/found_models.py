"""Models that other apps keep on this disk."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from desktop.core.errors import ErrorCode, ModelError
from desktop.core.gguf import read_gguf_metadata, split_parts
from desktop.core.types import EngineKind
from desktop.store.found_places import Places, default_places
from desktop.store.import_model import gguf_candidate, mlx_candidate
from desktop.store.local_models import Candidate, Origin
from desktop.store.mlx_folder import CONFIG, looks_like_mlx, read_mlx_folder
from desktop.store.model_store import cannot_see, ollama_only
from desktop.store.ollama import OllamaModel, ollama_models
from desktop.store.projector import is_projector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.core.gguf import GgufMetadata
    from desktop.store.stopping import StopFlag

__all__ = ["Places", "find_models"]

_DEPTH = 5  # folders below a place; LM Studio's models are two below, some with folders inside
_MOST_FILES = 20_000  # of one place
_REPO = re.compile(r"models--(?P<name>.+)\Z")
_PART = re.compile(r"-\d{5}-of-\d{5}\Z")
_BLOB = re.compile(r"(?:sha256-)?([0-9a-f]{64})\Z")
# Architectures of which every language model has a vision encoder. Without one beside them the
# others are taken for what they mostly are, models for text.
_ALWAYS_SEE = frozenset({
    "qwen2vl", "qwen3vl", "qwen3vlmoe", "gemma4", "cogvlm", "hunyuan_vl", "paddleocr",
    "deepseek2-ocr",
})  # fmt: skip


def find_models(
    places: Places | None = None, stop: StopFlag | None = None
) -> tuple[Candidate, ...]:
    """What is in these places (default: where the apps keep their models). Never raises.

    Listed are models that can see, each once; what else the apps keep is passed over. Reads the
    headers of all of them: not for the main thread. A raised `stop` gives what was found until
    then.
    """
    places = default_places() if places is None else places
    look = _Look(stop)
    visits = [
        *((look.into_hub_cache, place) for place in places.hugging_face),
        *((look.into_folders, place) for place in places.lm_studio),
        *((look.into_ollama, place) for place in places.ollama),
        *((look.into_llama_cpp, place) for place in places.llama_cpp),
    ]
    for visit, place in visits:
        with suppress(OSError):  # what is there may go away while it is looked at
            visit(place)
    return look.found()


class _Group(Struct, frozen=True):
    """GGUF files among which pairs are looked for; `prefix` is no part of a model's name."""

    files: tuple[Path, ...]
    origin: Origin
    prefix: str = ""

    def name(self, path: Path) -> str | None:
        """None: the file's."""
        stem = _PART.sub("", path.stem)
        return stem.removeprefix(self.prefix) if self.prefix else None


class _Look:
    """One pass over all places."""

    def __init__(self, stop: StopFlag | None) -> None:
        self._stop = stop
        self._found: list[Candidate] = []
        self._seen: dict[object, int] = {}  # what tells a model apart -> where it is in the list

    def found(self) -> tuple[Candidate, ...]:
        return tuple(self._found)

    def into_hub_cache(self, root: Path, origin: Origin = Origin.HUGGING_FACE) -> None:
        """`models--<owner>--<name>/snapshots/<commit>/<files>`, links into `blobs` beside.

        Systems without symbolic links have the files themselves there.
        """
        for repo in _folders(root):
            name = _REPO.match(repo.name)
            if name is None or self._is_stopped():
                continue
            inside = Path(os.path.realpath(repo))
            by_name: dict[str, Path] = {}
            is_mlx = False
            for snapshot in _snapshots(repo):
                for path in _walk(snapshot, follows=False):
                    # A link that leads out of the repository is none of the hub's.
                    if Path(os.path.realpath(path)).is_relative_to(inside):
                        by_name.setdefault(path.relative_to(snapshot).as_posix(), path)
                is_mlx = is_mlx or self._add_mlx(
                    snapshot, origin, name["name"].rpartition("--")[2], inside
                )
            ggufs = tuple(path for path in by_name.values() if _is_gguf(path))
            self._add_group(_Group(ggufs, origin))

    def into_folders(self, root: Path) -> None:
        """LM Studio: `<publisher>/<model>/<files>`; people link files and folders into it."""
        by_folder: dict[Path, list[Path]] = {}
        for path in _walk(root, follows=True):
            if _is_gguf(path):
                by_folder.setdefault(path.parent, []).append(path)
            elif path.name == CONFIG and path.parent != root:
                self._add_mlx(path.parent, Origin.LM_STUDIO, None, None)
        for files in by_folder.values():
            self._add_group(_Group(tuple(files), Origin.LM_STUDIO))

    def into_ollama(self, root: Path) -> None:
        for model in ollama_models(root):
            if self._is_stopped():
                return
            self._add_ollama(model)

    def into_llama_cpp(self, root: Path) -> None:
        """Since the spring of 2026 as Hugging Face's cache, before that all in one folder.

        The files are `<owner>_<repository>_<file>` there; what of the name is the repository's
        stands in `manifest=<owner>=<repository>=<tag>.json`.
        """
        self.into_hub_cache(root, Origin.LLAMA_CPP)
        paths = sorted(path for path in root.iterdir() if path.is_file())
        prefixes = {
            f"{parts[1]}_{parts[2]}_"
            for path in paths
            if path.name.startswith("manifest=") and len(parts := path.name.split("=")) >= 4
        }
        groups: dict[str, list[Path]] = {}
        for path in filter(_is_gguf, paths):
            matching = [prefix for prefix in prefixes if path.name.startswith(prefix)]
            groups.setdefault(max(matching, key=len, default=""), []).append(path)
        for prefix, members in groups.items():
            self._add_group(_Group(tuple(members), Origin.LLAMA_CPP, prefix))

    def _add_group(self, group: _Group) -> None:
        encoders = tuple(path for path in group.files if "mmproj" in path.name.lower())
        for path in group.files:
            if self._is_stopped():
                return
            if path in encoders or split_parts(path)[0] != path:
                continue
            header = _header(path)
            if header is None or is_projector(header) or header.is_adapter:
                continue
            candidate = gguf_candidate(
                path, group.origin, name=group.name(path), among=encoders, model=header
            )
            if _is_worth_listing(candidate, header):
                self._add(candidate)

    def _add_ollama(self, model: OllamaModel) -> None:
        header = _header(model.model_path)
        if header is None:
            return
        candidate = gguf_candidate(
            model.model_path,
            Origin.OLLAMA,
            name=model.name,
            projector_path=model.projector_path,
            among=(),
            model=header,
        )
        if candidate.problem is None:
            self._add(candidate)
        elif model.projector_path is not None or _is_worth_listing(candidate, header):
            # In words for the name that a person knows, not for the checksum that the file has.
            is_blind = candidate.problem.code is ErrorCode.PROJECTOR_MISSING
            problem = cannot_see(model.name) if is_blind else ollama_only(model.name)
            self._add(replace(candidate, problem=problem))

    def _add_mlx(self, folder: Path, origin: Origin, name: str | None, inside: Path | None) -> bool:
        """List the folder if it holds a model for MLX; whether it does."""
        if not looks_like_mlx(folder):
            return False
        try:
            if not read_mlx_folder(folder).is_for_mlx:
                return False
            candidate = mlx_candidate(folder, origin, name)
        except ModelError:
            return False  # incomplete, blind, or another program's
        is_inside = inside is None or all(
            Path(os.path.realpath(path)).is_relative_to(inside) for path in candidate.files
        )
        if is_inside:
            self._add(candidate)
        return is_inside

    def _add(self, candidate: Candidate) -> None:
        """List it unless it is there: the same file, or a file of the same name and size."""
        marks = _marks(candidate)
        known = next((self._seen[mark] for mark in marks if mark in self._seen), None)
        if known is None:
            known = len(self._found)
            self._found.append(candidate)
        elif self._found[known].problem is not None and candidate.problem is None:
            self._found[known] = candidate
        for mark in marks:
            self._seen.setdefault(mark, known)

    def _is_stopped(self) -> bool:
        return self._stop is not None and self._stop.is_raised


def _is_worth_listing(candidate: Candidate, header: GgufMetadata) -> bool:
    """Whether a person may want to see it here, with what it lacks."""
    problem = candidate.problem
    if problem is None or problem.code is ErrorCode.MODEL_OLLAMA_ONLY:
        return True
    return header.architecture in _ALWAYS_SEE and problem.code in {
        ErrorCode.PROJECTOR_MISSING,
        ErrorCode.MODEL_FILE_MISSING,
    }


def _marks(candidate: Candidate) -> list[object]:
    """What tells a model apart wherever it is: its file, its content's checksum, its name and size.

    Of the last two only what is known without reading the whole file: caches name their files by
    the checksum.
    """
    is_mlx = candidate.engine is EngineKind.MLX
    path = _largest(candidate.files) if is_mlx else candidate.model_path
    real = Path(os.path.realpath(path))
    marks: list[object] = [real]
    try:
        status = real.stat()
    except OSError:
        return marks
    if status.st_ino:
        marks.append((status.st_dev, status.st_ino))
    blob = _BLOB.match(real.name)
    if blob is not None:
        marks.append(blob[1])
    if is_mlx or path.suffix:  # Ollama's files have no name of their own
        name = candidate.name if is_mlx else path.name
        marks.append((name.casefold(), candidate.size_bytes))
    return marks


def _largest(files: tuple[Path, ...]) -> Path:
    return max(files, key=lambda path: path.stat().st_size)


def _header(path: Path) -> GgufMetadata | None:
    try:
        return read_gguf_metadata(path)
    except ModelError:
        return None


def _snapshots(repo: Path) -> list[Path]:
    """The revisions of a repository that are here: the branch `main` first, then the newest."""
    try:
        main = (repo / "refs" / "main").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        main = ""

    def rank(folder: Path) -> tuple[bool, float]:
        try:
            return folder.name == main, folder.stat().st_mtime
        except OSError:
            return False, 0.0

    return sorted(_folders(repo / "snapshots"), key=rank, reverse=True)


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError:
        return []


def _walk(root: Path, *, follows: bool) -> Iterator[Path]:
    """Files below a folder, some levels deep and each folder once, in the order of their names."""
    left = _MOST_FILES
    visited = set()
    for here, folders, files in os.walk(root, followlinks=follows):
        folder = Path(here)
        real = os.path.realpath(here)
        is_deep = len(folder.relative_to(root).parts) >= _DEPTH
        if real in visited or is_deep:
            folders.clear()
        if real in visited:
            continue
        visited.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            left -= 1
            if left < 0:
                return
            yield folder / name


def _is_gguf(path: Path) -> bool:
    return path.suffix.lower() == ".gguf" and not path.name.startswith(".")
