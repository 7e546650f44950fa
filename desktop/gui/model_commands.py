"""What can be done with a model in each state, and the words on the button."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from desktop.core.errors import ErrorCode
from desktop.gui.model_entries import EntryState
from desktop.store.settings import BUILTIN_MODEL

if TYPE_CHECKING:
    from desktop.gui.model_entries import ModelEntry

translate = QCoreApplication.translate


class Command(StrEnum):
    """What a person can ask of a model."""

    GET = "get"
    PAUSE = "pause"
    RESUME = "resume"
    USE = "use"
    CANCEL = "cancel"  # give up what came, or a copy
    REMOVE = "remove"
    VERIFY = "verify"
    REVEAL = "reveal"


def main_command(entry: ModelEntry) -> Command | None:
    """The one for its state; None when it is in use."""
    match entry.state:
        case EntryState.AVAILABLE:
            return Command.GET
        case EntryState.QUEUED | EntryState.RUNNING:
            return Command.CANCEL if entry.spec is None else Command.PAUSE
        case EntryState.PAUSED | EntryState.FAILED:
            return Command.RESUME
        case EntryState.READY:
            return None if entry.is_in_use else Command.USE
        case EntryState.MISSING:
            return Command.REMOVE if entry.spec is None else Command.GET
        case EntryState.UNUSABLE:
            return Command.REMOVE


def more_commands(entry: ModelEntry) -> tuple[Command, ...]:
    """What else there is, for the menu and the details."""
    if entry.spec is not None and entry.is_coming:
        return (Command.CANCEL,)
    if entry.state is EntryState.READY:
        others = (Command.VERIFY, Command.REVEAL)
        return others if entry.key == BUILTIN_MODEL else (*others, Command.REMOVE)
    if entry.state is EntryState.MISSING and entry.spec is not None:
        return (Command.REMOVE,)
    return ()


def command_text(command: Command, entry: ModelEntry) -> str:
    """The words on its button."""
    if command is Command.GET and entry.state is EntryState.MISSING:
        return translate("ModelCommands", "Get again")
    if command is Command.RESUME and entry.state is EntryState.FAILED:
        if entry.problem is not None and entry.problem.code is ErrorCode.DOWNLOAD_BUSY:
            return translate("ModelCommands", "Continue here")
        return translate("ModelCommands", "Try again")
    return {
        Command.GET: translate("ModelCommands", "Get"),
        Command.PAUSE: translate("ModelCommands", "Pause"),
        Command.RESUME: translate("ModelCommands", "Resume"),
        Command.USE: translate("ModelCommands", "Use"),
        Command.CANCEL: translate("ModelCommands", "Cancel"),
        Command.REMOVE: translate("ModelCommands", "Remove"),
        Command.VERIFY: translate("ModelCommands", "Verify"),
        Command.REVEAL: translate("ModelCommands", "Show in folder"),
    }[command]


def command_name(command: Command, entry: ModelEntry) -> str:
    """The same for a screen reader: which model it is about."""
    return translate("ModelCommands", "{command}: {name}").format(
        command=command_text(command, entry), name=entry.name
    )


def command_icon(command: Command) -> str:
    """The name of its icon in a menu; empty for none."""
    match command:
        case Command.GET | Command.PAUSE | Command.RESUME | Command.USE:
            return ""
        case Command.CANCEL:
            return "x"
        case Command.REMOVE:
            return "trash-2"
        case Command.VERIFY:
            return "shield-check"
        case Command.REVEAL:
            return "folder-open"
