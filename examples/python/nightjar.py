"""Nightjar in Python: proof-of-work hashing, verifying and searching, by the C library libnightjar.

    import nightjar
    with nightjar.Engine() as engine, engine.hasher("rx/0", seed=bytes(32)) as hasher:
        print(hasher.hash(b"input").hex())

It needs nothing but Python 3.9 or later and libnightjar.so.0, which the variable NIGHTJAR_LIBRARY may name. Calls into the
library release Python's lock, so that other threads go on meanwhile. Everything raises NightjarError, except for what is
wrong already in Python.
"""

from __future__ import annotations

import ctypes
import enum
import os
from ctypes import POINTER, byref, c_char, c_char_p, c_int32, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p
from typing import Callable, List, NamedTuple, Optional, Sequence

__all__ = [
    "Algorithm", "Device", "Engine", "Hasher", "Mode", "NightjarError", "Search", "Share", "Verdict", "algorithm",
    "algorithms", "commitment", "version",
]


class Mode(enum.IntEnum):
    """Where RandomX has its dataset items from; other algorithms have no modes."""

    AUTO = 0
    LIGHT = 1
    FULL = 2


class Verdict(enum.IntEnum):
    """What is found of a share."""

    OK = 0
    WRONG_RESULT = 1
    ABOVE_TARGET = 2
    WRONG_COMMITMENT = 3


class NightjarError(Exception):
    """A call that failed. `status` is the library's number; its meaning never changes."""

    ARGUMENT, ALGORITHM, DEVICE, INPUT, MEMORY, SELFTEST, CANCELLED, BUSY, UNSUPPORTED = range(-1, -10, -1)

    def __init__(self, status: int):
        super().__init__(_library.nj_status_text(status).decode())
        self.status = status


class Device(NamedTuple):
    """A device: its name in Nightjar, its name in the world, 0 CPU / 1 GPU / 2 accelerator / 3 other, and its size."""

    id: str
    name: str
    kind: int
    units: int
    memory: int


class Algorithm(NamedTuple):
    """An algorithm, and what it needs beside an input. `memory` is the bytes of a scratchpad."""

    name: str
    needs_height: bool
    needs_seed: bool
    minimum_input: int
    maximum_input: int
    nonce_offset: int
    memory: int


class Share(NamedTuple):
    """A share as a miner claims it. `result` is what is held against the target; `raw_hash` is the hash itself where that
    is a commitment (rx/2), and ignored elsewhere. `target` is 32 bytes, little-endian; all 255 to check the result alone."""

    input: bytes
    result: bytes
    target: bytes = b"\xff" * 32
    height: int = 0
    raw_hash: bytes = bytes(32)


class _Options(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t), ("threads", c_size_t), ("memory_limit", c_uint64), ("huge_pages", c_int32), ("jit", c_int32),
        ("opencl", c_int32)
    ]


class _Device(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t), ("id", c_char * 32), ("name", c_char * 128), ("kind", c_int32), ("units", c_uint32),
        ("memory", c_uint64)
    ]


class _Algorithm(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t), ("name", c_char * 32), ("needs_height", c_int32), ("needs_seed", c_int32),
        ("minimum_input", c_size_t), ("maximum_input", c_size_t), ("nonce_offset", c_size_t), ("memory", c_uint64)
    ]


class _Share(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t), ("input", c_char_p), ("input_size", c_size_t), ("height", c_uint64), ("result", c_uint8 * 32),
        ("commitment", c_uint8 * 32), ("target", c_uint8 * 32)
    ]


class _Job(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t), ("algorithm", c_char_p), ("input", c_char_p), ("input_size", c_size_t),
        ("nonce_offset", c_size_t), ("first_nonce", c_uint64), ("nonce_count", c_uint64), ("height", c_uint64),
        ("seed", c_char_p), ("seed_size", c_size_t), ("target", c_uint8 * 32)
    ]


_Found = ctypes.CFUNCTYPE(None, c_void_p, c_uint32, POINTER(c_uint8), c_char_p)


