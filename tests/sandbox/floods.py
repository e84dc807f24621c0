"""Programs that take all there is, never end, or lie about how they ended."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Flood:
    """A program, and how it may end: the first word is how it ends on an idle machine."""

    name: str
    code: str
    ends: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


_NUMPY = "import numpy\n"
_OWN_FRAME = """
import os, struct
def frame(run, end, value=b'', error=None):
    lengths = [0 if text is None else len(text) + 1 for text in (value, error)]
    return struct.pack('!IBII', run, end, *lengths) + (value or b'') + (error or b'')
"""

MEMORY = (
    Flood("a growing list", "x = [0]\nwhile True: x += x", ("memory", "time")),
    Flood("a growing text", "x = 'x'\nwhile True: x += x", ("memory", "time")),
    Flood("one allocation", "bytearray(10**12)", ("memory",)),
    Flood("arrays", _NUMPY + "x = []\nwhile True: x.append(numpy.ones(10**7))", ("memory", "time")),
    Flood("mapped memory", "import mmap\nx = []\nwhile True: x.append(mmap.mmap(-1, 1 << 26)); x[-1].write(b'x' * (1 << 26))", ("error", "memory", "time")),
    Flood("mapped memory, swallowing errors", "import mmap\nx = []\nwhile True:\n    try: x.append(mmap.mmap(-1, 1 << 20))\n    except BaseException: pass", ("time",)),
    Flood("memory by libc", "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.malloc.restype = ctypes.c_void_p\nwhile p := libc.malloc(1 << 24): ctypes.memset(p, 1, 1 << 24)\nraise MemoryError", ("memory", "time", "error")),
    Flood("recursion", "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()", ("memory", "time", "killed", "error")),
    Flood("recursion in C", "x = []\nfor _ in range(10**6): x = [x]\nimport sys\nsys.setrecursionlimit(10**9)\nrepr(x)", ("killed", "memory", "error", "time")),
    Flood("brackets", "eval('(' * 100_000)", ("memory", "error", "killed")),
    Flood("brackets as code", "(" * 100_000, ("memory", "error", "killed")),
    Flood("a wide expression", "+".join(["1"] * 200_000), ("ok", "memory", "error", "killed", "time")),
)  # fmt: skip

TIME = (
    Flood("a loop", "while True: pass", ("time",)),
    Flood("a loop that catches all", "while True:\n    try:\n        while True: pass\n    except BaseException: pass", ("time",)),
    Flood("a power", "10 ** 10 ** 9", ("time", "memory")),
    Flood("a pattern", "import re\nre.match('(a+)+$', 'a' * 40 + 'b')", ("time",)),
    Flood("a sum", "sum(range(10**12))", ("time",)),
    Flood("sleep", "import time\ntime.sleep(1000)", ("time",)),
    Flood("signals ignored", "import signal\nfor number in range(1, 65):\n    try: signal.signal(number, signal.SIG_IGN)\n    except (OSError, ValueError): pass\nwhile True: pass", ("time",)),
    Flood("signals blocked", "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass", ("time",)),
    Flood("threads that work on", "import threading\ndef work():\n    while True: pass\nfor _ in range(4): threading.Thread(target=work).start()\nwork()", ("time",)),
    Flood("waiting for itself", "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()", ("time",)),
    Flood("reading what never comes", "import os\nos.read(os.pipe()[0], 1)", ("time",)),
    Flood("reading the code's own pipe", "import os\nwhile True: os.read(3, 1)", ("time",)),
    Flood("a stopped process", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\nwhile True: pass", ("time",)),
    Flood("a value that never shows itself", "class V:\n    def __repr__(self):\n        while True: pass\nV()", ("time",)),
    Flood("an error that never shows itself", "class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E", ("time",)),
    Flood("an end that is no end", "import sys\nclass E(SystemExit):\n    @property\n    def code(self):\n        while True: pass\nraise E", ("time", "error")),
)  # fmt: skip

OUTPUT = (
    Flood("endless lines", "while True: print('x' * 1000)", ("output", "time")),
    Flood("endless errors", "import sys\nwhile True: sys.stderr.write('x' * 10_000)", ("output", "time")),
    Flood("endless bytes", "import os\nwhile True: os.write(1, b'\\xff' * 65_536)", ("output", "time")),
    Flood("one long line", "print('あ' * 10**6)", ("ok",)),
    Flood("a long value", "'あ' * 10**6", ("ok",)),
    Flood("a long error", "raise ValueError('あ' * 10**6)", ("error",)),
    Flood("a long cause of leaving", "raise SystemExit('あ' * 10**6)", ("error",)),
    Flood("printing from a thread for ever", "import threading\ndef work():\n    while True: print('x' * 100)\nthreading.Thread(target=work, daemon=True).start()", ("ok", "output")),
    Flood("controls", "print('\\x1b[2J\\x07\\r\\0')", ("ok",)),
    Flood("half characters", "print('\\ud800')\n'\\udfff'", ("ok",)),
)  # fmt: skip

DISK = (
    Flood("one big file", "with open('big', 'wb') as file:\n    while True: file.write(b'x' * (1 << 20))", ("error", "killed")),
    Flood("big files", "k = 0\nwhile True:\n    k += 1\n    try:\n        with open(f'{k}', 'wb') as file: file.write(b'x' * (1 << 20))\n    except OSError: pass", ("time", "killed")),
    Flood("many files", "k = 0\nwhile True:\n    k += 1\n    open(f'{k}', 'w').close()", ("error", "killed")),
    Flood("many folders", "import os\nk = 0\nwhile True:\n    k += 1\n    os.mkdir(f'{k}')", ("error", "killed")),
    Flood("deep folders", "import os\nwhile True:\n    os.mkdir('deep')\n    os.chdir('deep')", ("error", "killed")),
    Flood("a file made longer", "import os\nwith open('long', 'wb') as file: os.ftruncate(file.fileno(), 1 << 40)", ("error", "killed")),
    Flood("room taken", "import os\nfile = open('long', 'wb')\nos.posix_fallocate(file.fileno(), 0, 1 << 40)", ("error", "killed")),
    Flood("deleted but open", "files = []\nimport os\nwhile True:\n    files.append(open('f', 'wb'))\n    os.unlink('f')\n    files[-1].write(b'x' * (1 << 22)); files[-1].flush()", ("error", "killed")),
    Flood("open files", "files = []\nwhile True: files.append(open('/dev/null'))", ("error",)),
    Flood("pipes", "import os\nends = []\nwhile True: ends.append(os.pipe())", ("error",)),
    Flood("links in a circle", "import os\nos.symlink('a', 'b'); os.symlink('b', 'a'); os.mkdir('c'); os.symlink('../c', 'c/d'); os.symlink('/', 'c/root')", ("ok",)),
    Flood("folders nobody may enter", "import os\nfor k in range(9):\n    os.mkdir(f'{k}', 0); os.umask(0o777); os.mkdir(f'x{k}'); os.umask(0)", ("ok", "killed")),
)  # fmt: skip

PROCESSES = (
    Flood("forks", "import os\nwhile True: os.fork()", ("error",)),
    Flood("forks, swallowing errors", "import os\nfor _ in range(10_000):\n    try: os.fork()\n    except OSError: pass", ("ok", "time")),
    Flood("threads", "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(1000,)).start()", ("error",)),
    Flood("threads with small stacks", "import threading, time\nthreading.stack_size(32_768)\nn = 0\nwhile n < 100_000:\n    try: threading.Thread(target=time.sleep, args=(1000,), daemon=True).start(); n += 1\n    except RuntimeError: break\nassert n < 200, n", ("ok", "time")),
    Flood("threads left running", "import threading\ndef work():\n    while True: pass\nthreading.Thread(target=work).start()", ("ok",)),
    Flood("a timer left running", "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_DFL)\nsignal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)", ("ok", "killed")),
)  # fmt: skip

ENDING = (
    Flood("leaving at once", "import os\nos._exit(0)", ("killed",)),
    Flood("leaving with a number", "import os\nos._exit(97)", ("killed",)),
    Flood("killing itself", "import os\nos.kill(os.getpid(), 9)\nos._exit(1)", ("killed",)),
    Flood("aborting", "import os\nos.abort()", ("killed",)),
    Flood("a fault", "import ctypes\nctypes.string_at(0)", ("killed",)),
    Flood("an illegal instruction", "import ctypes, mmap\nm = mmap.mmap(-1, 4096, prot=7)\nm.write(b'\\x0f\\x0b' * 8)\nctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(m)))()", ("killed",)),
    Flood("closing everything", "import os\nos.closerange(0, 1000)", ("killed", "time")),
    Flood("closing stdout", "import sys\nsys.stdout.close(); sys.stderr.close()", ("ok",)),
    Flood("exit", "exit()", ("ok",)),
    Flood("sys.exit", "import sys\nsys.exit(3)", ("error",)),
    Flood("an interrupt", "raise KeyboardInterrupt", ("error",)),
    Flood("leaving a generator", "raise GeneratorExit", ("error",)),
)  # fmt: skip

LIES = (
    Flood("a forged answer", _OWN_FRAME + "os.write(4, frame(1, 0, b'forged'))\nwhile True: pass", ("ok", "time")),
    Flood("a forged answer for later", _OWN_FRAME + "for k in range(2, 50): os.write(4, frame(k, 0, b'forged'))", ("ok",)),
    Flood("a pickle as answer", "import os, pickle\nclass P:\n    def __reduce__(self): return (exec, ('import os; os._exit(42)',))\nos.write(4, pickle.dumps(P()) * 20)\nwhile True: pass", ("killed", "time")),
    Flood("a huge answer", "import os, struct\nos.write(4, struct.pack('!IBII', 1, 0, 2**32 - 1, 2**32 - 1))\nwhile True: pass", ("killed",)),
    Flood("an unknown end", "import os, struct\nos.write(4, struct.pack('!IBII', 1, 99, 0, 0))\nwhile True: pass", ("killed",)),
    Flood("half an answer", "import os\nos.write(4, b'\\0\\0')\nos._exit(0)", ("killed",)),
    Flood("noise on every descriptor", "import os\nfor k in range(256):\n    try: os.write(k, bytes(range(256)))\n    except OSError: pass", ("killed", "ok", "time")),
    Flood("an end from the other side", _OWN_FRAME + "os.write(4, frame(1, 3, b'x'))\nwhile True: pass", ("error", "time")),
    Flood("a patched json", "import json, struct, os\njson.dumps = json.loads = None\nstruct.pack = struct.Struct = None\nos.write = os.read = lambda *_: b''", ("time", "killed")),
    Flood("patched builtins", "import builtins\nfor name in ('print', 'compile', 'exec', 'eval', 'repr', 'len', 'isinstance', 'type'): setattr(builtins, name, None)", ("ok", "killed", "error", "time")),
    Flood("no builtins", "import builtins\nfor name in list(vars(builtins)): delattr(builtins, name)", ("ok", "killed", "error", "time")),
    Flood("no modules", "import sys\nsys.modules.clear()", ("ok", "killed", "error")),
    Flood("a patched stdout", "import sys\nclass Out:\n    def write(self, text): raise RuntimeError\n    def flush(self): raise SystemExit(1)\nsys.stdout = sys.stderr = sys.__stdout__ = Out()", ("ok",)),
    Flood("a patched traceback", "import traceback\ntraceback.TracebackException = None\n1 / 0", ("error",)),
    Flood("the interpreter's own frame", "import sys\nframe = sys._getframe()\nwhile frame:\n    for name, thing in list(frame.f_locals.items()):\n        if hasattr(thing, '_count'): thing._count = 10**6; thing._shown = 10**9\n    frame = frame.f_back\n'x' * 10**6", ("ok", "killed")),
    Flood("a value that is none", "class V:\n    def __repr__(self): return 42\nV()", ("error",)),
    Flood("a value that leaves", "class V:\n    def __repr__(self): raise SystemExit\nV()", ("ok",)),
    Flood("an error that can't be told", "class E(Exception):\n    def __str__(self): raise self\nraise E", ("error",)),
    Flood("an error of no name", "class M(type):\n    __name__ = property(lambda self: 1 / 0)\nclass E(Exception, metaclass=M): pass\nraise E", ("error", "killed")),
    Flood("all objects there are", "import gc, os, socket\nfor thing in gc.get_objects():\n    for name in ('send', 'sendall', 'close', 'fileno'):\n        if type(thing).__name__ in ('socket', 'Server', 'Session', 'FileIO'):\n            try: getattr(thing, name)(b'r')\n            except BaseException: pass", ("ok", "killed", "time", "error")),
    Flood("hooks", "import sys\nsys.settrace(lambda *_: 1 / 0)\nsys.setprofile(lambda *_: 1 / 0)\nsys.excepthook = sys.unraisablehook = None", ("ok", "error", "killed", "time")),
    Flood("a finaliser", "class D:\n    def __del__(self):\n        while True: pass\nD()", ("time", "ok", "error")),
    Flood("at exit", "import atexit\natexit.register(lambda: print('x' * 10**6))\nimport sys\nsys.exit()", ("ok",)),
)  # fmt: skip

FLOODS = (*MEMORY, *TIME, *OUTPUT, *DISK, *PROCESSES, *ENDING, *LIES)
