"""CPU time that the live page takes for ten readers of a run of a million steps which reports every 2.5 s.

    python benches/live_page.py GAN RUN [READERS] [SECONDS]

RUN is any finished run; a copy of it, lengthened to a million steps, is served.
"""

import http.client
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

gan, source = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
readers = int(sys.argv[3]) if len(sys.argv) > 3 else 10
seconds = float(sys.argv[4]) if len(sys.argv) > 4 else 45

folder = pathlib.Path(tempfile.mkdtemp())
run = folder / "00000-tutorial-mnist"
shutil.copytree(source, run)
config = json.loads((run / "config.json").read_text())
config["training"]["steps"] = 2_000_000
(run / "config.json").write_text(json.dumps(config))
first = json.loads((run / "stats.jsonl").read_text().splitlines()[0])
grid = next(run.glob("fakes-*.png"))
for step in range(0, 1_000_001, 10_000):
    if not (run / f"fakes-{step:06}.png").exists():
        shutil.copy(grid, run / f"fakes-{step:06}.png")


def report(step):
    return json.dumps({**first, "progress/step": step, "progress/images": 100 * step}) + "\n"


(run / "stats.jsonl").write_text("".join(report(1000 * i) for i in range(1, 1001)))
server = subprocess.Popen(
    [gan, "watch", run, "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True
)
address = server.stderr.readline().split("http://")[1].split("/")[0]
stop, pages = time.time() + seconds, []


def read():
    try:
        while time.time() < stop:
            events = http.client.HTTPConnection(address, timeout=100)
            events.request("GET", f"/runs/{run.name}/events")
            answer = events.getresponse()
            while time.time() < stop and (line := answer.fp.readline()):
                if b"changed" in line:
                    page = http.client.HTTPConnection(address, timeout=60)
                    page.request("GET", f"/runs/{run.name}")
                    pages.append(len(page.getresponse().read()))
    except OSError:
        pass  # The server has ended.


def cpu():
    fields = pathlib.Path(f"/proc/{server.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


threads = [threading.Thread(target=read) for _ in range(readers)]
for thread in threads:
    thread.start()
time.sleep(3)
before, begun, step = cpu(), time.time(), 1_000_000
while time.time() < stop - 2:
    time.sleep(2.5)
    step += 1000
    with open(run / "stats.jsonl", "a") as file:
        file.write(report(step))
used, passed = cpu() - before, time.time() - begun
server.terminate()
for thread in threads:
    thread.join()
shutil.rmtree(folder)
share = 100 * used / passed
print(f"{readers} readers: {used:.2f} s of CPU in {passed:.0f} s, {share:.1f} % of a core; {len(pages)} pages")
