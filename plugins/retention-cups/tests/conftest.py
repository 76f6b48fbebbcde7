"""A real cupsd with a configuration of its own, on the loopback, and a backend that keeps files."""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from tests.ports import free_port

CUPSD = shutil.which("cupsd") or shutil.which("cupsd", path="/usr/sbin:/sbin")
DAEMON = Path("/usr/lib/cups")
CONFIGURATION = """
Listen 127.0.0.1:{port}
LogLevel warn
DefaultAuthType None
WebInterface No
Browsing No
PreserveJobHistory Yes
PreserveJobFiles No
<Location />
  Order allow,deny
  Allow 127.0.0.1
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
FILES = """
ServerRoot {root}/etc
ServerBin {root}/bin
RequestRoot {root}/spool
TempDir {root}/spool/tmp
CacheDir {root}/cache
StateDir {root}/run
AccessLog {root}/log/access
ErrorLog {root}/log/error
PageLog {root}/log/page
FileDevice Yes
User {user}
Group {group}
SystemGroup root
"""
PRINTER = """
<Printer {name}>
DeviceURI {device}
State {state}
Accepting Yes
Shared Yes
JobSheets none none
ErrorPolicy abort-job
</Printer>
"""
# Runs as cupsd runs any backend; a whole file appears or none.
BACKEND = """#!/bin/sh
[ $# -eq 0 ] && { echo 'direct capture "Unknown" "capture"'; exit 0; }
folder="${DEVICE_URI#capture:}"
[ -d "$folder" ] || exit 1
cat "${6:--}" > "$folder/.$1" && mv "$folder/.$1" "$folder/$1"
"""


class Cups:
    """One server. ``printed`` are the bytes that left it, by job number."""

    def __init__(self, root):
        self.root = root
        self.port = free_port()
        self.process = None
        self._write()

    def _write(self):
        user = pwd.getpwnam("lp") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        for name in ("etc/ppd", "spool/tmp", "cache", "run", "log", "bin/backend", "printed"):
            (self.root / name).mkdir(parents=True)
        for name in ("daemon", "filter", "notifier", "monitor", "cgi-bin"):
            (self.root / "bin" / name).symlink_to(DAEMON / name)
        backend = self.root / "bin/backend/capture"
        backend.write_text(BACKEND)
        backend.chmod(0o755)
        group = grp.getgrgid(user.pw_gid).gr_name
        (self.root / "etc/cupsd.conf").write_text(CONFIGURATION.format(port=self.port))
        files = FILES.format(root=self.root, user=user.pw_name, group=group)
        (self.root / "etc/cups-files.conf").write_text(files)
        capture = f"capture:{self.root}/printed"
        printers = (
            ("cards", capture, "Idle"),
            ("stopped", capture, "Stopped"),
            ("sink", "file:///dev/null", "Idle"),
            ("broken", "capture:/nowhere", "Idle"),
        )
        text = "".join(PRINTER.format(name=n, device=d, state=s) for n, d, s in printers)
        (self.root / "etc/printers.conf").write_text(text)
        for name in ("printed", "spool", "spool/tmp", "cache", "run"):
            os.chown(self.root / name, user.pw_uid, user.pw_gid)

    def start(self):
        command = [CUPSD, "-f", "-c", self.root / "etc/cupsd.conf"]
        command += ["-s", self.root / "etc/cups-files.conf"]
        log = (self.root / "log/output").open("w")
        with log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        for _ in range(2_400):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert self.process.poll() is None, self.log
                time.sleep(0.05)
            else:
                return
        raise AssertionError(self.log)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)

    @property
    def log(self):
        return (self.root / "log/output").read_text() + (self.root / "log/error").read_text()

    @property
    def printed(self):
        return {
            path.name: path.read_bytes()
            for path in (self.root / "printed").iterdir()
            if not path.name.startswith(".")
        }

    def address(self, queue):
        return f"ipp://127.0.0.1:{self.port}/printers/{queue}"


@pytest.fixture(scope="session")
def _server():
    if CUPSD is None:
        if os.environ.get("CI"):
            pytest.fail("cupsd is missing: apt-get install cups-daemon")
        pytest.skip("cupsd is missing: apt-get install cups-daemon")
    # Not in pytest's own folder: every run closes that to all others, and cupsd prints as lp.
    with tempfile.TemporaryDirectory(prefix="retention-cups-") as folder:
        Path(folder).chmod(0o755)
        server = Cups(Path(folder))
        server.start()
        yield server
        server.stop()


@pytest.fixture
def cups(_server):
    for path in (_server.root / "printed").iterdir():
        path.unlink()
    return _server
