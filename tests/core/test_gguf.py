from __future__ import annotations

import os
import random
import struct
import time
import tracemalloc
from pathlib import Path

import gguf
import numpy as np
import pytest

from desktop.core.errors import ErrorCode, ModelError
from desktop.core.gguf import GgufMetadata, read_gguf_metadata
from desktop.core.paths import builtin_model_dir

MODEL = builtin_model_dir() / "groundglass-mini-f16.gguf"
PROJECTOR = builtin_model_dir() / "mmproj-groundglass-mini-f16.gguf"


def write_small(path: Path) -> Path:
    writer = gguf.GGUFWriter(str(path), "qwen3vl")
    writer.add_string("general.name", "小 model")
    writer.add_uint8("a.u8", 200)
    writer.add_int8("a.i8", -3)
    writer.add_uint16("a.u16", 65535)
    writer.add_int16("a.i16", -300)
    writer.add_uint32("a.u32", 1 << 31)
    writer.add_int32("a.i32", -(1 << 31))
    writer.add_float32("a.f32", 0.5)
    writer.add_bool("a.bool", True)
    writer.add_uint64("a.u64", (1 << 64) - 1)
    writer.add_int64("a.i64", -(1 << 62))
    writer.add_float64("a.f64", 0.1)
    writer.add_array("a.flags", [False, True])
    writer.add_array("a.many", list(range(65)))
    writer.add_token_list(["a", "汉", ""])
    writer.add_tensor("weight", np.zeros((4, 8), np.float32))
    writer.add_tensor("bias", np.zeros(8, np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    folder = tmp_path / "模型 files"
    folder.mkdir()
    return write_small(folder / "小 model.gguf")


def refusal(path: Path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        read_gguf_metadata(path)
    assert path.name in caught.value.message
    assert caught.value.message.endswith(".")
    assert caught.value.details == {"name": path.name}
    return caught.value


def header(version: int = 3, tensors: int = 0, keys: int = 0) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, tensors, keys)


def pair(key: bytes, kind: int, value: bytes) -> bytes:
    return struct.pack("<Q", len(key)) + key + struct.pack("<I", kind) + value


@pytest.mark.parametrize("path", [MODEL, PROJECTOR], ids=["model", "projector"])
def test_that_the_built_in_files_read_as_the_reference_reader_reads_them(path: Path) -> None:
    mine = read_gguf_metadata(path)
    reference = gguf.GGUFReader(path)
    expected = {k: f for k, f in reference.fields.items() if not k.startswith("GGUF.")}
    assert set(mine.values) | set(mine.array_lengths) == set(expected)
    assert mine.tensor_count == len(reference.tensors)
    for key, field in expected.items():
        contents = field.contents()
        if isinstance(contents, list):
            assert mine.array_lengths[key] == len(contents)
            if key in mine.values:
                assert mine.values[key] == tuple(contents)
        else:
            assert mine.values[key] == contents


def test_that_every_kind_of_value_is_read(small: Path) -> None:
    metadata = read_gguf_metadata(small)
    assert metadata.version == 3
    assert metadata.architecture == "qwen3vl"
    assert metadata.tensor_count == 2
    assert {key: value for key, value in metadata.values.items() if key.startswith("a.")} == {
        "a.u8": 200,
        "a.i8": -3,
        "a.u16": 65535,
        "a.i16": -300,
        "a.u32": 1 << 31,
        "a.i32": -(1 << 31),
        "a.f32": 0.5,
        "a.bool": True,
        "a.u64": (1 << 64) - 1,
        "a.i64": -(1 << 62),
        "a.f64": 0.1,
        "a.flags": (False, True),
    }
    assert metadata.get_str("general.name") == "小 model"


def test_that_large_arrays_leave_their_length(small: Path) -> None:
    metadata = read_gguf_metadata(small)
    assert metadata.array_lengths == {"a.flags": 2, "a.many": 65, "tokenizer.ggml.tokens": 3}
    assert "a.many" not in metadata.values


def test_that_a_helper_gives_nothing_for_a_value_of_another_type(small: Path) -> None:
    metadata = read_gguf_metadata(small)
    assert metadata.get_int("a.u8") == 200
    assert metadata.get_bool("a.bool") is True
    assert metadata.get_int("a.bool") is None
    assert metadata.get_int("a.f32") is None
    assert metadata.get_int("general.name") is None
    assert metadata.get_str("a.u8") is None
    assert metadata.get_bool("a.u8") is None
    assert metadata.get_str("not.there") is None
    assert GgufMetadata(3, 0, {}, {}).architecture == ""


def test_that_version_2_is_read_and_others_are_refused(small: Path) -> None:
    data = small.read_bytes()
    small.write_bytes(data[:4] + struct.pack("<I", 2) + data[8:])
    assert read_gguf_metadata(small).version == 2
    for version in (0, 1, 4, 1 << 31):
        small.write_bytes(data[:4] + struct.pack("<I", version) + data[8:])
        assert refusal(small).code == ErrorCode.MODEL_UNREADABLE


def test_that_a_big_endian_file_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "big.gguf"
    writer = gguf.GGUFWriter(str(path), "llama", endianess=gguf.GGUFEndian.BIG)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    assert "big-endian" in refusal(path).message


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GG",
        b"<!DOCTYPE html><html><body>Not found</body></html>" * 10,
        b"version https://git-lfs.github.com/spec/v1\n",
        b"GGUF",
        b"GGUF" + bytes(3),
        b"\x80\x04" + bytes(100),
        "模型".encode(),
    ],
)
def test_that_a_file_of_another_kind_is_refused_with_a_sentence(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "模型.gguf"
    path.write_bytes(content)
    assert refusal(path).code == ErrorCode.MODEL_UNREADABLE


def test_that_a_missing_file_a_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no.gguf").code == ErrorCode.MODEL_FILE_MISSING
    assert refusal(tmp_path).code == ErrorCode.MODEL_UNREADABLE
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.gguf")
        assert refusal(tmp_path / "pipe.gguf").code == ErrorCode.MODEL_UNREADABLE


def test_that_a_name_no_system_would_take_is_refused() -> None:
    assert refusal(Path("a\0b.gguf")).code == ErrorCode.MODEL_UNREADABLE


@pytest.mark.parametrize(
    "content",
    [
        header(keys=1 << 63),
        header(keys=1 << 40),
        header(keys=2) + pair(b"k", 4, bytes(4)),
        header(tensors=1 << 60),
        header(tensors=5),
        header(keys=1) + struct.pack("<Q", (1 << 64) - 1),
        header(keys=1) + struct.pack("<Q", 0) + bytes(40),
        header(keys=1) + pair(b"k", 8, struct.pack("<Q", 1 << 62)) + bytes(40),
        header(keys=1) + pair(b"k", 8, struct.pack("<Q", 1 << 19)) + bytes(40),
        header(keys=1) + pair(b"k", 9, struct.pack("<IQ", 4, 1 << 62)) + bytes(40),
        header(keys=1) + pair(b"k", 9, struct.pack("<IQ", 4, 60)) + bytes(40),
        header(keys=1) + pair(b"k", 9, struct.pack("<IQ", 8, 1 << 61)) + bytes(40),
        header(keys=1) + pair(b"k", 9, struct.pack("<IQ", 8, 6)) + bytes(40),
        header(keys=1) + pair(b"k", 9, struct.pack("<IQ", 9, 1)) + bytes(40),
        header(keys=1) + pair(b"k", 13, bytes(40)),
        header(keys=2) + pair(b"k", 4, bytes(4)) * 2,
        header(keys=1, tensors=1) + pair(b"general.alignment", 4, bytes(4)) + bytes(400),
        header(tensors=1) + struct.pack("<QI", 0, 1 << 31) + bytes(400),
    ],
)
def test_that_lying_counts_and_lengths_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "lying.gguf"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        assert "damaged" in refusal(path).message
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_that_lengths_which_a_huge_file_would_hold_cost_neither_time_nor_memory(
    tmp_path: Path,
) -> None:
    path = tmp_path / "sparse.gguf"
    contents = [
        header(keys=1) + pair(b"k", 8, struct.pack("<Q", 1 << 33)),
        header(keys=1) + pair(b"k", 9, struct.pack("<IQ", 8, 1 << 33)),
        header(keys=1) + pair(b"k", 9, struct.pack("<IQ", 0, 1 << 39)),
    ]
    for content in contents:
        with path.open("wb") as file:
            file.write(content)
            file.truncate(1 << 40)
        tracemalloc.start()
        try:
            refusal(path)
            assert tracemalloc.get_traced_memory()[1] < 8 << 20
        finally:
            tracemalloc.stop()


def test_that_a_long_string_is_skipped_and_what_follows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.gguf"
    text = b"x" * (3 << 20)
    long = pair(b"long", 8, struct.pack("<Q", len(text)) + text)
    path.write_bytes(header(keys=2) + long + pair(b"after", 4, struct.pack("<I", 7)))
    assert read_gguf_metadata(path).values == {"after": 7}


def test_that_a_file_cut_off_before_its_last_tensor_is_refused(small: Path) -> None:
    data = small.read_bytes()
    (small.parent / "cut.gguf").write_bytes(data[: len(data) - 64])
    assert "incomplete" in refusal(small.parent / "cut.gguf").message


def test_that_a_cut_at_any_place_gives_a_sentence_or_the_same_metadata(small: Path) -> None:
    data = small.read_bytes()
    whole = read_gguf_metadata(small)
    codes = []
    for end in range(len(data)):
        small.write_bytes(data[:end])
        try:
            assert read_gguf_metadata(small) == whole
        except ModelError as error:
            codes.append(error.code)
    assert set(codes) == {ErrorCode.MODEL_UNREADABLE}
    assert len(codes) > len(data) * 0.8


@pytest.mark.parametrize("seed", range(4))
def test_that_random_damage_never_ends_in_anything_but_a_sentence(small: Path, seed: int) -> None:
    chosen = random.Random(seed)
    data = small.read_bytes()
    codes = set()
    tracemalloc.start()
    try:
        for _ in range(500):
            damaged = bytearray(data)
            for _ in range(chosen.choice((1, 1, 2, 8))):
                damaged[chosen.randrange(len(damaged))] ^= 1 << chosen.randrange(8)
            small.write_bytes(damaged)
            try:
                read_gguf_metadata(small)
            except ModelError as error:
                codes.add(error.code)
        assert codes == {ErrorCode.MODEL_UNREADABLE}
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_that_a_large_vocabulary_is_skipped_fast(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.gguf"
    writer = gguf.GGUFWriter(str(path), "qwen3vl")
    writer.add_token_list([f"token {i}" for i in range(150_000)])
    writer.add_token_types([1] * 150_000)
    writer.add_uint32("after", 5)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    begun = time.process_time()
    metadata = read_gguf_metadata(path)
    assert time.process_time() - begun < 1.0  # 0.03 s where this was written
    assert metadata.array_lengths["tokenizer.ggml.tokens"] == 150_000
    assert metadata.get_int("after") == 5
