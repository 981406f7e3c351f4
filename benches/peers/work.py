"""The work that is timed, the same for every peer, and how a peer is asked to do it.

One step of a preset. The tutorial's GAN: generator 100-128-784 (ReLU, sigmoid), discriminator 784-128-1
(ReLU), the non-saturating losses from logits, Adam on both, the discriminator first. A timed step
also picks its images (bytes) from the data, makes floats of them and draws both batches of latents,
uniform in [-1, 1), as ours does.
"""

import json
import os
import sys
import time

import numpy as np

ADAM = {"learning_rate": 1e-3, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8}
# The preset `mlp`: widths, slope of the leaky ReLU, weight of R1 and R2, and how much of the average
# of the generator stays at each step.
MLP_G, MLP_D, LEAK, GAMMA, EMA = [64, 512, 512, 784], [784, 512, 512, 1], 0.2, 0.3, 0.999
MLP_ADAM = {"learning_rate": 1e-3, "beta_1": 0.0, "beta_2": 0.99, "epsilon": 1e-8}

# The preset `dcgan`; the game is that of `mlp`. Adam's numbers are those of G and of D.
DCGAN = {"width": 32, "dense": [256], "latents": 64, "leak": 0.2}
DCGAN_ADAMS = MLP_ADAM, {**MLP_ADAM, "learning_rate": 5e-4}

# The preset `r3-small`, the same game.
R3_SMALL = {"width": 64, "blocks": 2, "expansion": 2, "group_width": 16, "patch": 4, "latents": 64,
            "leak": 0.2}
R3_SMALL_ADAMS = MLP_ADAM, MLP_ADAM


def load(path):
    """The tensors of a safetensors file of floats and bytes."""
    data = open(path, "rb").read()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + size + offset for offset in entry["data_offsets"])
        dtype = {"F32": np.float32, "U8": np.uint8}[entry["dtype"]]
        tensors[name] = np.frombuffer(data[begin:end], dtype).reshape(entry["shape"])
    return tensors


def dense_layers():
    return [f"dense.{i}" for i in range(len(DCGAN["dense"]))]


def channels_first(rows):
    """Rows that belong to 7 × 7 pixels of some channels, which ours has the other way round."""
    return rows.reshape(49, -1, rows.shape[1]).swapaxes(0, 1).reshape(rows.shape)


def weights(tensors, when, network):
    """Weights and biases from the input to the output; of linear layers, `[inputs, outputs]`."""
    prefix = f"{when}.{network}."
    if f"{prefix}basis" in tensors:
        parts = ["expand.weight", "expand.bias", "grouped.weight", "grouped.bias", "project.weight"]
        blocks = range(R3_SMALL["blocks"])
        inner = [f"stages.0.blocks.{index}.{part}" for index in blocks for part in parts]
        names = {
            "generator": ["modulate", "basis", *inner, "image.weight", "image.bias"],
            "discriminator": ["patches.weight", "patches.bias", *inner, "basis",
                              "output.weight", "output.bias"],
        }
        return [tensors[prefix + name] for name in names[network]]
    if f"{prefix}project" in tensors:
        dense = [f"{layer}.{part}" for layer in dense_layers() for part in ("weight", "bias")]
        names = [*dense, "project", "norms.0.gamma", "norms.0.beta", "norms.1.gamma",
                 "norms.1.beta", "upsample.0.weight", "upsample.1.weight", "upsample.1.bias"]
        arrays = [tensors[prefix + name] for name in names]
        arrays[len(dense)] = channels_first(arrays[len(dense)].T).T
        return arrays
    if f"{prefix}downsample.0.weight" in tensors:
        layers = ["downsample.0", "downsample.1", *dense_layers(), "output"]
        arrays = [tensors[f"{prefix}{layer}.{part}"] for layer in layers for part in ("weight", "bias")]
        at = 2 * layers.index("dense.0")
        arrays[at] = channels_first(arrays[at])
        return arrays
    hidden = sum(name.startswith(f"{prefix}hidden.") for name in tensors) // 2
    layers = [f"hidden.{i}" for i in range(hidden)] + ["output"]
    return [tensors[f"{prefix}{layer}.{part}"] for layer in layers for part in ("weight", "bias")]


def images():
    """The bytes of the images, `[images, 784]`: those that ours trains on."""
    return load(sys.argv[1])["images"]


class Batches:
    """Indices of images, shuffled anew every epoch."""

    def __init__(self, count, batch_size):
        self.rng = np.random.default_rng(1)
        self.count, self.batch_size, self.place = count, batch_size, count

    def next(self):
        if self.place + self.batch_size > self.count:
            self.order, self.place = self.rng.permutation(self.count), 0
        self.place += self.batch_size
        return self.order[self.place - self.batch_size : self.place]


def relative(ours, theirs):
    """Largest difference, relative to the largest number."""
    ours, theirs = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    return float(np.max(np.abs(ours - theirs)) / max(np.max(np.abs(ours)), 1e-12))


def check(tensors, take_step):
    """How far a peer's step from the same weights, images and latents is from ours.

    `take_step(generator, discriminator, reals, d_latents, g_latents)` gives both losses and both
    networks' weights afterwards. Weights are compared by how far they moved.
    """
    before = [weights(tensors, "before", network) for network in ("generator", "discriminator")]
    inputs = [tensors[name] for name in ("reals", "d_latents", "g_latents")]
    d_loss, g_loss, *after = take_step(*before, *inputs)
    far = {
        "d_loss": relative(tensors["d_loss"], [d_loss]),
        "g_loss": relative(tensors["g_loss"], [g_loss]),
    }
    for network, old, new in zip(("generator", "discriminator"), before, after):
        ours = weights(tensors, "after", network)
        # Adam's first step moves every weight by the learning rate, whichever way the gradient
        # points; where that is zero but for rounding, either way is right: compare most of them.
        moves = np.concatenate([(np.asarray(n) - o).ravel() for n, o in zip(new, old)])
        expected = np.concatenate([(n - o).ravel() for n, o in zip(ours, old)])
        wrong = np.abs(moves - expected) > 0.01 * np.max(np.abs(expected))
        far[f"{network}: share of weights that moved otherwise"] = float(np.mean(wrong))
    return far


def serve(check_step, prepare, wait=lambda: None):
    """Answers the questions of bench_peers.py, one JSON line each. `wait` ends when the device has done its
    work, after every step, as in `gan bench`."""
    threads = int(sys.argv[2])
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # What frameworks print goes to stderr.
    far = check(load(sys.argv[1]), check_step)
    print(json.dumps({"check": far, "threads": threads}), file=out, flush=True)
    ready = {}
    for line in sys.stdin:
        question = json.loads(line)
        batch_size = question["batch_size"]
        if batch_size not in ready:
            ready[batch_size] = prepare(batch_size)
            for _ in range(20):
                ready[batch_size]()
            wait()
        step, times, end = ready[batch_size], [], time.perf_counter() + question["seconds"]
        while len(times) < 3 or time.perf_counter() < end:
            start = time.perf_counter()
            step()
            wait()
            times.append((time.perf_counter() - start) * 1e3)
        print(json.dumps(times), file=out, flush=True)
