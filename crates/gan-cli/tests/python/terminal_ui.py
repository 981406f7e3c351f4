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
FOLDER.mkdir(parents=True, exist_ok=True)
ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"


CONTROL = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|\x1b.")


class Grid:
    """What a terminal shows: a program writes only the cells that change."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.clear()

    def clear(self):
        self.cells = [[" "] * self.columns for _ in range(self.rows)]
        self.row = self.column = 0

    def write(self, text):
        at = 0
        while at < len(text):
            control = CONTROL.match(text, at)
            if control:
                self.obey(control.group(1) or "", control.group(2))
                at = control.end()
                continue
            if text[at] >= " " and self.row < self.rows and self.column < self.columns:
                self.cells[self.row][self.column] = text[at]
                self.column += 1
            at += 1

    def obey(self, numbers, command):
        if command == "H":
            row, column = ([int(number or 1) for number in numbers.split(";")] + [1, 1])[:2]
            self.row, self.column = row - 1, column - 1
        elif command == "J":
            self.clear()

    def text(self):
        return "\n".join("".join(row).rstrip() for row in self.cells)


class Session:
    """A program in a terminal of its own."""

    def __init__(self, args, columns, rows):
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        self.seen, self.shown, self.grid = b"", 0, Grid(columns, rows)
        environment = {**os.environ, "TERM": "xterm-256color"}
        environment.pop("NO_COLOR", None)

        self.process = subprocess.Popen(
            [GAN, *args], cwd=FOLDER, env=environment,
            stdin=self.slave, stdout=self.slave, stderr=self.slave, start_new_session=True,
        )

    def take(self):
        """Takes what has come, if anything has."""
        if select.select([self.master], [], [], 0.1)[0]:
            self.seen += os.read(self.master, 65536)
        # What is no whole character or control sequence yet waits.
        text = self.seen[self.shown :].decode(errors="ignore")
        last = text.rfind("\x1b")
        if last >= 0 and not re.match(r"\x1b\[[?0-9;]*[A-Za-z]", text[last:]):
            text = text[:last]
        self.grid.write(text)
        self.shown += len(text.encode())

    def wait(self, condition, what, seconds=60):
        end = time.time() + seconds
        while not condition():
            assert time.time() < end, f"{what} did not come:\n{self.grid.text()}"
            self.take()

    def shows(self, text):
        self.wait(lambda: text in self.grid.text(), text)

    def press(self, keys):
        os.write(self.master, keys)

    def end(self, code):
        self.wait(lambda: self.process.poll() is not None, "the end")
        for _ in range(3):
            self.take()
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
    for text in ["Loss", "▀", "D(G(z))", "Events", "q stop"]:
        session.shows(text)
    session.press(b"c")
    session.shows("checkpoint of step")
    session.press(b"p")
    session.shows("paused")
    run = sorted((FOLDER / "runs").iterdir())[-1]
    grids = len(list(run.glob("fakes-*.png")))
    assert (run / "checkpoint.safetensors").exists()

    # Another process looks on, and leaves again.
    other = Session(["watch", "--tui", str(run.resolve())], columns, rows)
    other.shows("q leave")
    other.press(b"q")
    other.end(0)

    session.press(b"sp")
    session.wait(lambda: len(list(run.glob("fakes-*.png"))) > grids, "a grid")
    session.press(b"q")
    session.end(130)
    print(f"{columns} x {rows}: keys, pause, checkpoint, samples, stop, watch: clean")

session = Session(train(), 80, 24)
session.shows("Loss")
session.process.send_signal(signal.SIGTERM)
session.end(130)
print("SIGTERM: saved and clean")

session = Session(train(), 80, 24)
session.shows("Loss")
session.process.send_signal(signal.SIGTSTP)
session.wait(lambda: session.seen.count(LEAVE) == 1, "the other screen left")
time.sleep(0.5)
session.check_clean()
session.grid.clear()
session.process.send_signal(signal.SIGCONT)
session.shows("Loss")
session.press(b"q")
session.end(130)
print("stopped and continued: clean between and after")

refused = subprocess.run(
    [GAN, *train()], cwd=FOLDER, capture_output=True, text=True, stdin=subprocess.DEVNULL
)
assert refused.returncode == 2 and "needs a terminal" in refused.stderr, refused
print("without a terminal it is refused")
