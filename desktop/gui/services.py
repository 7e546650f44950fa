"""What the window works with, made once by `desktop.gui.app` and handed around."""

from __future__ import annotations

from msgspec import Struct

from desktop.gui.engine_bridge import EngineBridge
from desktop.gui.model_library import ModelLibrary
from desktop.gui.model_state import ModelState
from desktop.gui.settings_holder import SettingsHolder
from desktop.gui.thumbnails import ThumbnailCache
from desktop.store.attachments import AttachmentStore
from desktop.store.history import History
from desktop.store.network import Network


class Services(Struct, frozen=True):
    """The parts behind the window. The window owns none of them; `app` closes them after it."""

    bridge: EngineBridge
    model_state: ModelState
    history: History
    attachments: AttachmentStore
    settings: SettingsHolder
    thumbnails: ThumbnailCache
    library: ModelLibrary
    network: Network
