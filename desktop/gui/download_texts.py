"""A sentence in the interface's language for everything that goes wrong with downloads."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QCoreApplication

from desktop.core.errors import ErrorCode

DownloadCode = Literal[
    ErrorCode.OFFLINE,
    ErrorCode.DOWNLOAD_REFUSED,
    ErrorCode.DOWNLOAD_CONNECTION,
    ErrorCode.DOWNLOAD_UNTRUSTED,
    ErrorCode.DOWNLOAD_UNUSABLE,
    ErrorCode.DOWNLOAD_CORRUPT,
    ErrorCode.DOWNLOAD_NO_SPACE,
    ErrorCode.DOWNLOAD_BUSY,
    ErrorCode.CATALOG_DAMAGED,
]


def download_wordings(code: DownloadCode) -> tuple[str, ...]:
    """Ways to say it, the richest in details first."""
    match code:
        case (
            ErrorCode.OFFLINE
            | ErrorCode.DOWNLOAD_REFUSED
            | ErrorCode.DOWNLOAD_CONNECTION
            | ErrorCode.DOWNLOAD_UNTRUSTED
        ):
            return _connection_wordings(code)
        case ErrorCode.DOWNLOAD_UNUSABLE:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{host} sent an answer that makes no sense, so nothing was downloaded from it. "
                    "Try again later, or choose another source in the settings.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "The server sent an answer that makes no sense, so nothing was downloaded. Try "
                    "again later, or choose another source in the settings.",
                ),
            )
        case ErrorCode.DOWNLOAD_CORRUPT:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "What {host} sent as {name} is not the file it should be, so it was deleted. "
                    "Download it again, or choose another source in the settings.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "What was downloaded is not the file it should be, so it was deleted. Download "
                    "it again, or choose another source in the settings.",
                ),
            )
        case ErrorCode.DOWNLOAD_NO_SPACE:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "There is not enough room on the disk: {needed} needed, {available} free. Free "
                    "some space and resume the download.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "There is not enough room on the disk: {needed} more needed. Free some space "
                    "and resume the download.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "There is not enough room on the disk. Free some space and resume the "
                    "download.",
                ),
            )
        case ErrorCode.CATALOG_DAMAGED:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "The list of models that can be downloaded is damaged. Install Groundglass "
                    "again; your models and conversations stay as they are.",
                ),
            )
        case ErrorCode.DOWNLOAD_BUSY:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "Another Groundglass is downloading this model right now. Wait until it has "
                    "finished, or stop it there.",
                ),
            )


def _connection_wordings(
    code: Literal[
        ErrorCode.OFFLINE,
        ErrorCode.DOWNLOAD_REFUSED,
        ErrorCode.DOWNLOAD_CONNECTION,
        ErrorCode.DOWNLOAD_UNTRUSTED,
    ],
) -> tuple[str, ...]:
    match code:
        case ErrorCode.OFFLINE:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "Groundglass stays offline, as you chose, so nothing can be downloaded. Turn "
                    "“Stay offline” off in the settings and try again.",
                ),
            )
        case ErrorCode.DOWNLOAD_REFUSED:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{host} refuses to send this model (status {status}). It may ask for an "
                    "account, or not have the file; choose another source or another model.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "The server refuses to send this model. It may ask for an account, or not have "
                    "the file; choose another source or another model.",
                ),
            )
        case ErrorCode.DOWNLOAD_CONNECTION:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "The connection to {host} failed. What came so far is kept; check the network "
                    "and resume the download.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "The connection failed. What came so far is kept; check the network and resume "
                    "the download.",
                ),
            )
        case ErrorCode.DOWNLOAD_UNTRUSTED:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "This computer does not trust the certificate of {host}, so nothing was sent "
                    "or downloaded. In a company network, ask for its certificate to be installed.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "This computer does not trust the server's certificate, so nothing was sent or "
                    "downloaded. In a company network, ask for its certificate to be installed.",
                ),
            )
