"""The compilers of GPU vendors, and what they make of a file with kernels."""

import ctypes
import glob
import os
import re
import shutil
import struct
import subprocess
import tempfile
from dataclasses import dataclass

from vendors.flavours import KERNELS, ROOT

OPENCL = ["-x", "cl", "-cl-std=CL1.2", "-Xclang", "-finclude-default-header"]


class Refused(Exception):
    """A compiler refused a file, or warned."""


@dataclass
class Counts:
    """What a kernel takes: registers of a work-item, bytes of a group's local memory, of private memory and of spilled
    registers, calls that are left, and instructions."""

    registers: int
    local: int
    private: int
    spilled: int
    calls: int
    instructions: int


def run(command):
    result = subprocess.run(command, capture_output=True, text=True, errors="replace")
    output = result.stdout + result.stderr
    if result.returncode or re.search(r"\b(warning|error):", output):
        raise Refused(f"{os.path.basename(command[0])}: {output.strip()[-600:] or result.returncode}")
    return output


def first(*candidates):
    """The first that exists: a program on the path, or a file by its pattern."""
    for candidate in candidates:
        if candidate and (found := shutil.which(candidate) or next(iter(sorted(glob.glob(candidate))), None)):
            return found
    return None


def version(program):
    text = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    return (re.search(r"\d+\.\d+(\.\d+)?", text) or ["?"])[0]


def sections(path):
    """The sections of a 64-bit little-endian ELF file, by name."""
    with open(path, "rb") as file:
        data = file.read()
    start, = struct.unpack_from("<Q", data, 0x28)
    size, count, names = struct.unpack_from("<HHH", data, 0x3A)
    rows = [struct.unpack_from("<IIQQQQ", data, start + i * size) for i in range(count)]
    table = data[rows[names][4]:]
    no_bits = 8
    return {
        table[row[0]:table.index(b"\0", row[0])].decode(): b"" if row[1] == no_bits else data[row[4]:row[4] + row[5]]
        for row in rows}


