"""Times the metrics, ours beside SciPy's and prdc's, and `gan evaluate` as a whole.

Called by `cargo xtask bench --metrics`. Both sides get the same features, 10,000 of each kind with
64 numbers each (what the digit classifier gives), and must agree before a time is told.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import scipy.linalg
from prdc import compute_prdc

SAMPLES, DIMENSIONS, NEIGHBOURS = 10_000, 64, 5
TOLERANCE = 1e-5


def features():
    """Two overlapping clouds that no metric finds equal."""
    rng = np.random.default_rng(0)
    mix = rng.normal(size=(DIMENSIONS, DIMENSIONS)) / 8
    real, fake = rng.normal(size=(2, SAMPLES, DIMENSIONS))
    return (real @ mix).astype(np.float32), (fake @ mix * 0.9 + 0.05).astype(np.float32)


def frechet_distance(real, fake):
    """The formula of pytorch-fid: |m1 - m2|^2 + tr(C1 + C2 - 2 sqrt(C1 C2))."""
    real, fake = real.astype(np.float64), fake.astype(np.float64)
    covariances = [np.cov(x, rowvar=False) for x in (real, fake)]
    root = scipy.linalg.sqrtm(covariances[0] @ covariances[1])
    difference = real.mean(0) - fake.mean(0)
    traces = sum(np.trace(c) for c in covariances)
    return float(difference @ difference + traces - 2 * np.trace(root.real))


def neighbours(real, fake):
    values = compute_prdc(real_features=real, fake_features=fake, nearest_k=NEIGHBOURS)
    return [float(values[name]) for name in ("precision", "recall", "density", "coverage")]


def timed(work, rounds):
    result, times = work(), []
    for _ in range(rounds):
        start = time.perf_counter()
        result = work()
        times.append((time.perf_counter() - start) * 1e3)
    return result, statistics.median(times)


def evaluate(gan):
    """Seconds of `gan evaluate` with nothing cached, then with the real images' features cached, and
    the peak memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"XDG_CACHE_HOME": str(Path(folder) / "cache")}
        call = lambda *args: subprocess.run([gan, *args], cwd=folder, env=environment, check=True,
                                            capture_output=True)
        call("--steps", "100")
        seconds = []
        for _ in range(2):
            start = time.perf_counter()
            call("evaluate", "--json")
            seconds.append(time.perf_counter() - start)
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gan", required=True)
    parser.add_argument("--metric-times", required=True)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: args.threads])

    seconds, peak = evaluate(args.gan)
    real, fake = features()
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / name) for name in ("real.npy", "fake.npy")]
        for path, values in zip(paths, (real, fake)):
            np.save(path, values)
        command = [args.metric_times, *paths, str(args.threads), str(args.rounds)]
        ours = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    fd, fd_ms = timed(lambda: frechet_distance(real, fake), args.rounds)
    prdc, prdc_ms = timed(lambda: neighbours(real, fake), args.rounds)
    expected = np.array([fd, *prdc])
    far = np.max(np.abs(np.array([ours["fd"], *ours["neighbours"]]) / expected - 1))
    if far > TOLERANCE:
        sys.exit(f"the metrics differ by {far:.1e}: {ours} and {expected}")

    size = f"{SAMPLES:,} × {DIMENSIONS}"
    print(f"{args.threads} threads; values agree within {far:.0e}\n")
    print("| what | ours | theirs | theirs / ours |\n|---|---|---|---|")
    rows = [("Fréchet distance", "fd_ms", "SciPy", fd_ms),
            ("precision, recall, density, coverage", "neighbours_ms", "prdc", prdc_ms)]
    for what, name, whose, theirs in rows:
        mine = ours[name]
        print(f"| {what}, {size} | {mine:,.0f} ms | {theirs:,.0f} ms ({whose}) | {theirs / mine:.1f} |")
    first, second = seconds
    print(f"| `gan evaluate`, nothing cached | {first:.1f} s, {peak:.0f} MB | | |")
    print(f"| `gan evaluate` again | {second:.1f} s | | |")


if __name__ == "__main__":
    main()
