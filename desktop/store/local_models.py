"""The models that a person added from the disk: copied, linked, or only known.

<models>/local/<slug>/<files>     copies and links; their paths are kept relative, so that the
                                  folder may move
"""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from desktop.core.errors import ModelError, StoreError
from desktop.core.safe_path import is_safe_path
from desktop.core.types import EngineKind
from desktop.store.local_files import Placing, place_files, remove_placed
from desktop.store.local_list import Entry, locked, read_entries, signature, write_entries
from desktop.store.mlx_folder import model_from_folder
from desktop.store.model_store import missing_file, model_from_files
from desktop.store.text import slug, storable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from desktop.core.types import InstalledModel
    from desktop.store.stopping import StopFlag

ID_PREFIX = "local:"
_ENGINES = {kind.value: kind for kind in (EngineKind.LLAMA_CPP, EngineKind.MLX)}
_FOLDER = "local"


class Origin(StrEnum):
    """Where a model on this disk was found."""

    FILE = "file"  # a person pointed at it
    HUGGING_FACE = "hugging_face"
    LM_STUDIO = "lm_studio"
    OLLAMA = "ollama"
    LLAMA_CPP = "llama_cpp"


class Keep(StrEnum):
    """How a model is kept that is on the disk already."""

    COPY = "copy"
    LINK = "link"  # a hard link on the same disk, else a symbolic one: takes no room
    REFERENCE = "reference"  # stays where it is, and is lost when it is moved


class Candidate(Struct, frozen=True):
    """A model on this disk that Groundglass does not manage (yet).

    Attributes:
        name: As shown to people.
        engine: What its files are made for.
        model_path: The GGUF file (of a split model its first part), or the MLX folder.
        projector_path: The vision encoder; None where it is missing or inside the folder.
        origin: Who put it there.
        size_bytes: All files together.
        problem: Why it cannot be used as it is; None: it can.
        files: All of them, for copying.
    """

    name: str
    engine: EngineKind
    model_path: Path
    projector_path: Path | None
    origin: Origin
    size_bytes: int
    problem: ModelError | None
    files: tuple[Path, ...]


class LocalModel(Struct, frozen=True):
    """A model that a person added.

    Attributes:
        id: `local:` and a slug; unique and stable.
        name: As shown to people.
        engine: What its files are made for.
        model_path: The GGUF file (of a split model its first part), or the MLX folder.
        projector_path: The vision encoder; None where it is inside the folder.
        origin: Where it came from.
        keep: Whether its files are ours.
        size_bytes: All files together, when it was added.
        files: All of them.
        sources: Where they were when it was added.
    """

    id: str
    name: str
    engine: EngineKind
    model_path: Path
    projector_path: Path | None
    origin: Origin
    keep: Keep
    size_bytes: int
    files: tuple[Path, ...] = ()
    sources: tuple[Path, ...] = ()

    def missing(self) -> tuple[Path, ...]:
        """Its files that are gone (or folders in their place); looks at names only."""
        own = (self.model_path, *([self.projector_path] if self.projector_path else []))
        wanted = self.files or own
        return tuple(path for path in dict.fromkeys(wanted) if not _is_there(path))


