"""What is outside of the sandbox in the tests: files, servers, a secret in the environment."""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
import threading
from pathlib import Path

KEY = "sk-secret-of-the-tests"
SECRET = "the text of the secret file"


_COUNT = itertools.count()


class World:
    """Servers that note who comes, files that are to stay as they are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unique = f"tesuji-test-{os.getpid()}-{next(_COUNT)}"
        folder.chmod(0o755)
        self.outside = folder / "outside"
        self.outside.mkdir()
        self.outside.chmod(0o777)
        self.secret, self.victim = folder / "secret.txt", self.outside / "victim.txt"
        for path, text in ((self.secret, SECRET), (self.victim, "as it was")):
            path.write_text(text)
            path.chmod(0o666)
        (folder / "a_project_of_somebody.py").write_text("PASSWORD = 'hunter2'\n")
        self.visits: list[str] = []
        self._servers = [
            self._listen("tcp4", socket.AF_INET, ("127.0.0.1", 0)),
            self._listen("unix", socket.AF_UNIX, str(folder / "unix.socket")),
            self._listen("abstract", socket.AF_UNIX, f"\0{self.unique}"),
        ]
        if socket.has_ipv6:
            with contextlib.suppress(OSError):  # a machine without
                self._servers.append(self._listen("tcp6", socket.AF_INET6, ("::1", 0)))
        (folder / "unix.socket").chmod(0o777)
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.udp.setblocking(False)

    def _listen(self, name: str, family: int, address: object) -> tuple[str, socket.socket]:
        server = socket.socket(family)
        server.bind(address)  # type: ignore[arg-type]
        server.listen()
        threading.Thread(target=self._note, args=(name, server), daemon=True).start()
        return name, server

    def _note(self, name: str, server: socket.socket) -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            self.visits.append(name)
            client.close()

    def names(self) -> dict[str, object]:
        """What `@NAME@` in a program stands for."""
        ports = {name: server.getsockname() for name, server in self._servers}
        return {
            "SECRET": self.secret, "VICTIM": self.victim, "OUTSIDE": self.outside,
            "FOLDER": self.folder, "PROJECT": self.folder, "PARENT": os.getpid(), "KEY": KEY,
            "UNIQUE": self.unique, "ABSTRACT": self.unique,
            "UNIX": self.folder / "unix.socket", "TCP4": ports["tcp4"][1],
            "TCP6": ports.get("tcp6", ("", 9))[1], "UDP": self.udp.getsockname()[1],
        }  # fmt: skip

    def filled(self, code: str) -> str:
        """A program with the names put in."""
        for name, value in self.names().items():
            code = code.replace(f"@{name}@", str(value))
        return code

    def untouched(self) -> bool:
        """Whether all is as it was, and nobody came."""
        try:
            self.udp.recv(10)
            return False
        except BlockingIOError:
            pass
        status = self.victim.stat()
        return (
            [path.name for path in self.outside.iterdir()] == ["victim.txt"]
            and self.victim.read_text() == "as it was"
            and status.st_mode & 0o777 == 0o666
            and status.st_mtime > 1e9
            and (status.st_uid, status.st_gid) == (os.getuid(), os.getgid())
            and status.st_nlink == self.secret.stat().st_nlink == 1
            and self.secret.read_text() == SECRET
            and not self.visits
        )

    def close(self) -> None:
        """No more servers."""
        for _, server in self._servers:
            server.close()
        self.udp.close()
