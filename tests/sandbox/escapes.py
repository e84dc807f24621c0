"""Programs that try to get out: each prints ESCAPED where it succeeds.

`@NAME@` stands for what the world outside has: a secret file, a server, the parent's process id …
Those with `harmless` are also run without a sandbox, where they must succeed: else they would
prove nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

TRIED = """
import os, sys, ctypes, platform
def tried(attempt, *arguments):
    try:
        got = attempt(*arguments)
    except BaseException as problem:
        print("held:", type(problem).__name__)
    else:
        print("ESCAPED:", got if got is None else str(got)[:200])
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def syscall(number, *arguments):
    as_c = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = libc.syscall(ctypes.c_long(number), *as_c)
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result
X86 = platform.machine() == "x86_64"
def read(path):
    with open(path, "rb") as file:
        return file.read(10_000)
def write(path):
    with open(path, "wb") as file:
        file.write(b"!")
"""


@dataclass(frozen=True)
class Escape:
    """A program, and whether it may be run outside for comparison."""

    name: str
    code: str
    harmless: bool = False

    def __str__(self) -> str:
        return self.name


READING = (
    Escape("read the list of users", "tried(read, '/etc/passwd')", harmless=True),
    Escape("read a secret by its path", "tried(read, '@SECRET@')", harmless=True),
    Escape("read by the system call", "tried(lambda: syscall(257 if X86 else 56, -100, b'@SECRET@', 0, 0))", harmless=True),
    Escape("read by fopen", "libc.fopen.restype = ctypes.c_void_p\nf = libc.fopen(b'@SECRET@', b'r')\nprint('ESCAPED' if f else 'held')", harmless=True),
    Escape("openat2", "how = (ctypes.c_uint64 * 3)(0, 0, 0)\ntried(lambda: syscall(437, -100, b'@SECRET@', how, 24))", harmless=True),
    Escape("open without reading, then again", """
def again():
    at = os.open('@SECRET@', os.O_PATH)
    return read(f'/proc/self/fd/{at}')
tried(again)""", harmless=True),
    Escape("the parent's environment", "tried(read, '/proc/@PARENT@/environ')", harmless=True),
    Escape("environments of all processes", """
for process in ['@PARENT@', os.getppid(), *range(1, 300), 'self', 'thread-self']:
    try:
        text = read(f'/proc/{process}/environ').decode()
    except OSError:
        continue
    if '@KEY@' in text: print('ESCAPED')""", harmless=True),
    Escape("its own environment", "print('ESCAPED' if '@KEY@' in str(dict(os.environ)) else 'held')"),
    Escape("the environment in C", """
block = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, 'environ')
k = 0
while block and block[k]:
    if b'@KEY@' in block[k]: print('ESCAPED')
    k += 1"""),
    Escape("the root of another process", """
for process in ('self', 'thread-self', '1', '@PARENT@', os.getppid()):
    tried(read, f'/proc/{process}/root/@SECRET@')
    tried(read, f'/proc/{process}/cwd/../../../../../../@SECRET@')""", harmless=True),
    Escape("memory of the parent", """
tried(read, '/proc/@PARENT@/maps')
tried(read, '/proc/@PARENT@/mem')""", harmless=True),
    Escape("files that the parent has open", "tried(os.listdir, '/proc/@PARENT@/fd')", harmless=True),
    Escape("dots", "tried(read, '../' * 30 + '@SECRET@')", harmless=True),
    Escape("a symbolic link", "os.symlink('@SECRET@', 'link')\ntried(read, 'link')", harmless=True),
    Escape("a chain of links", """
os.symlink('/', 'root')
os.symlink('root/@SECRET@', 'link')
tried(read, 'link')
tried(os.listdir, 'root/etc')""", harmless=True),
    Escape("a hard link", "os.link('@SECRET@', 'hard')\nprint('ESCAPED', read('hard'))", harmless=True),
    Escape("devices", "for name in ('mem', 'kmsg', 'vda', 'sda', 'nvme0n1', 'tty', 'ptmx', 'fuse'):\n    tried(read, f'/dev/{name}')"),
    Escape("the machine's own files", "for path in ('/etc/shadow', '/etc/hosts', '/sys/kernel/notes', '/proc/version', '/proc/cpuinfo'):\n    tried(read, path)", harmless=True),
    Escape("folders", """
way = {name for place in (*sys.path, sys.prefix) for name in place.split('/')}  # to the libraries
def others(path):
    names = [name for name in os.listdir(path) if name not in way]
    return names[0] if path != '/' or 'etc' in names else 1 / 0