class LocalModels:
    """The list of them. Any thread may use it, and several processes at once.

    Args:
        list_file: Where the list is kept. A damaged one is moved aside as `*.damaged`.
        models_dir: Copies and links go into a folder inside it.
    """

    def __init__(self, list_file: Path, models_dir: Path) -> None:
        self._list_file = list_file
        self._folder = models_dir / _FOLDER
        self._lock = threading.Lock()  # of what is remembered of the list; held for a moment
        self._change_lock = threading.Lock()  # of the list itself; held while files are deleted
        self._signature: object = None
        self._models: tuple[LocalModel, ...] = ()

    def models(self) -> tuple[LocalModel, ...]:
        """All, in the order in which they were added; never raises."""
        with self._lock:
            current = signature(self._list_file)
            if current is None or current != self._signature:
                entries = read_entries(self._list_file)
                self._models = tuple(
                    model for entry in entries if (model := self._model(entry)) is not None
                )
                self._signature = current  # from before reading: what is newer is read again
            return self._models

    def find(self, model_id: str) -> LocalModel | None:
        """The model with this id."""
        return next((model for model in self.models() if model.id == model_id), None)

    def find_same(self, candidate: Candidate) -> LocalModel | None:
        """The model that was added from the same files, or is these files."""
        wanted = _real(candidate.files)
        for model in self.models():
            if model.size_bytes == candidate.size_bytes and wanted in {
                _real(model.files),
                _real(model.sources),
            }:
                return model
        return None

    def add(
        self,
        candidate: Candidate,
        keep: Keep,
        stop: StopFlag,
        on_progress: Callable[[int, int], None],
    ) -> LocalModel:
        """Keep a model; blocks while it copies. The same files again give the model that is there.

        One that was added before and has lost files is put in order, under the same id.

        Args:
            candidate: What to keep.
            keep: How.
            stop: Ends a copy; nothing is left behind.
            on_progress: Gets bytes done and in all, at most ten times a second.

        Raises:
            ModelError: The candidate's problem, or a file of it that is gone or changed meanwhile.
            StoreError: No room, or the disk refuses; LINK_REFUSED where no link can be made.
            StoppedError: `stop` was raised.
        """
        if candidate.problem is not None:
            raise candidate.problem
        stop.check()
        known = self.find_same(candidate)
        if known is not None and not known.missing():
            return known
        for path in candidate.files:
            if not _is_there(path):
                raise missing_file(path)
        if keep is Keep.REFERENCE:
            return self._remember(candidate, keep, None)
        placing = place_files(
            self._folder,
            _targets(candidate),
            is_link=keep is Keep.LINK,
            size_bytes=candidate.size_bytes,
            stop=stop,
            on_progress=on_progress,
        )
        with placing:
            return self._remember(candidate, keep, placing)

    def remove(self, model_id: str) -> None:
        """Forget a model and delete its copies and links; a referenced file stays untouched.

        An id that is not there is no error.

        Raises:
            StoreError: The disk refuses; the model stays in the list.
        """
        with self._changing() as models:
            found = next((model for model in models if model.id == model_id), None)
            if found is None:
                return
            if found.keep is not Keep.REFERENCE:
                remove_placed(self._own_folder(model_id), found.files)
            self._save([model for model in models if model.id != model_id])

    def _remember(self, candidate: Candidate, keep: Keep, placing: Placing | None) -> LocalModel:
        with self._changing() as models:
            known = self.find_same(candidate)
            if known is not None and not known.missing():
                return known
            if known is not None and known.keep is not Keep.REFERENCE:
                remove_placed(self._own_folder(known.id), known.files)
            others = [model for model in models if known is None or model.id != known.id]
            model_id = known.id if known is not None else self._free_id(candidate.name, others)
            model = LocalModel(
                id=model_id,
                name=candidate.name,
                engine=candidate.engine,
                model_path=candidate.model_path,
                projector_path=candidate.projector_path,
                origin=candidate.origin,
                keep=keep,
                size_bytes=candidate.size_bytes,
                files=candidate.files,
                sources=candidate.files,
            )
            if placing is not None:
                model = _placed(model, self._own_folder(model_id), dict(_targets(candidate)))
            # Listed before it is there: after a crash in between it is missing, not lost.
            self._save([*others, model])
            if placing is not None:
                try:
                    placing.settle(self._own_folder(model_id))
                except StoreError:
                    self._save(models)
                    raise
            return model

    @contextlib.contextmanager
    def _changing(self) -> Iterator[list[LocalModel]]:
        """The list as it is, while no other thread or process changes it."""
        with self._change_lock, locked(self._list_file):
            yield list(self.models())

    def _save(self, models: list[LocalModel]) -> None:
        write_entries(self._list_file, [self._entry(model) for model in models])

    def _own_folder(self, model_id: str) -> Path:
        return self._folder / model_id.removeprefix(ID_PREFIX)

    def _free_id(self, name: str, models: list[LocalModel]) -> str:
        taken = {model.id for model in models}
        wanted = slug(name)
        for number in itertools.count(1):
            found = wanted if number == 1 else f"{wanted}-{number}"
            if f"{ID_PREFIX}{found}" not in taken and not (self._folder / found).exists():
                return f"{ID_PREFIX}{found}"
        raise AssertionError("numbers do not end")

    def _entry(self, model: LocalModel) -> Entry:
        base = None if model.keep is Keep.REFERENCE else self._own_folder(model.id)
        projector = model.projector_path
        return Entry(
            id=model.id,
            name=storable(model.name),
            engine=model.engine,
            model=_written(model.model_path, base),
            projector=None if projector is None else _written(projector, base),
            origin=model.origin,
            keep=model.keep,
            size_bytes=model.size_bytes,
            files=[_written(path, base) for path in model.files],
            sources=[str(path) for path in model.sources],
        )

    def _model(self, entry: Entry) -> LocalModel | None:
        """What an entry says; None for one that no version of ours wrote."""
        name = entry.id.removeprefix(ID_PREFIX)
        if name == entry.id or "/" in name or not is_safe_path(name):
            return None
        try:
            keep = Keep(entry.keep)
            base = None if keep is Keep.REFERENCE else self._own_folder(entry.id)
            return LocalModel(
                id=entry.id,
                name=entry.name,
                engine=_ENGINES[entry.engine],
                model_path=_read(entry.model, base),
                projector_path=None if entry.projector is None else _read(entry.projector, base),
                origin=Origin(entry.origin),
                keep=keep,
                size_bytes=entry.size_bytes,
                files=tuple(_read(path, base) for path in entry.files),
                sources=tuple(_read(path, None) for path in entry.sources),
            )
        except (ValueError, KeyError):
            return None


