"""The app's Info.plist for macOS, as a function that tests can call on any system."""

from __future__ import annotations

import tomllib
from typing import Any

import bundle

# MLX's own minimum, and the oldest system that the wheels are chosen for.
MINIMUM_MACOS = "14.0"

_PICTURE_TYPES = (
    "public.image",
    "public.jpeg",
    "public.png",
    "public.heic",
    "public.heif",
    "public.tiff",
    "public.avif",
    "com.compuserve.gif",
    "com.microsoft.bmp",
    "org.webmproject.webp",
)
_DOCUMENT_TYPES = ("com.adobe.pdf",)


def version() -> str:
    """The project's version, from pyproject.toml."""
    fields = tomllib.loads((bundle.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(fields["project"]["version"])


def info_plist() -> dict[str, Any]:
    """What Info.plist says, in the types that plistlib writes.

    PyInstaller adds CFBundleExecutable and CFBundleIconFile. There are no usage descriptions: the
    app asks for no camera, microphone, contacts or places. Screenshots are taken by the system's
    own tool, for which the system itself asks.
    """
    return {
        "CFBundleIdentifier": bundle.BUNDLE_ID,
        "CFBundleName": "Groundglass",
        "CFBundleDisplayName": "Groundglass",
        "CFBundleShortVersionString": version(),
        "CFBundleVersion": version(),
        "CFBundleDevelopmentRegion": "en",
        "CFBundleLocalizations": ["en", "zh_CN"],
        "CFBundleDocumentTypes": [
            _document_type("Picture", _PICTURE_TYPES),
            _document_type("PDF document", _DOCUMENT_TYPES),
        ],
        "LSApplicationCategoryType": "public.app-category.productivity",
        "LSMinimumSystemVersion": MINIMUM_MACOS,
        "LSArchitecturePriority": ["arm64"],
        "NSHighResolutionCapable": True,
        "NSSupportsAutomaticGraphicsSwitching": True,
        "NSHumanReadableCopyright": "Apache License 2.0",
    }


def _document_type(name: str, contents: tuple[str, ...]) -> dict[str, Any]:
    """The app shows such files and is never their owner: "Open With" and Dock drops."""
    return {
        "CFBundleTypeName": name,
        "CFBundleTypeRole": "Viewer",
        "LSHandlerRank": "Alternate",
        "LSItemContentTypes": list(contents),
    }


if __name__ == "__main__":
    print(version())  # noqa: T201
