"""gan train --tui and gan watch --tui in a pseudo-terminal: keys, sizes, and what is left behind.

    python terminal_ui.py GAN FOLDER
"""

import fcntl
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

GAN = str(pathlib.Path(sys.argv[1]).resolve())
FOLDER = pathlib.Path(sys.argv[2])
ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"


class Session:
    """A program in a terminal of its own."""

    def __init__(self, args, columns, rows):
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        self.seen = b""
        environment = {**os.environ, "TERM": "xterm-256color"}
        environment.pop("NO_COLOR", None)

        self.process = subprocess.Popen(
            [GAN, *args], cwd=FOLDER, env=environment,
            stdin=self.slave, stdout=self.slave, stderr=self.slave, start_new_session=True,
        )

    def read(self, until, seconds=60):
        """Reads until the pattern was seen; gives what came."""
        end, start = time.time() + seconds, len(self.seen)
        while not re.search(until, self.seen[start:]):
            assert time.time() < end, f"{until} did not come: {self.seen[-3000:]!r}"
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    self.seen += os.read(self.master, 65536)
                except OSError:
                    break
        return self.seen[start:]

    def press(self, keys):
        os.write(self.master, keys)

    def end(self, code):
        end = time.time() + 60
        while self.process.poll() is None:
            assert time.time() < end, "it does not end"
            if select.select([self.master], [], [], 0.1)[0]:
                self.seen += os.read(self.master, 65536)
        time.sleep(0.2)
        while select.select([self.master], [], [], 0.1)[0]:
            self.seen += os.read(self.master, 65536)
        assert self.process.returncode == code, (self.process.returncode, self.seen[-2000:])
        self.check_clean()

    def check_clean(self):
        assert termios.tcgetattr(self.slave) == self.before, "the terminal is still raw"
        assert self.seen.count(ENTER) == self.seen.count(LEAVE) > 0, "the other screen stays"
        assert self.seen.rindex(b"\x1b[?25h") > self.seen.rindex(b"\x1b[?25l"), "no cursor"


def train(*more):
    return ["train", "--tui", "--steps", "100000", "--threads", "1", *more]


for columns, rows in [(80, 24), (40, 20)]:
    session = Session(train(), columns, rows)
    session.read(rb"Loss")
    session.read("▀".encode())
    session.press(b"c")
    session.read(rb"checkpoint of step")
    session.press(b"p")
    session.read(rb"paused")
    run = sorted((FOLDER / "runs").iterdir())[-1]
    grids = len(list(run.glob("fakes-*.png")))

    # Another process looks on, and leaves again.
    other = Session(["watch", "--tui", str(run.resolve())], columns, rows)
    other.read(rb"leave")
    other.press(b"q")
    other.end(0)

    session.press(b"s")
    session.press(b"p")
    session.read(rb"training")
    time.sleep(1)
    session.press(b"q")
    session.end(130)
    assert len(list(run.glob("fakes-*.png"))) > grids, "no samples were drawn"
    assert (run / "checkpoint.safetensors").exists()
    print(f"{columns} x {rows}: keys, pause, checkpoint, samples, stop, watch: clean")

session = Session(train(), 80, 24)
session.read(rb"Loss")
session.process.send_signal(signal.SIGTERM)
session.end(130)
print("SIGTERM: saved and clean")

session = Session(train(), 80, 24)
session.read(rb"Loss")
session.process.send_signal(signal.SIGTSTP)
end = time.time() + 10
while session.seen.count(LEAVE) == 0 and time.time() < end:
    session.read(re.escape(LEAVE))
session.check_clean()
session.process.send_signal(signal.SIGCONT)
session.read(re.escape(ENTER))
session.press(b"q")
session.end(130)
print("stopped and continued: clean between and after")

refused = subprocess.run([GAN, *train()], cwd=FOLDER, capture_output=True, text=True)
assert refused.returncode == 2 and "needs a terminal" in refused.stderr, refused
print("without a terminal it is refused")