def _load() -> ctypes.CDLL:
    library = ctypes.CDLL(os.environ.get("NIGHTJAR_LIBRARY", "libnightjar.so.0"))
    types = {
        "nj_version": (c_int32, []),
        "nj_status_text": (c_char_p, [c_int32]),
        "nj_engine_create": (c_int32, [POINTER(c_void_p), POINTER(_Options)]),
        "nj_engine_destroy": (c_int32, [c_void_p]),
        "nj_device_count": (c_size_t, [c_void_p]),
        "nj_device_info": (c_int32, [c_void_p, POINTER(_Device), c_size_t]),
        "nj_algorithm_count": (c_size_t, []),
        "nj_algorithm_info": (c_int32, [POINTER(_Algorithm), c_size_t]),
        "nj_algorithm_named": (c_int32, [POINTER(_Algorithm), c_char_p]),
        "nj_hasher_create":
            (c_int32, [POINTER(c_void_p), c_void_p, c_char_p, c_char_p, c_char_p, c_size_t, c_int32]),
        "nj_hasher_reseed": (c_int32, [c_void_p, c_char_p, c_size_t]),
        "nj_hasher_destroy": (c_int32, [c_void_p]),
        "nj_hash": (c_int32, [c_void_p, c_char_p, c_char_p, c_size_t, c_uint64]),
        "nj_hash_batch": (
            c_int32, [
                c_void_p, c_char_p, POINTER(c_int32), POINTER(c_char_p), POINTER(c_size_t), POINTER(c_uint64), c_size_t
            ]),
        "nj_commitment": (c_int32, [c_char_p, c_char_p, c_size_t, c_char_p]),
        "nj_verify": (c_int32, [c_void_p, POINTER(c_int32), POINTER(_Share)]),
        "nj_verify_batch": (c_int32, [c_void_p, POINTER(c_int32), POINTER(c_int32), POINTER(_Share), c_size_t]),
        "nj_search_start": (c_int32, [POINTER(c_void_p), c_void_p, POINTER(_Job), c_char_p, _Found, c_void_p]),
        "nj_search_update": (c_int32, [c_void_p, POINTER(_Job)]),
        "nj_search_hashes": (c_int32, [c_void_p, POINTER(c_uint64)]),
        "nj_search_stop": (c_int32, [c_void_p]),
    }
    for name, (result, arguments) in types.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


_library = _load()


def _check(status: int) -> None:
    if status != 0:
        raise NightjarError(status)


def _bytes32(value: bytes, name: str) -> bytes:
    if len(value) != 32:
        raise ValueError(f"{name} has 32 bytes, not {len(value)}")
    return value


def version() -> str:
    """The library's version: "0.1.0"."""
    number = _library.nj_version()
    return f"{number >> 16}.{number >> 8 & 255}.{number & 255}"


def _algorithm(structure: _Algorithm) -> Algorithm:
    return Algorithm(
        structure.name.decode(), bool(structure.needs_height), bool(structure.needs_seed), structure.minimum_input,
        structure.maximum_input, structure.nonce_offset, structure.memory)


def algorithms() -> List[Algorithm]:
    """All algorithms of the library."""
    found = []
    for index in range(_library.nj_algorithm_count()):
        structure = _Algorithm(size=ctypes.sizeof(_Algorithm))
        _check(_library.nj_algorithm_info(byref(structure), index))
        found.append(_algorithm(structure))
    return found


def algorithm(name: str) -> Algorithm:
    """The algorithm of that name or alias."""
    structure = _Algorithm(size=ctypes.sizeof(_Algorithm))
    _check(_library.nj_algorithm_named(byref(structure), name.encode()))
    return _algorithm(structure)


def commitment(input: bytes, digest: bytes) -> bytes:
    """What rx/2 holds against a target: 32 bytes."""
    out = ctypes.create_string_buffer(32)
    _check(_library.nj_commitment(out, input, len(input), _bytes32(digest, "digest")))
    return out.raw


class _Owner:
    """An object of the library, freed by close() or at the end of a `with` block."""

    _pointer: Optional[int] = None

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        raise NotImplementedError


class Engine(_Owner):
    """Devices, memory and threads. `huge_pages`, `jit`, `opencl`: None leaves the choice to the library."""

    def __init__(
            self, threads: int = 0, memory_limit: int = 0, huge_pages: Optional[bool] = None, jit: Optional[bool] = None,
            opencl: Optional[bool] = None):

        def choice(value: Optional[bool]) -> int:
            return 0 if value is None else 1 if value else -1

        options = _Options(
            ctypes.sizeof(_Options), threads, memory_limit, choice(huge_pages), choice(jit), choice(opencl))
        pointer = c_void_p()
        _check(_library.nj_engine_create(byref(pointer), byref(options)))
        self._pointer = pointer.value

    def close(self) -> None:
        """Frees the engine. Its hashers and searches must be closed before."""
        if self._pointer is not None:
            _check(_library.nj_engine_destroy(self._pointer))
            self._pointer = None

    def devices(self) -> List[Device]:
        """All devices, the CPU first. Opens OpenCL, unless that is switched off."""
        found = []
        for index in range(_library.nj_device_count(self._pointer)):
            structure = _Device(size=ctypes.sizeof(_Device))
            _check(_library.nj_device_info(self._pointer, byref(structure), index))
            found.append(
                Device(
                    structure.id.decode(), structure.name.decode(errors="replace"), structure.kind, structure.units,
                    structure.memory))
        return found

    def hasher(self, algorithm: str, seed: bytes = b"", device: str = "cpu", mode: Mode = Mode.AUTO) -> "Hasher":
        """A hasher for one algorithm and seed. Blocks while known answers are checked and the seed is prepared."""
        return Hasher(self, algorithm, seed, device, mode)

    def search(
            self, algorithm: str, input: bytes, target: bytes, found: Callable[[int, bytes, str], None], *,
            nonce_offset: Optional[int] = None, first_nonce: int = 0, nonce_count: int = 1 << 32, height: int = 0,
            seed: bytes = b"", devices: Optional[str] = None) -> "Search":
        """Searches for nonces that meet the target, until it is closed or all are tried. Calls `found` with each nonce, its
        digest and the device's name, on a thread of the library."""
        job = _job(algorithm, input, target, nonce_offset, first_nonce, nonce_count, height, seed)
        return Search(self, job, devices, found)