for path in ('/', '/etc', '/home', '/proc', '/tmp', '@FOLDER@'):
    tried(others, path)""", harmless=True),
    Escape("a file's handle", """
handle = ctypes.create_string_buffer(200)
ctypes.c_uint.from_buffer(handle).value = 128
number = ctypes.c_int()
tried(lambda: syscall(303 if X86 else 264, -100, b'@SECRET@', handle, ctypes.byref(number), 0))""", harmless=True),
    Escape("the project's own modules", "sys.path.insert(0, '@PROJECT@')\ntried(lambda: __import__('a_project_of_somebody').PASSWORD)", harmless=True),
    Escape("leaving by chroot", """
os.makedirs('jail', exist_ok=True)
tried(os.chroot, 'jail')"""),
    Escape("watching files", "tried(lambda: syscall(254 if X86 else 27, syscall(294 if X86 else 26, 0), b'/etc', 0xfff))", harmless=True),
)  # fmt: skip

WRITING = (
    Escape("write outside", "tried(write, '@OUTSIDE@/new')", harmless=True),
    Escape("overwrite", "tried(write, '@VICTIM@')", harmless=True),
    Escape("write where everybody may", "for path in ('/tmp', '/var/tmp', '/dev/shm'):\n    tried(write, path + '/@UNIQUE@')\n    try: os.unlink(path + '/@UNIQUE@')\n    except OSError: pass", harmless=True),
    Escape("overwrite a library", "tried(open, os.__file__, 'r+')\ntried(open, __import__('numpy').__file__, 'ab')\ntried(write, os.path.dirname(os.__file__) + '/@UNIQUE@.py')"),
    Escape("write through a link", "os.symlink('@OUTSIDE@/new', 'link')\ntried(write, 'link')", harmless=True),
    Escape("move a file out", "write('mine')\ntried(os.rename, 'mine', '@OUTSIDE@/new')\ntried(os.link, 'mine', '@OUTSIDE@/new2')", harmless=True),
    Escape("delete", "tried(os.unlink, '@VICTIM@')", harmless=True),
    Escape("shorten", "tried(os.truncate, '@VICTIM@', 0)", harmless=True),
    Escape("change modes and times", "tried(os.chmod, '@VICTIM@', 0o777)\ntried(os.utime, '@VICTIM@', (0, 0))", harmless=True),
    Escape("change the owner", "tried(os.chown, '@VICTIM@', os.getuid(), os.getgid())", harmless=True),
    Escape("extended attributes", "tried(os.setxattr, '@VICTIM@', 'user.a', b'1')"),
    Escape("make folders", "tried(os.mkdir, '@OUTSIDE@/folder')\ntried(os.symlink, '/', '@OUTSIDE@/link')\ntried(os.mkfifo, '@OUTSIDE@/fifo')", harmless=True),
    Escape("make a device", "tried(os.mknod, 'disk', 0o60666, os.makedev(254, 0))\ntried(os.mknod, 'memory', 0o20666, os.makedev(1, 1))"),
    Escape("a file without a name", "tried(os.open, '@OUTSIDE@', os.O_TMPFILE | os.O_RDWR)"),
)  # fmt: skip

_FAMILIES = "for family in range(46):\n    for kind in (1, 2, 3, 5):\n        "
NETWORK = (
    Escape("TCP", "import socket\ntried(lambda: socket.create_connection(('127.0.0.1', @TCP4@), 3))", harmless=True),
    Escape("TCP over IPv6", "import socket\ntried(lambda: socket.create_connection(('::1', @TCP6@), 3))"),
    Escape("UDP", "import socket\ntried(lambda: socket.socket(2, 2).sendto(b'secret', ('127.0.0.1', @UDP@)))", harmless=True),
    Escape("UDP over IPv6", "import socket\ntried(lambda: socket.socket(10, 2).sendto(b'secret', ('::1', @UDP@)))"),
    Escape("a Unix socket", "import socket\ntried(lambda: socket.socket(1).connect('@UNIX@'))", harmless=True),
    Escape("an abstract Unix socket", "import socket\ntried(lambda: socket.socket(1).connect('\\0@ABSTRACT@'))", harmless=True),
    Escape("netlink", "import socket\ntried(lambda: socket.socket(16, 3, 0).bind((0, 0)))", harmless=True),
    Escape("raw sockets", "import socket\ntried(socket.socket, 2, 3, 1)\ntried(socket.socket, 10, 3, 58)"),
    Escape("packets", "import socket\ntried(socket.socket, 17, 3, 0x300)"),
    Escape("the hypervisor", "import socket\ntried(socket.socket, 40, 1)"),
    Escape("every family", "import socket\n" + _FAMILIES + "tried(socket.socket, family, kind)"),
    Escape("a pair of sockets", "import socket\ntried(socket.socketpair)", harmless=True),
    Escape("listening", "import socket\ntried(lambda: socket.create_server(('0.0.0.0', 0)))", harmless=True),
    Escape("names", "import socket\ntried(lambda: socket.gethostbyname('localhost.example'))"),
    Escape("a page", "import urllib.request\ntried(lambda: urllib.request.urlopen('http://127.0.0.1:@TCP4@/', timeout=1))"),
    Escape("io_uring", "tried(lambda: syscall(425, 8, ctypes.create_string_buffer(200)))"),
)  # fmt: skip

PROCESSES = (
    Escape("fork", "tried(os.fork) if sys.argv == [''] else None"),
    Escape("fork by the system call", "tried(lambda: syscall(56 if X86 else 220, 17, 0, 0, 0, 0))\ntried(lambda: syscall(57 if X86 else 220, 17, 0, 0, 0, 0))\ntried(lambda: syscall(58 if X86 else 220, 17, 0, 0, 0, 0))"),
    Escape("clone3", "request = (ctypes.c_uint64 * 11)(0, 0, 0, 0, 17)\ntried(lambda: syscall(435, request, 88))"),
    Escape("a thread that is none", "tried(lambda: syscall(56 if X86 else 220, 0x100 | 17, 0, 0, 0, 0))"),
    Escape("a shell", "import subprocess\ntried(subprocess.check_output, ['/bin/sh', '-c', 'id'])\ntried(lambda: 1 / (os.system('true') == 0))", harmless=True),
    Escape("another program", "for path in (sys.executable, '/bin/sh', '/usr/bin/env', '/proc/self/exe', '/lib64/ld-linux-x86-64.so.2'):\n    tried(os.execv, path, [path])"),
    Escape("a program of its own", "open('mine', 'w').write('#!/bin/sh\\n')\ntried(os.execv, './mine', ['mine'])\ntried(os.posix_spawn, './mine', ['mine'], {})"),
    Escape("a program in memory", "tried(lambda: syscall(319 if X86 else 279, b'x', 0))\ntried(lambda: syscall(322 if X86 else 281, -100, b'/bin/sh', 0, 0, 0))"),
    Escape("multiprocessing", "import multiprocessing\ntried(lambda: multiprocessing.get_context('fork').Process(target=print).start())"),
    Escape("a daemon", "tried(os.fork) if sys.argv == [''] else None\ntried(os.setsid)"),
    Escape("kill the parent", "import signal\nfor process in (@PARENT@, os.getppid(), -1, 0, 1 if os.getpid() != 1 else 2):\n    tried(os.kill, process, 9)\ntried(os.killpg, os.getpgrp(), 9)"),
    Escape("kill by other calls", "tried(lambda: syscall(129 if X86 else 138, @PARENT@, 9, ctypes.create_string_buffer(128)))\ntried(lambda: syscall(200 if X86 else 130, @PARENT@, 9))\ntried(lambda: syscall(234 if X86 else 131, @PARENT@, @PARENT@, 9))\ntried(lambda: syscall(424, syscall(434, @PARENT@, 0), 9, 0, 0))"),
    Escape("trace the parent", "tried(lambda: syscall(101 if X86 else 117, 16, @PARENT@, 0, 0))\ntried(lambda: syscall(101 if X86 else 117, 16, os.getppid() or 1, 0, 0))"),
    Escape("read the parent's memory", "tried(lambda: syscall(310 if X86 else 270, @PARENT@, 0, 0, 0, 0, 0))\ntried(lambda: syscall(311 if X86 else 271, @PARENT@, 0, 0, 0, 0, 0))\ntried(lambda: syscall(438, 3, 0, 0))", harmless=True),
    Escape("priorities", "tried(os.nice, -5)\ntried(os.setpriority, 0, 0, -20)\ntried(os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(1))\ntried(lambda: syscall(251 if X86 else 30, 1, 0, 1 << 13))\ntried(os.sched_setaffinity, 0, [0])"),
    Escape("limits", "import resource\ntried(resource.setrlimit, resource.RLIMIT_AS, (-1, -1))\ntried(lambda: resource.prlimit(os.getpid(), resource.RLIMIT_NPROC, (10**6, 10**6)))\ntried(lambda: syscall(160 if X86 else 164, 9, (ctypes.c_uint64 * 2)(2**63, 2**63)))"),
)  # fmt: skip

_CALLS = """
calls = {calls}
for name, (x86, arm, *arguments) in calls.items():
    number = x86 if X86 else arm
    try:
        syscall(number, *arguments)
    except OSError as problem:
        # Anything but a plain refusal would mean that the kernel looked at the arguments.
        print('held' if problem.errno in (1, 38) else f'ESCAPED: {{name}} came as far as {{problem.errno}}')
    else:
        print('ESCAPED:', name)
