"""Times one step of a preset, ours and its peers', side by side.

Called by `cargo xtask bench --peers`. Every contender lives in a process of its own and works while
the others wait. A round times each once, in an order that rotates; what is reported is the median
of the rounds' medians, their lowest and highest, and the median of the rounds' ratios: whatever
else the machine does, both sides of a ratio were measured within seconds of each other.

With `--backend wgpu`, `vulkan` or `cuda` it is the GPU: ours on that backend, PyTorch on CUDA.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
PEERS = {
    "tutorial": {
        "JAX (jit)": ["peer_jax.py"],
        "PyTorch (eager)": ["peer_torch.py"],
        "PyTorch (compile)": ["peer_torch.py", "compile"],
        "TensorFlow (graph)": ["peer_tensorflow.py"],
    },
    # torch.compile does not take second derivatives.
    "mlp": {"JAX (jit)": ["peer_mlp_jax.py"], "PyTorch (eager)": ["peer_mlp_torch.py"]},
    "dcgan": {"PyTorch (eager)": ["peer_dcgan_torch.py"]},
    "r3-small": {"PyTorch (eager)": ["peer_r3_small_torch.py"]},
}
FLOOR = "matrix products alone"
# Losses and weights are f32; other orders of addition differ in the sixth digit.
LOSS_TOLERANCE, MOVE_TOLERANCE = 3e-5, 1e-3


class Peer:
    """A framework in a process of its own, asked over a pipe."""

    def __init__(self, command, first_step, threads, device):
        script, *mode = command
        environment = os.environ | {
            "OMP_NUM_THREADS": str(threads),
            "TF_CPP_MIN_LOG_LEVEL": "2",
            "PEER_DEVICE": device,
        }
        self.process = subprocess.Popen(
            [sys.executable, HERE / script, first_step, str(threads), *mode],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment, text=True, preexec_fn=lambda: pin(threads),
        )
        self.check = self.answer()["check"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(self.process.stderr.read()[-2000:])
        return json.loads(line)

    def median_ms(self, batch_size, seconds):
        question = {"batch_size": batch_size, "seconds": seconds}
        print(json.dumps(question), file=self.process.stdin, flush=True)
        return statistics.median(self.answer())


def pin(threads):
    """The first `threads` processors and no others."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def program(command, threads):
    output = subprocess.run(command, capture_output=True, text=True, check=True,
                            preexec_fn=lambda: pin(threads)).stdout
    return json.loads(output)


def agrees(check):
    losses = max(value for name, value in check.items() if name.endswith("loss"))
    moves = max(value for name, value in check.items() if not name.endswith("loss"))
    return losses < LOSS_TOLERANCE and moves < MOVE_TOLERANCE


def measure(args, threads):
    is_cpu = args.backend == "flex"
    our_name = f"gan ({args.backend})"
    peers = {}
    for name, command in PEERS[args.preset].items():
        if args.only and name not in args.only or not is_cpu and "PyTorch" not in name:
            continue
        say(f"{name}, {threads} thread(s): starting, and taking our first step")
        try:
            peer = Peer(command, args.first_step, threads, "cpu" if is_cpu else "cuda")
        except RuntimeError as error:
            say(f"{name}: left out, it does not start:\n{error}")
            continue
        say("  " + ", ".join(f"{what} {far:.1e}" for what, far in peer.check.items()))
        if not agrees(peer.check):
            raise SystemExit(f"{name} computes something else than we do: nothing was timed")
        peers[name] = peer

    def ours(batch_size):
        command = [args.gan, "bench", "--backend", args.backend, "--json", "--threads", str(threads),
                   "--preset", args.preset,
                   "--batch-size", str(batch_size), "--time", f"{int(args.seconds * 1000)}ms"]
        return program(command, threads)["rows"][0]["median_ms"]

    def floor(batch_size):
        command = [args.floor, str(batch_size), str(threads), str(args.seconds), args.preset]
        return program(command, threads)["median_ms"]

    contenders = {our_name: ours} | ({FLOOR: floor} if is_cpu and args.floor else {}) | {
        name: lambda batch_size, peer=peer: peer.median_ms(batch_size, args.seconds)
        for name, peer in peers.items()
    }
    rows = []
    for batch_size in args.batch_size:
        rounds = {name: [] for name in contenders}
        for number in range(args.rounds + 1):
            order = list(contenders)
            order = order[number % len(order):] + order[: number % len(order)]
            for name in order:
                # Until the threads of whoever was timed last have stopped spinning.
                time.sleep(0.1)
                took = contenders[name](batch_size)
                if number > 0:  # The first round compiles and warms up.
                    rounds[name].append(took)
        for name, times in rounds.items():
            ratios = [other / ours for other, ours in zip(times, rounds[our_name])]
            rows.append({
                "name": name, "threads": threads, "batch_size": batch_size,
                "median_ms": statistics.median(times), "lowest_ms": min(times),
                "highest_ms": max(times), "times_ours": statistics.median(ratios),
            })
    for peer in peers.values():
        peer.process.stdin.close()
        peer.process.wait()
    return rows


def versions():
    names = ["jax", "torch", "tensorflow-cpu", "numpy"]
    found = {}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            pass
    return found


def table(report):
    lines = [
        "| batch | threads | | ms a step (lowest–highest round) | its time / ours |",
        "|---|---|---|---|---|",
    ]
    for row in report["rows"]:
        spread = f"{row['median_ms']:.2f} ({row['lowest_ms']:.2f}–{row['highest_ms']:.2f})"
        lines.append(f"| {row['batch_size']} | {row['threads']} | {row['name']} | {spread} "
                     f"| {row['times_ours']:.2f} |")
    return "\n".join(lines)


def processor():
    try:
        text = open("/proc/cpuinfo").read()
        return next(l.split(":", 1)[1].strip() for l in text.splitlines() if l.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def say(text):
    print(text, file=sys.stderr, flush=True)


def numbers(text):
    return [int(number) for number in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gan", required=True)
    parser.add_argument("--floor", help="the program gemm_floor; the row is left out without it")
    parser.add_argument("--first-step", required=True)
    parser.add_argument("--out", required=True, help="path without suffix, for .json and .md")
    parser.add_argument("--backend", choices=["flex", "wgpu", "vulkan", "cuda"], default="flex")
    parser.add_argument("--threads", type=numbers, default=[os.cpu_count()])
    parser.add_argument("--batch-size", type=numbers, default=[100, 128])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=1.0, help="per contender and round")
    parser.add_argument("--only", action="append")
    parser.add_argument("--preset", choices=PEERS, default="tutorial")
    args = parser.parse_args()
    rows = [row for threads in args.threads for row in measure(args, threads)]
    report = {
        "machine": f"{processor()}, {os.cpu_count()} cores", "versions": versions(),
        "date": time.strftime("%Y-%m-%d"), "preset": args.preset, "backend": args.backend,
        "rounds": args.rounds, "seconds": args.seconds,
        "load_at_the_end": os.getloadavg()[0], "rows": rows,
    }
    Path(args.out + ".json").write_text(json.dumps(report, indent=1) + "\n")
    Path(args.out + ".md").write_text(table(report) + "\n")
    print(table(report))


if __name__ == "__main__":
    main()
