"""Whole programs, ours and the peers': sampling, start to the first step, memory, size on disk.

Called by `cargo xtask bench --programs`. Every time is that of a process from its start to its end;
the contenders take turns.
"""

import argparse
import importlib.util
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
PEERS = {"JAX": "jax", "PyTorch": "torch", "TensorFlow": "tensorflow"}
OURS, DIGITS, STEPS = "gan (flex)", 10_000, 300


def process(command, folder, threads):
    """Seconds and peak memory (MB) of a process on the first `threads` processors."""
    silent = os.open(os.devnull, os.O_RDWR)
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
        os.chdir(folder)
        for stream in (0, 1, 2):
            os.dup2(silent, stream)
        os.execv(command[0], command)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    os.close(silent)
    if status != 0:
        sys.exit(f"{' '.join(command)}: status {status}")
    return seconds, usage.ru_maxrss / 1024


def measure(commands, folder, args):
    """Medians of seconds and megabytes by contender, after a first round that warms up."""
    rounds = {name: [] for name in commands}
    for number in range(args.rounds + 1):
        for name, command in commands.items():
            taken = process(command, folder, args.threads)
            if number > 0:
                rounds[name].append(taken)
    median = lambda taken, at: statistics.median(one[at] for one in taken)
    return {name: (median(taken, 0), median(taken, 1)) for name, taken in rounds.items()}


def size_on_disk(framework):
    """Megabytes of a package, with JAX's compiler, without the parts of PyTorch that need a GPU."""
    packages = ["jax", "jaxlib"] if framework == "jax" else [framework]
    folders = [Path(importlib.util.find_spec(package).origin).parent for package in packages]
    files = (f for folder in folders for f in folder.rglob("*") if f.is_file() and not f.is_symlink())
    return sum(f.stat().st_size for f in files if "cuda" not in f.name) / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gan", required=True)
    parser.add_argument("--smallest", required=True, help="the program built for the CPU alone")
    parser.add_argument("--first-step", required=True)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    gan, first_step = os.path.abspath(args.gan), os.path.abspath(args.first_step)
    threads = str(args.threads)

    with tempfile.TemporaryDirectory() as folder:
        train = lambda steps: [gan, "train", "--steps", str(steps), "--threads", threads,
                               "--outdir", f"runs-{steps}"]
        process(train(1), folder, args.threads)
        snapshot = "runs-1/00000-tutorial-mnist/snapshot-000001.safetensors"
        samples = [gan, "sample", snapshot, "--seeds", f"0-{DIGITS - 1}", "--out", "ours.npy"]

        def contenders(ours, task, count):
            peer = lambda name: [sys.executable, str(HERE / "whole.py"), first_step, threads, name,
                                 task, str(count), f"{name}.npy"]
            return {OURS: ours} | {name: peer(module) for name, module in PEERS.items()}

        drawn = measure(contenders(samples, "sample", DIGITS), folder, args)
        for name in ("ours", *PEERS.values()):
            images = np.load(Path(folder) / f"{name}.npy")
            if images.shape != (DIGITS, 1, 28, 28) or not (0 <= images.min() < images.max() <= 1):
                sys.exit(f"{name}: not {DIGITS} digits")
        first = measure(contenders(train(1), "train", 1), folder, args)
        trained = measure(contenders(train(STEPS), "train", STEPS), folder, args)
    peer_sizes = {name: (size_on_disk(module),) for name, module in PEERS.items()}
    sizes = {OURS: (os.path.getsize(gan) / 1e6,)} | peer_sizes
    smallest = {OURS: (os.path.getsize(args.smallest) / 1e6,)} | peer_sizes

    rows = [(f"{DIGITS:,} digits into an .npy", drawn, 0, "{:.2f} s"),
            ("one step, start to end", first, 0, "{:.2f} s"),
            (f"peak memory of {STEPS} steps", trained, 1, "{:.0f} MB"),
            ("size on disk", sizes, 0, "{:.0f} MB"),
            ("size on disk, ours for the CPU alone", smallest, 0, "{:.0f} MB")]
    print(f"| {threads} threads | {' | '.join([OURS, *PEERS])} |\n|---|{'---|' * (1 + len(PEERS))}")
    for what, values, at, form in rows:
        ours = values[OURS][at]
        cells = [form.format(values[name][at]) + f" ({values[name][at] / ours:.1f}×)" for name in PEERS]
        print(f"| {what} | {' | '.join([form.format(ours), *cells])} |")


if __name__ == "__main__":
    main()