def _job(
        name: str, input: bytes, target: bytes, nonce_offset: Optional[int], first_nonce: int, nonce_count: int,
        height: int, seed: bytes) -> _Job:
    offset = algorithm(name).nonce_offset if nonce_offset is None else nonce_offset
    return _Job(
        ctypes.sizeof(_Job), name.encode(), input, len(input), offset, first_nonce, nonce_count, height, seed, len(seed),
        (c_uint8 * 32)(*_bytes32(target, "target")))


class Hasher(_Owner):
    """Hashes with one algorithm and seed. Several threads may use it at once; reseed() and close() need it alone."""

    def __init__(self, engine: Engine, algorithm: str, seed: bytes, device: str, mode: Mode):
        pointer = c_void_p()
        _check(
            _library.nj_hasher_create(
                byref(pointer), engine._pointer, algorithm.encode(), device.encode(), seed, len(seed), mode))
        self._pointer = pointer.value
        self._engine = engine

    def close(self) -> None:
        if self._pointer is not None:
            _check(_library.nj_hasher_destroy(self._pointer))
            self._pointer = None

    def reseed(self, seed: bytes) -> None:
        """Takes another seed; the caches of the last eight are kept, memory permitting."""
        _check(_library.nj_hasher_reseed(self._pointer, seed, len(seed)))

    def hash(self, input: bytes, height: int = 0) -> bytes:
        """The digest of an input: 32 bytes."""
        out = ctypes.create_string_buffer(32)
        _check(_library.nj_hash(self._pointer, out, input, len(input), height))
        return out.raw

    def hash_batch(self, inputs: Sequence[bytes], heights: Optional[Sequence[int]] = None) -> List[bytes]:
        """The digests of many inputs, in their order, computed by all threads."""
        count = len(inputs)
        if heights is not None and len(heights) != count:
            raise ValueError(f"{len(heights)} heights for {count} inputs")
        out = ctypes.create_string_buffer(32 * count or 1)
        _check(
            _library.nj_hash_batch(
                self._pointer, out, None, (c_char_p * count)(*inputs), (c_size_t * count)(*map(len, inputs)),
                (c_uint64 * count)(*heights) if heights is not None else None, count))
        digests = out.raw
        return [digests[32 * index:32 * index + 32] for index in range(count)]

    def verify(self, share: Share) -> Verdict:
        """Checks a share: the target first, then rx/2's commitment, then the hash."""
        verdict = c_int32()
        _check(_library.nj_verify(self._pointer, byref(verdict), byref(_share(share))))
        return Verdict(verdict.value)

    def verify_batch(self, shares: Sequence[Share]) -> List[Optional[Verdict]]:
        """Checks many shares by all threads; the verdicts come in their order, None for an input that is too short or too
        long."""
        count = len(shares)
        verdicts, statuses = (c_int32 * count)(), (c_int32 * count)()
        status = _library.nj_verify_batch(
            self._pointer, verdicts, statuses, (_Share * count)(*[_share(share) for share in shares]), count)
        if status != NightjarError.INPUT:
            _check(status)
        return [None if status else Verdict(verdict) for verdict, status in zip(verdicts, statuses)]


def _share(share: Share) -> _Share:
    array = c_uint8 * 32
    return _Share(
        ctypes.sizeof(_Share), share.input, len(share.input), share.height, array(*_bytes32(share.result, "result")),
        array(*_bytes32(share.raw_hash, "raw_hash")), array(*_bytes32(share.target, "target")))


class Search(_Owner):
    """A running search."""

    def __init__(
            self, engine: Engine, job: _Job, devices: Optional[str], found: Callable[[int, bytes, str], None]):

        def call(_user, nonce, digest, device) -> None:
            found(nonce, ctypes.string_at(digest, 32), device.decode())

        # The library keeps the function's address, and Python must keep the function.
        self._found = _Found(call)
        self._engine = engine
        pointer = c_void_p()
        _check(
            _library.nj_search_start(
                byref(pointer), engine._pointer, byref(job), devices.encode() if devices is not None else None, self._found,
                None))
        self._pointer = pointer.value

    def update(
            self, algorithm: str, input: bytes, target: bytes, *, nonce_offset: Optional[int] = None, first_nonce: int = 0,
            nonce_count: int = 1 << 32, height: int = 0, seed: bytes = b"") -> None:
        """Replaces the job: nothing of the old one is reported any more."""
        job = _job(algorithm, input, target, nonce_offset, first_nonce, nonce_count, height, seed)
        _check(_library.nj_search_update(self._pointer, byref(job)))

    def hashes(self) -> int:
        """How many hashes have been made."""
        count = c_uint64()
        _check(_library.nj_search_hashes(self._pointer, byref(count)))
        return count.value

    def close(self) -> None:
        """Ends the search: `found` is not called any more."""
        if self._pointer is not None:
            _check(_library.nj_search_stop(self._pointer))
            self._pointer = None
