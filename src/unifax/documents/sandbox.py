"""Takes a process's powers away before it touches a stranger's file. Linux only; knows nothing of documents.

Nothing here is undone: it is meant for a child that works on what it holds already, and ends.
"""

import ctypes
import os
import platform
import pwd
import resource
import signal
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446  # the same on every architecture

_MACHINES: Mapping[str, tuple[int, int]] = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"AUDIT_ARCH_… of linux/audit.h, and the column of the table below."

_ALLOWED: Mapping[str, tuple[int, int]] = {
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "lseek": (8, 62),
    "close": (3, 57),
    "fstat": (5, 80),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "readlinkat": (267, 78),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "fcntl": (72, 25),
    "ftruncate": (77, 46),
    "dup": (32, 23),
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "mprotect": (10, 226),
    "madvise": (28, 233),
    "brk": (12, 214),
    "futex": (202, 98),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "gettimeofday": (96, 169),
    "getrandom": (318, 278),
    "recvmsg": (47, 212),
}
"""What reading, thinking and answering need. No open but for reading, no exec, no socket, no process, no thread, no
signal to others. Whatever else is asked for fails with EPERM, as if it were forbidden, which it is."""

_LOAD, _EQUAL, _MASK, _END = 0x20, 0x15, 0x54, 0x06
_ALLOW, _REFUSE, _NO_SUCH, _KILL = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000
"Classic BPF (linux/bpf_common.h), and what a filter can say (seccomp(2)): yes, EPERM, ENOSYS, and the end."
_CLONE_THREAD = 0x00010000

_OPENAT = (257, 56)
_TGKILL = (234, 131)
_PRLIMIT = (302, 261)
_NO_SUCH_CALL = ((56, 220), (435, 435), (41, 198))
"clone, clone3 and socket: ENOSYS, because Typst's thread pool then works without threads, where EPERM would stop it."


@dataclass(frozen=True, slots=True)
class Powers:
    """What a process keeps."""

    memory_bytes: int
    cpu_seconds: int
    file_bytes: int
    readable: Sequence[Path]
    "Folders it may still read by name."


@dataclass(frozen=True, slots=True)
class Kept:
    """Which walls stand."""

    user: str
    landlock: int
    "Version of the kernel's interface; 0 where it has none."
    seccomp: bool

    @property
    def whole(self) -> bool:
        """Whether all walls stand that there are."""
        return bool(self.landlock and self.seccomp)

    def __str__(self) -> str:
        landlock = f"on (version {self.landlock})" if self.landlock else "OFF"
        return f"user {self.user}, Landlock {landlock}, seccomp {'on' if self.seccomp else 'OFF'}"


def confine(powers: Powers, parent: int) -> Kept:
    """Give up everything but `powers`, and die when process `parent`, who must be ours, does.

    Started as root, the process becomes 'nobody'. Raises OSError when a wall that every kernel has does not stand.
    """
    for limit, value in (
        (resource.RLIMIT_AS, powers.memory_bytes),
        (resource.RLIMIT_FSIZE, powers.file_bytes),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    lower_cpu_seconds(powers.cpu_seconds)
    libc = ctypes.CDLL(None, use_errno=True)
    user = _become_nobody()
    _prctl(libc, _PR_SET_PDEATHSIG, signal.SIGKILL)  # a change of user clears it: after, not before
    if os.getppid() != parent:
        os._exit(1)
    _prctl(libc, _PR_SET_NO_NEW_PRIVS, 1)
    landlock = _landlock(libc, powers.readable)
    return Kept(user, landlock, _seccomp(libc))


def refuse_threads() -> bool:
    """Let this process and its children start no thread, as if the kernel had none; forking goes on as before.

    Typst then works without threads, and what it has made ready can be forked. Returns False where that cannot be had.
    """
    if platform.machine() not in _MACHINES:
        return False
    audit, column = _MACHINES[platform.machine()]
    (clone, clone3, _) = (numbers[column] for numbers in _NO_SUCH_CALL)
    steps = [
        *_of_machine(audit),
        (_EQUAL, 0, 1, clone3),
        (_END, 0, 0, _NO_SUCH),  # its flags lie in memory, out of sight; libc then asks for clone
        (_EQUAL, 1, 0, clone),
        (_END, 0, 0, _ALLOW),
        (_LOAD, 0, 0, 16),
        (_MASK, 0, 0, _CLONE_THREAD),
        (_EQUAL, 0, 1, 0),
        (_END, 0, 0, _ALLOW),
        (_END, 0, 0, _NO_SUCH),
    ]
    libc = ctypes.CDLL(None, use_errno=True)
    _prctl(libc, _PR_SET_NO_NEW_PRIVS, 1)
    return _filtered(libc, _written(steps))


def lower_cpu_seconds(seconds: int) -> None:
    """Give up all time on the processor but so much since the process began. What is given up is gone.

    A second later than SIGXCPU, which says why, comes SIGKILL, which always works (setrlimit(2)).
    """
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def _become_nobody() -> str:
    if os.getuid() != 0:
        return f"{os.getuid()} as before"
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
    os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)
    return "nobody"