"""


def _calls(**calls: tuple[int | str, ...]) -> str:
    return _CALLS.format(calls={name: list(what) for name, what in calls.items()})


KERNEL = (
    Escape("namespaces", _calls(unshare=(272, 97, 0x10000000), unshare_all=(272, 97, 0x7E020000), setns=(308, 268, 0, 0), pivot_root=(155, 41, 0, 0), chroot=(161, 51, 0))),
    Escape("mounts", _calls(mount=(165, 40, 0, 0, 0, 0, 0), umount=(166, 39, 0, 0), open_tree=(428, 428, -100, 0, 1), move_mount=(429, 429, 0, 0, 0, 0, 0), fsopen=(430, 430, 0, 0), mount_setattr=(442, 442, -100, 0, 0, 0, 0), swapon=(167, 224, 0, 0))),
    Escape("programs in the kernel", _calls(bpf=(321, 280, 0, 0, 0), perf=(298, 241, 0, 0, 0, 0, 0), userfaultfd=(323, 282, 0), modules=(175, 105, 0, 0, 0), finit=(313, 273, 0, 0, 0), kexec=(246, 104, 0, 0, 0, 0), seccomp=(317, 277, 1, 8, 0), landlock=(444, 444, 0, 0, 1))),
    Escape("keys", _calls(keyctl=(250, 219, 0, -3, 0), add_key=(248, 217, 0, 0, 0, 0, -3), request_key=(249, 218, 0, 0, 0, 0))),
    Escape("shared memory", _calls(shmget=(29, 194, 1234, 4096, 0o1666), semget=(64, 190, 1234, 1, 0o1666), msgget=(68, 186, 1234, 0o1666), mq_open=(240, 180, 0, 64, 0, 0), memfd=(319, 279, 0, 0))),
    Escape("the machine", _calls(reboot=(169, 142, 0, 0, 0, 0), sethostname=(170, 161, 0, 0), settimeofday=(164, 170, 0, 0), clock_settime=(227, 112, 0, 0), adjtimex=(159, 171, 0), syslog=(103, 116, 10, 0, 0), quotactl=(179, 60, 0, 0, 0, 0), acct=(163, 89, 0))),
    Escape("users", _calls(setuid=(105, 146, 0), setresuid=(117, 147, 0, 0, 0), setgid=(106, 144, 0), setgroups=(116, 159, 0, 0), capset=(126, 91, 0, 0))),
    Escape("new ways of input and output", _calls(io_uring_setup=(425, 425, 1, 0), io_uring_enter=(426, 426, 0, 0, 0, 0, 0), io_setup=(206, 0, 1, 0), vmsplice=(278, 75, 0, 0, 0, 0), splice=(275, 76, 0, 0, 0, 0, 0, 0), process_madvise=(440, 440, 0, 0, 0, 0, 0))),
    Escape("its own state", "for option, value in ((1, 0), (4, 1), (8, 1), (22, 0), (23, 0), (28, 0), (36, 0), (24, 0)):\n    tried(lambda: syscall(157 if X86 else 167, option, value, 0, 0, 0) < 0)"),
    Escape("signals by files", "import fcntl\nends = os.pipe()\ntried(fcntl.fcntl, ends[0], 8, @PARENT@)\ntried(fcntl.fcntl, ends[0], 1031, 1 << 20)\ntried(fcntl.ioctl, 1, 0x5412, b'x')"),
    Escape("other numbers for system calls", "if X86:\n    tried(lambda: syscall(0x40000000 + 41, 2, 1, 0))\n    tried(lambda: syscall(0x40000000 + 57))"),
)  # fmt: skip

ESCAPES = (*READING, *WRITING, *NETWORK, *PROCESSES, *KERNEL)
