"""llama.cpp's libraries, made quiet and checked; with what the Python binding leaves out.

The binding mirrors C structs by hand: `start` compares a few known values, so that a mismatch is a
sentence at load time and not a crash in the middle of an answer.
"""

from __future__ import annotations

import ctypes
import functools
import logging
import sys
from collections import deque
from typing import Any

import llama_cpp
from llama_cpp import llama_cpp as lib
from llama_cpp import mtmd_cpp as mtmd

from desktop.core.errors import EngineError, ErrorCode
from desktop.core.types import Device
from desktop.engine.llama_cpp.libraries import Functions, load_cpu_code

log = logging.getLogger(__name__)

# ggml_tensor on 64-bit (ggml.h): `op` follows type, buffer, ne[4], nb[4]; `name` follows data.
_TENSOR_OP = 80
_TENSOR_NAME = 256
_DEVICE_KINDS = {0: "cpu", 1: "gpu", 2: "igpu", 3: "accelerator"}
_LEVEL_WARN, _LEVEL_ERROR = 3, 4

_native: Any = Functions()

recent_errors: deque[str] = deque(maxlen=20)
"""The last error lines of the libraries, newest last; they hold no prompt (see `_on_log`)."""


@lib.llama_log_callback  # type: ignore[untyped-decorator]
def _on_log(level: int, text: bytes, _data: object) -> None:
    """Warnings and errors only: below that clip prints the whole prompt."""
    if level in {_LEVEL_WARN, _LEVEL_ERROR}:
        line = text.decode("utf-8", "replace").strip()
        if level == _LEVEL_ERROR:
            recent_errors.append(line)
        log.warning("llama.cpp: %s", line)


@ctypes.CFUNCTYPE(None, ctypes.c_char_p)  # type: ignore[untyped-decorator]
def _on_abort(message: bytes) -> None:
    """The last words before ggml ends the process."""
    log.critical("llama.cpp aborts: %s", message.decode("utf-8", "replace"))


def lacked_memory() -> bool:
    """Whether `recent_errors` speak of memory that could not be had."""
    return any("alloc" in line or "memory" in line for line in recent_errors)


class _InitParams(ctypes.Structure):
    _fields_ = (
        ("mem_size", ctypes.c_size_t),
        ("mem_buffer", ctypes.c_void_p),
        ("no_alloc", ctypes.c_bool),
    )


@functools.cache
def start() -> None:
    """Initialise the libraries, once; raises `EngineError` if they do not fit the binding."""
    _declare()
    lib.llama_log_set(_on_log, None)
    mtmd.mtmd_log_set(_on_log, None)
    mtmd.mtmd_helper_log_set(_on_log, None)
    _native.ggml_set_abort_callback(_on_abort)
    load_cpu_code(_native)
    lib.llama_backend_init()
    _check_layout()


def _declare() -> None:
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    for name, result, arguments in (
        ("ggml_set_abort_callback", pointer, [pointer]),
        ("ggml_backend_dev_count", size, []),
        ("ggml_backend_dev_get", pointer, [size]),
        ("ggml_backend_dev_name", ctypes.c_char_p, [pointer]),
        ("ggml_backend_dev_description", ctypes.c_char_p, [pointer]),
        ("ggml_backend_dev_type", ctypes.c_int, [pointer]),
        ("ggml_backend_dev_memory", None, [pointer, ctypes.POINTER(size), ctypes.POINTER(size)]),
        ("ggml_op_name", ctypes.c_char_p, [ctypes.c_int]),
        ("ggml_init", pointer, [_InitParams]),
        ("ggml_new_tensor_1d", pointer, [pointer, ctypes.c_int, ctypes.c_int64]),
        ("ggml_set_name", pointer, [pointer, ctypes.c_char_p]),
        ("ggml_free", None, [pointer]),
    ):
        function = getattr(_native, name)
        function.restype, function.argtypes = result, arguments


def _check_layout() -> None:
    context = _native.ggml_init(_InitParams(4096, None, True))
    tensor = _native.ggml_new_tensor_1d(context, 0, 1)
    _native.ggml_set_name(tensor, b"groundglass")
    fits = (
        tensor_name(tensor) == b"groundglass"
        and _native.ggml_op_name(tensor_op(tensor)) == b"NONE"
        and lib.llama_context_default_params().n_ubatch == 512
        and mtmd.mtmd_context_params_default().batch_max_tokens == 1024
    )
    _native.ggml_free(context)
    if not fits:
        raise EngineError(
            "The installed llama.cpp does not fit this version of Groundglass.",
            ErrorCode.ENGINE_UNAVAILABLE,
        )


def tensor_name(tensor: int) -> bytes:
    """`ggml_tensor.name`."""
    return ctypes.string_at(tensor + _TENSOR_NAME)


def tensor_op(tensor: int) -> int:
    """`ggml_tensor.op`."""
    return ctypes.c_int32.from_address(tensor + _TENSOR_OP).value


@functools.cache
def heavy_ops() -> frozenset[int]:
    """The operations in which an encoder spends its time: where asking for a cancel is worth it."""
    names = {b"MUL_MAT", b"FLASH_ATTN_EXT", b"SOFT_MAX"}
    return frozenset(op for op in range(60) if _native.ggml_op_name(op) in names)


def devices() -> tuple[Device, ...]:
    """What llama.cpp can compute on; the first GPU is the one layers go to."""
    found = []
    for index in range(_native.ggml_backend_dev_count()):
        device = _native.ggml_backend_dev_get(index)
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        _native.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
        found.append(
            Device(
                name=_native.ggml_backend_dev_name(device).decode(),
                description=_native.ggml_backend_dev_description(device).decode(),
                kind=_DEVICE_KINDS.get(_native.ggml_backend_dev_type(device), "other"),
                free_bytes=free.value,
                total_bytes=total.value,
            )
        )
    return tuple(found)


def has_gpu() -> bool:
    """Whether layers can be offloaded."""
    return bool(lib.llama_supports_gpu_offload()) and any(
        device.kind in {"gpu", "igpu"} for device in devices()
    )


def versions() -> dict[str, str]:
    """By component name."""
    return {
        "llama-cpp-python": llama_cpp.__version__,
        "llama.cpp system": lib.llama_print_system_info().decode().strip(" |\n"),
    }


@functools.cache
def flag_reader() -> Any:  # noqa: ANN401 - a ctypes function pointer of a generated class
    """A native abort callback that is true once the first byte of its data is not zero.

    It is libc's `strlen`: of a zero byte it gives 0, of a one and a zero byte 1, and that is C's
    bool. llama.cpp polls it before every graph node; a Python callback there would need the GIL
    each time (4 % of the built-in model's speed, and a wait whenever another thread holds it).
    """
    libc = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
    return ctypes.cast(libc.strlen, lib.ggml_abort_callback)


def path_bytes(path: object) -> bytes:
    """A path as llama.cpp takes it: UTF-8, on Windows too (surrogates restore odd Linux names)."""
    return str(path).encode("utf-8", "surrogateescape")
