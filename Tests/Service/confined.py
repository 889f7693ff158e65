#!/usr/bin/env python3
"""Runs a program with the rights that a systemd unit leaves, without systemd as the machine's first process.

    confined.py UNIT [DROP-IN …] -- PROGRAM [ARGUMENT …]

It obeys what a unit says of system calls: SystemCallFilter, SystemCallErrorNumber, MemoryDenyWriteExecute,
RestrictAddressFamilies, RestrictNamespaces, NoNewPrivileges, CapabilityBoundingSet when it is empty, and UMask. When root
starts it, the program runs as the user `nobody`, as a unit with DynamicUser would have another user. Folders, devices and
control groups stay as they are. The names of sets of calls are looked up by `systemd-analyze syscall-filter`.
"""

import ctypes
import ctypes.util
import errno
import os
import socket
import subprocess
import sys

ALLOW = 0x7FFF0000
MASKED_EQUAL = 7
PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP = 38, 24
PROT_WRITE, PROT_EXEC, SHM_EXEC = 2, 4, 0o100000
# The flags of clone() that make namespaces: time, mount, cgroup, uts, ipc, user, pid, net.
NAMESPACES = [0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000]


class Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("operation", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


seccomp = ctypes.CDLL(ctypes.util.find_library("seccomp") or "libseccomp.so.2")
seccomp.seccomp_init.restype = ctypes.c_void_p
seccomp.seccomp_init.argtypes = [ctypes.c_uint32]
seccomp.seccomp_load.argtypes = [ctypes.c_void_p]
seccomp.seccomp_rule_add_array.argtypes = [
    ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(Comparison)]
libc = ctypes.CDLL(None, use_errno=True)


def fail(text):
    sys.exit(f"error: {text}")


def settings(paths):
    """The [Service] lines of a unit and its drop-ins, in order."""
    found = []
    for path in paths:
        section = ""
        with open(path, encoding="utf-8") as file:
            for line in file:
                line = line.strip()
                if line.startswith("["):
                    section = line
                elif section == "[Service]" and "=" in line and not line.startswith("#"):
                    key, value = line.split("=", 1)
                    found.append((key, value))
    return found


def last(lines, key, default=""):
    values = [value for name, value in lines if name == key]
    return values[-1] if values else default


def calls(name, known={}):
    """The system calls of a name or of a set, which may name other sets."""
    if not name.startswith("@"):
        return {name}
    if name not in known:
        text = subprocess.run(
            ["systemd-analyze", "syscall-filter", name], check=True, capture_output=True, text=True).stdout
        words = [line.strip() for line in text.splitlines()[1:]]
        known[name] = set().union(*(calls(word) for word in words if word and not word.startswith("#")))
    return known[name]


def allowed_calls(lines):
    """What SystemCallFilter leaves; the first line says that calls are allowed by name. As in systemd, what every
    program needs is always allowed."""
    allowed = None
    for key, value in lines:
        if key != "SystemCallFilter":
            continue
        takes_away = value.startswith("~")
        names = set().union(*(calls(name) for name in value.lstrip("~").split()))
        if allowed is None:
            if takes_away:
                fail("the first SystemCallFilter must allow calls")
            allowed = set(calls("@default"))
        allowed = allowed - names if takes_away else allowed | names
    return allowed


class Filter:
    def __init__(self, action):
        self.context = seccomp.seccomp_init(action)
        if not self.context:
            fail("seccomp_init failed")

    def add(self, action, name, *comparisons):
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        # Other processors' calls have no number here.
        if number < 0:
            return
        array = (Comparison * max(1, len(comparisons)))(*comparisons)
        code = seccomp.seccomp_rule_add_array(self.context, action, number, len(comparisons), array)
        if code != 0:
            fail(f"{name}: {os.strerror(-code)}")

    def load(self):
        code = seccomp.seccomp_load(self.context)
        if code != 0:
            fail(f"seccomp_load: {os.strerror(-code)}")


def refuse(number):
    return 0x00050000 | number


def mask(argument, bits, value=None):
    return Comparison(argument, MASKED_EQUAL, bits, bits if value is None else value)


def confine(lines):
    if last(lines, "NoNewPrivileges") != "yes":
        fail("the unit must set NoNewPrivileges=yes")
    # The filters are made before rights are dropped and loaded after, because loading forbids what dropping needs.
    filters = []
    if last(lines, "MemoryDenyWriteExecute") == "yes":
        filter = Filter(ALLOW)
        filter.add(refuse(errno.EPERM), "mmap", mask(2, PROT_WRITE | PROT_EXEC))
        filter.add(refuse(errno.EPERM), "mprotect", mask(2, PROT_EXEC))
        filter.add(refuse(errno.EPERM), "pkey_mprotect", mask(2, PROT_EXEC))
        filter.add(refuse(errno.EPERM), "shmat", mask(2, SHM_EXEC))
        filters.append(filter)
    families = last(lines, "RestrictAddressFamilies").split()
    if families:
        filter = Filter(ALLOW)
        numbers = [getattr(socket, name) for name in families]
        for number in set(range(64)) - {int(family) for family in numbers}:
            filter.add(refuse(errno.EAFNOSUPPORT), "socket", mask(0, 0xFFFFFFFF, number))
        filters.append(filter)
    if last(lines, "RestrictNamespaces") == "yes":
        filter = Filter(ALLOW)
        # Its flags are in memory, where a filter cannot look; the C library then uses clone.
        filter.add(refuse(errno.ENOSYS), "clone3")
        filter.add(refuse(errno.EPERM), "setns")
        filter.add(refuse(errno.EPERM), "unshare")
        for flag in NAMESPACES:
            filter.add(refuse(errno.EPERM), "clone", mask(0, flag))
        filters.append(filter)
    allowed = allowed_calls(lines)
    if allowed is not None:
        code = last(lines, "SystemCallErrorNumber")
        filter = Filter(refuse(getattr(errno, code)) if code else 0x80000000)
        for name in sorted(allowed):
            filter.add(ALLOW, name)
        filters.append(filter)

    os.umask(int(last(lines, "UMask", "0022"), 8))
    if ("CapabilityBoundingSet", "") in lines and os.geteuid() == 0:
        for capability in range(64):
            libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        fail(f"prctl: {os.strerror(ctypes.get_errno())}")
    for filter in filters:
        filter.load()


def main():
    arguments = sys.argv[1:]
    if "--" not in arguments or arguments.index("--") in (0, len(arguments) - 1):
        sys.exit("confined.py UNIT [DROP-IN …] -- PROGRAM [ARGUMENT …]")
    split = arguments.index("--")
    lines = settings(arguments[:split])
    confine(lines)
    program = arguments[split + 1:]
    os.execvp(program[0], program)


main()