def _prctl(libc: ctypes.CDLL, option: int, value: int) -> None:
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option}")


def _landlock(libc: ctypes.CDLL, readable: Sequence[Path]) -> int:
    """Forbid every use of a path but reading below `readable`; return the kernel's version or 0 (landlock(7))."""
    version = int(libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1))
    if version < 1:
        return 0
    files = (1 << 13 + sum(version >= added for added in (2, 3, 5))) - 1
    handled = struct.pack("=QQQ", files, 0b11, 0b11)  # files; TCP bind and connect; abstract sockets and signals
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = libc.syscall(_LANDLOCK_CREATE, handled, ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return 0
    for folder in readable:
        at = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        rule = struct.pack("=Qi", 1 << 2 | 1 << 3, at)  # READ_FILE, READ_DIR
        libc.syscall(_LANDLOCK_ADD, ruleset, 1, rule, 0)
        os.close(at)
    refused = libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0)
    os.close(ruleset)
    return 0 if refused else version


def _seccomp(libc: ctypes.CDLL) -> bool:
    """Let only the system calls of the table through (seccomp(2)). Return False where we have no table.

    RLIMIT_NPROC comes with it, not without it: it counts threads too, and where clone is not answered by the filter
    Typst must be able to start one.
    """
    if platform.machine() not in _MACHINES:
        return False
    soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    resource.setrlimit(resource.RLIMIT_NPROC, (0, hard))
    if _filtered(libc, _program(*_MACHINES[platform.machine()])):
        return True
    resource.setrlimit(resource.RLIMIT_NPROC, (soft, hard))
    return False


def _filtered(libc: ctypes.CDLL, program: bytes) -> bool:
    """Put a filter before all system calls to come."""
    code = ctypes.create_string_buffer(program)
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))  # struct sock_fprog
    return bool(libc.prctl(_PR_SET_SECCOMP, 2, header, 0, 0) == 0)


def _of_machine(audit: int) -> list[tuple[int, int, int, int]]:
    """Begin a filter: calls of another architecture end the process; then the call's number is looked at."""
    return [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, audit), (_END, 0, 0, _KILL), (_LOAD, 0, 0, 0)]


def _written(steps: Sequence[tuple[int, int, int, int]]) -> bytes:
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _program(audit: int, column: int) -> bytes:
    """Return the filter: classic BPF over struct seccomp_data (number, architecture, instruction, arguments)."""
    first, third = 16, 32  # arguments, low words: both machines are little-endian
    writes = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

    steps = _of_machine(audit)
    for numbers in _ALLOWED.values():
        steps += [(_EQUAL, 0, 1, numbers[column]), (_END, 0, 0, _ALLOW)]
    for numbers in _NO_SUCH_CALL:
        steps += [(_EQUAL, 0, 1, numbers[column]), (_END, 0, 0, _NO_SUCH)]
    steps += [(_EQUAL, 0, 5, _OPENAT[column]), (_LOAD, 0, 0, third), (_MASK, 0, 0, writes), (_EQUAL, 0, 1, 0)]
    steps += [(_END, 0, 0, _ALLOW), (_LOAD, 0, 0, 0)]
    for number, only in ((_TGKILL[column], os.getpid()), (_PRLIMIT[column], 0)):  # itself, and limits of itself
        steps += [(_EQUAL, 0, 4, number), (_LOAD, 0, 0, first), (_EQUAL, 0, 1, only), (_END, 0, 0, _ALLOW)]
        steps += [(_LOAD, 0, 0, 0)]
    steps += [(_END, 0, 0, _REFUSE)]
    return _written(steps)