def as_local_model(local: LocalModel) -> InstalledModel:
    """The model as an engine loads it; reads the headers, so not for the main thread.

    Raises:
        ModelError: MODEL_FILE_MISSING and whatever else keeps it from being loaded.
    """
    for path in local.missing():
        raise missing_file(path)
    if local.engine is EngineKind.MLX:
        model = model_from_folder(local.model_path, local.name)
    else:
        model = model_from_files(local.model_path, local.projector_path)
    return replace(model, id=local.id, name=local.name)


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _real(files: tuple[Path, ...]) -> frozenset[str]:
    return frozenset(os.path.realpath(path) for path in files)


def _targets(candidate: Candidate) -> tuple[tuple[Path, str], ...]:
    """Each file and its name, with `/`, in a folder of ours."""
    if candidate.engine is EngineKind.MLX:
        folder = candidate.model_path
        return tuple((path, path.relative_to(folder).as_posix()) for path in candidate.files)
    taken: set[str] = set()
    targets = []
    for path in candidate.files:
        is_projector = path == candidate.projector_path
        name = path.name
        if path.suffix.lower() != ".gguf":  # of Ollama, which names files by their checksum
            name = f"{slug(candidate.name)}.gguf"
        if is_projector and name.casefold() in taken:
            name = f"mmproj-{name}"
        taken.add(name.casefold())
        targets.append((path, name))
    return tuple(targets)


def _placed(model: LocalModel, folder: Path, names: dict[Path, str]) -> LocalModel:
    """The same model with its paths in a folder of ours."""

    def moved(path: Path) -> Path:
        return folder / names[path] if path in names else folder

    return replace(
        model,
        model_path=moved(model.model_path),
        projector_path=None if model.projector_path is None else moved(model.projector_path),
        files=tuple(moved(path) for path in model.files),
    )


def _written(path: Path, base: Path | None) -> str:
    return str(path) if base is None else path.relative_to(base).as_posix()


def _read(text: str, base: Path | None) -> Path:
    """The path of a list; raises `ValueError` for one that is none, or leaves `base`."""
    if base is None:
        path = Path(text)
        if "\0" in text or not path.is_absolute():
            raise ValueError("not a path")
        return path
    if text != "." and not is_safe_path(text):
        raise ValueError("not in our folder")
    return base / text
