"""What the command line's exit codes mean."""

from __future__ import annotations

from desktop.core.errors import (
    CatalogError,
    DocumentError,
    DownloadError,
    EngineError,
    GroundglassError,
    ImageError,
    ModelError,
    SchemaError,
)

OK, UNEXPECTED, USAGE = 0, 1, 2
PICTURE_REFUSED, MODEL_REFUSED, ENGINE_FAILED, DOWNLOAD_FAILED, PAUSED = 4, 5, 6, 7, 8
INTERRUPTED = 130

TABLE = """exit codes:
  0  done                        5  the model cannot be used
  1  unexpected error            6  the engine failed
  2  wrong usage                 7  a download failed
  3  no window can be shown      8  a download was paused by another Groundglass
  4  a picture was refused     130  interrupted with Ctrl+C
"""


def exit_code(error: GroundglassError) -> int:
    """The code for an error."""
    match error:
        case ImageError() | DocumentError():
            return PICTURE_REFUSED
        case ModelError() | CatalogError():
            return MODEL_REFUSED
        case SchemaError():
            return USAGE
        case EngineError():
            return ENGINE_FAILED
        case DownloadError():
            return DOWNLOAD_FAILED
        case _:
            return UNEXPECTED
