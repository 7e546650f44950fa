"""Other apps' folders as they lay them out, with the built-in model's files in them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop.store.local_models import Keep, LocalModels, as_local_model
from desktop.store.stopping import StopFlag
from tests.store.ggufs import MODEL

COMMIT, OLDER = "a" * 40, "b" * 40
NAME, EYES = "Mini-F16.gguf", "mmproj-Mini-F16.gguf"


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@dataclass
class HubCache:
    """Hugging Face's cache: content in `blobs`, names in `snapshots`, branches in `refs`."""

    root: Path

    def put(
        self,
        repo: str,
        name: str,
        source: Path,
        commit: str = COMMIT,
        *,
        links: bool = True,
        branch: str | None = "main",
    ) -> Path:
        folder = self.root / f"models--{repo.replace('/', '--')}"
        path = folder / "snapshots" / commit / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if links:
            blob = folder / "blobs" / digest_of(source)
            blob.parent.mkdir(exist_ok=True)
            shutil.copyfile(source, blob)
            path.symlink_to(os.path.relpath(blob, path.parent))
        else:
            shutil.copyfile(source, path)
        if branch is not None:
            ref = folder / "refs" / branch
            ref.parent.mkdir(parents=True, exist_ok=True)
            ref.write_text(commit)
        return path


@dataclass
class Ollama:
    """Ollama's folder: manifests by name, content by checksum."""

    root: Path

    def blob(self, source: Path, separator: str = "-") -> dict[str, Any]:
        digest = digest_of(source)
        target = self.root / "blobs" / f"sha256{separator}{digest}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        return {"digest": f"sha256:{digest}", "size": source.stat().st_size}

    def manifest(
        self, name: str, *layers: tuple[str, Path], tree: str = "manifests", separator: str = "-"
    ) -> Path:
        fields = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "digest": ""},
            "layers": [
                {
                    "mediaType": f"application/vnd.ollama.image.{kind}",
                    **self.blob(source, separator),
                }
                for kind, source in layers
            ],
        }
        return self.put(name, fields, tree)

    def put(self, name: str, fields: object, tree: str = "manifests") -> Path:
        path = self.root / tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(fields))
        return path


def usable(tmp_path: Path, *found: Any) -> None:
    """Each is without a problem, and is a model once it is kept."""
    models = LocalModels(tmp_path / "list.json", tmp_path / "kept")
    for number, candidate in enumerate(found):
        assert candidate.problem is None
        keep = list(Keep)[number % 3]
        added = models.add(candidate, keep, StopFlag(), lambda _done, _total: None)
        assert as_local_model(added).model_path.read_bytes() == MODEL.read_bytes()