class NVIDIA:
    """clang makes PTX, as NVIDIA's driver would, and NVIDIA's assembler machine code of it."""

    name = "NVIDIA"
    targets = ("sm_75", "sm_80", "sm_90", "sm_120")
    packages = "Debian: clang-15 libclc-15; PyPI: nvidia-cuda-nvcc"
    # What its asm statements may be.
    statements = "PTX"
    # NVIDIA's driver rounds a division of floats correctly only if it is asked to. OpenCL allows that, and so do we.
    inexact = ["-mllvm", "-nvptx-prec-divf32=1"]

    def __init__(self):
        self.clang = first(os.environ.get("CLANG_GPU"), "clang-15")
        self.library = first(os.environ.get("LIBCLC"), "/usr/lib/clc/nvptx64--nvidiacl.bc")
        self.ptxas = first(os.environ.get("PTXAS"), "ptxas", f"{ROOT}/.build/gpu-python/lib/*/site-packages/nvidia/*/bin/ptxas")
        self.missing = [name for name, found in (
            ("clang-15", self.clang), ("libclc", self.library), ("ptxas", self.ptxas)) if not found]

    @property
    def version(self):
        return f"clang {version(self.clang)}, ptxas {version(self.ptxas)}"

    def takes(self, unit, target):
        return True

    def compile(self, unit, targets, folder):
        ptx = f"{folder}/kernels.ptx"
        run([self.clang, *OPENCL, "-target", "nvptx64-unknown-nvcl", "-Xclang", "-target-feature", "-Xclang", "+ptx75",
             "-Xclang", "-target-cpu", "-Xclang", "sm_75", "-Xclang", "-mlink-builtin-bitcode", "-Xclang", self.library,
             "-Wno-linker-warnings", *self.inexact, "-S", "-O3", "-I", KERNELS, *unit.options, f"{KERNELS}/{unit.source}", "-o", ptx])
        with open(ptx, encoding="utf-8") as file:
            text = file.read()
        # Code that the compiler drops proves nothing: the directed operations must be in the result.
        if unit.source == "RandomX/Execute.cl" and unit.definitions["NJ_USES_PTX"] == "1":
            for wanted in ("add.rn.f64", "add.rp.f64", "mul.rn.f64", "mul.rp.f64", "div.rn.f64", "sqrt.rn.f64", "fma.rn.f64"):
                if wanted not in text:
                    raise Refused(f"no {wanted} in the PTX")
        calls = self.calls(text)
        for target in targets:
            # clang 15 knows no newer target. What it made is valid for all.
            with open(ptx, "w", encoding="utf-8") as file:
                file.write(re.sub(r"(?m)^\.version .*", ".version 8.7", re.sub(r"(?m)^\.target .*", f".target {target}", text)))
            yield target, self.assemble(ptx, target, calls)

    def calls(self, text):
        """How many calls each kernel has, in PTX."""
        return {
            entry: len(re.findall(r"^\s*(?:@%p\d+ )?call", body, re.M))
            for entry, body in re.findall(r"\.entry (\w+)\((.*?)^}", text, re.M | re.S)}

    def assemble(self, ptx, target, calls):
        cubin = f"{ptx}.{target}"
        output = run([self.ptxas, f"-arch={target}", "-v", "-O3", ptx, "-o", cubin])
        code = sections(cubin)
        found = {}
        for part in output.split("Compiling entry function '")[1:]:
            kernel = part[:part.index("'")]
            number = lambda pattern: int((re.search(pattern, part) or [0, 0])[1])
            found[kernel] = Counts(
                number(r"Used (\d+) registers"), number(r"(\d+) bytes smem"), number(r"(\d+) bytes stack frame"),
                number(r"(\d+) bytes spill stores"), calls[kernel], len(code[f".text.{kernel}"]) // 16)
        return found


class NVVM(NVIDIA):
    """NVIDIA's own optimiser, which its OpenCL driver has too, between clang and the assembler. It reads clang's code for
    the newest chips only."""

    name = "NVIDIA's libnvvm"
    # Not sm_120, so that the table has a column of its own.
    targets = ("nvvm_120",)
    packages = "as NVIDIA; PyPI: nvidia-nvvm"
    # What it wants in place of clang's layout of data, and the version of its dialect.
    layout = (
        "e-p:64:64:64-p6:32:32:32-i1:8:8-i8:8:8-i16:16:16-i32:32:32-i64:64:64-i128:128:128-f32:32:32-f64:64:64-f128:128:128-"
        "v16:16:16-v32:32:32-v64:64:64-v128:128:128-n16:32:64-a:8:8")
    dialect = "!nvvmir.version = !{!999999}\n!999999 = !{i32 2, i32 0, i32 3, i32 2}\n"

    def __init__(self):
        super().__init__()
        self.optimiser = first(
            os.environ.get("NVVM"), f"{ROOT}/.build/gpu-python/lib/*/site-packages/nvidia/*/lib/libnvvm.so.4")
        self.missing += [] if self.optimiser else ["libnvvm"]

    @property
    def version(self):
        major, minor = ctypes.c_int(), ctypes.c_int()
        ctypes.CDLL(self.optimiser).nvvmVersion(ctypes.byref(major), ctypes.byref(minor))
        return f"{super().version}, libnvvm {major.value}.{minor.value}"

    def compile(self, unit, targets, folder):
        ptx = f"{folder}/kernels.ptx"
        # Without any pass of clang's: some of them would forbid others here.
        run([self.clang, *OPENCL, "-target", "nvptx64-nvidia-cuda", "-Xclang", "-target-feature", "-Xclang", "+ptx75",
             "-Xclang", "-target-cpu", "-Xclang", "sm_75", "-Xclang", "-mlink-builtin-bitcode", "-Xclang", self.library,
             "-Wno-linker-warnings", "-emit-llvm", "-S", "-O3", "-Xclang", "-disable-llvm-passes", "-I", KERNELS, *unit.options,
             f"{KERNELS}/{unit.source}", "-o", ptx])
        with open(ptx, encoding="utf-8") as file:
            text = re.sub(r"(?m)^target datalayout.*", f'target datalayout = "{self.layout}"', file.read())
        text = self.optimise((text + "\n" + self.dialect).encode())
        with open(ptx, "wb") as file:
            file.write(text)
        for target in targets:
            yield target, self.assemble(ptx, target.replace("nvvm", "sm"), self.calls(text.decode()))

    def optimise(self, text):
        nvvm = ctypes.CDLL(self.optimiser)
        program = ctypes.c_void_p()
        nvvm.nvvmCreateProgram(ctypes.byref(program))
        try:
            nvvm.nvvmAddModuleToProgram(program, text, ctypes.c_size_t(len(text)), b"kernels")
            options = (ctypes.c_char_p * 4)(b"-arch=compute_120", b"-opt=3", b"-prec-div=0", b"-prec-sqrt=0")
            if nvvm.nvvmCompileProgram(program, len(options), options):
                raise Refused(f"libnvvm: {self.text(nvvm, 'ProgramLog', program).decode(errors='replace')[-600:]}")
            return self.text(nvvm, "CompiledResult", program)
        finally:
            nvvm.nvvmDestroyProgram(ctypes.byref(program))

    def text(self, nvvm, what, program):
        size = ctypes.c_size_t()
        getattr(nvvm, f"nvvmGet{what}Size")(program, ctypes.byref(size))
        buffer = ctypes.create_string_buffer(size.value)
        getattr(nvvm, f"nvvmGet{what}")(program, buffer)
        return buffer.value


class AMD:
    """clang with AMD's device libraries, and the options of AMD's runtime as far as they are known."""

    name = "AMD"
    targets = ("gfx900", "gfx1030", "gfx1100")
    packages = "Debian: clang-15 rocm-device-libs; gfx1100 needs libraries of ROCm 5.3 or later"
    statements = "GCN"

    def __init__(self):
        self.clang = first(os.environ.get("CLANG_GPU"), "clang-15")
        self.libraries = first(os.environ.get("ROCM_DEVICE_LIBS"), "/usr/lib/x86_64-linux-gnu/amdgcn/bitcode")
        self.missing = [name for name, found in (
            ("clang-15", self.clang), ("AMD's device libraries", self.libraries)) if not found]
        if not self.missing:
            self.targets = [
                target for target in AMD.targets
                if os.path.exists(f"{self.libraries}/oclc_isa_version_{target.removeprefix('gfx')}.bc")]

    @property
    def version(self):
        return f"clang {version(self.clang)}"

    def takes(self, unit, target):
        return True

    def compile(self, unit, targets, folder):
        for target in targets:
            yield target, self.compile_for(unit, target, f"{folder}/{target}.s")

    def compile_for(self, unit, target, path):
        run([self.clang, f"--rocm-device-lib-path={self.libraries}", *OPENCL, "-target", "amdgcn-amd-amdhsa",
             f"-mcpu={target}", "-O3", "-mllvm", "-amdgpu-internalize-symbols", "-mllvm", "-amdgpu-early-inline-all=true",
             "-mllvm", "-amdgpu-function-calls=false", "-S", "-I", KERNELS, *unit.options, f"{KERNELS}/{unit.source}", "-o", path])
        with open(path, encoding="utf-8") as file:
            text = file.read()
        # As with PTX: the statement must be in the result.
        if unit.source == "RandomX/Execute.cl" and unit.is_for_amd and "s_setreg_imm32_b32" not in text:
            raise Refused("no s_setreg_imm32_b32 in the code")
        found = {}
        for block in re.split(r"\n  - \.a", text[text.index("amdhsa.kernels"):])[1:]:
            value = lambda key: (re.search(rf"\.{key}: +(\S+)", block) or [0, "0"])[1]
            body = text[text.index(f"\n{value('name')}:"):]
            body = body[:body.index(".Lfunc_end")]
            found[value("name")] = Counts(
                int(value("vgpr_count")), int(value("group_segment_fixed_size")), int(value("private_segment_fixed_size")),
                # Scalar registers are spilled into the lanes of vector registers, and not to memory.
                int(value("vgpr_spill_count")), len(re.findall("s_swappc", body)),
                len(re.findall(r"^\s+(?:[vs]_|ds_|global_|flat_|buffer_|scratch_)", body, re.M)))
        return found


class Intel:
    """Intel's offline compiler. Registers are those of a thread, which has as many work-items as its SIMD width."""

    name = "Intel"
    targets = ("skl", "tgllp", "dg2", "pvc")
    packages = "Debian: intel-opencl-icd"
    statements = None
    without_doubles = ("tgllp", "dg2")

    def __init__(self):
        self.clang = None
        self.ocloc = first(os.environ.get("OCLOC"), "ocloc")
        self.missing = [] if self.ocloc else ["ocloc"]

    @property
    def version(self):
        found = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "libigc1"], capture_output=True, text=True).stdout
        return f"libigc1 {found or '?'}"

    def takes(self, unit, target):
        # The host refuses RandomX on devices without 64-bit floating point.
        return target not in self.without_doubles or not unit.source.startswith("RandomX/")

    def compile(self, unit, targets, folder):
        for target in targets:
            yield target, self.compile_for(unit, target, f"{folder}/{target}")

    def compile_for(self, unit, target, folder):
        os.makedirs(folder)
        try:
            run([self.ocloc, "compile", "-file", f"{KERNELS}/{unit.source}", "-device", target, "--format", "zebin", "-options",
                 " ".join(["-cl-std=CL1.2", "-I", KERNELS, *unit.options]), "-out_dir", folder, "-output", "kernels"])
        except Refused as refusal:
            # A spill is a warning here; it is in the counts too.
            if "spilled around" not in str(refusal) or not glob.glob(f"{folder}/*.bin"):
                raise
        code = sections(glob.glob(f"{folder}/*.bin")[0])
        found = {}
        info = code[".ze_info"].decode().split("kernels_misc_info")[0]
        for block in re.split(r"\n  - name: +", info)[1:]:
            kernel = block.split()[0]
            if kernel.startswith("Intel_"):
                continue
            number = lambda key: int((re.search(rf"{key}: +(\d+)", block) or [0, 0])[1])
            memory = {usage: int(size) for usage, size in re.findall(r"usage: +(\w+)\s+size: +(\d+)", block)}
            # A call of another function makes the compiler give the kernel a stack.
            found[kernel] = Counts(
                number("grf_count"), number("slm_size"), memory.get("private_space", 0) + memory.get("single_space", 0),
                memory.get("spill_fill_space", 0), block.count("has_stack_calls: true"), len(code[f".text.{kernel}"]) // 16)
        return found


def compilers():
    return [NVIDIA(), NVVM(), AMD(), Intel()]


def compile_unit(job):
    """Of (compiler, unit, targets): for each target its counts by kernel, or the words of a refusal."""
    compiler, unit, targets = job
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        try:
            for target, counts in compiler.compile(unit, targets, folder):
                found[target] = counts
        except Refused as refusal:
            found[next(target for target in targets if target not in found)] = str(refusal)
    return found
