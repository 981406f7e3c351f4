"""The tutorial's GAN in JAX: an independent reference, for `gan evaluate` to score beside ours.

    cargo run -p gan-training --example first_step -- target/peers.safetensors
    target/peers-venv/bin/python benches/peers/reference_jax.py target/peers.safetensors THREADS SEED OUT.npy
    gan evaluate --real mnist.npy --fake OUT.npy

Networks, losses, optimizer, batch and steps are the tutorial's; weights, latents and order of the
images come from JAX and NumPy. Writes 10,000 samples as bytes, and the data as mnist.npy beside them.
"""

import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from peer_jax import fresh, generate, update
from work import images

STEPS, BATCH, SAMPLES = 60_000, 100, 10_000


def main(seed, out):
    data = images()
    keys = jax.random.split(jax.random.key(seed), 5)
    glorot = jax.nn.initializers.glorot_uniform()
    layer = lambda key, n, m: [glorot(key, (n, m)), jnp.zeros(m)]
    g = layer(keys[0], 100, 128) + layer(keys[1], 128, 784)
    d = layer(keys[2], 784, 128) + layer(keys[3], 128, 1)
    state, key = (g, d, fresh(g), fresh(d)), keys[4]

    @jax.jit
    def step(state, key, pixels):
        key, one, two = jax.random.split(key, 3)
        latents = [jax.random.uniform(k, (BATCH, 100), minval=-1, maxval=1) for k in (one, two)]
        state, _, _ = update(state, pixels.astype(jnp.float32) / 255, *latents)
        return state, key

    rng, per_epoch = np.random.default_rng(seed), len(data) // BATCH
    for i in range(STEPS):
        if i % per_epoch == 0:
            order = rng.permutation(len(data))
        at = i % per_epoch * BATCH
        state, key = step(state, key, data[order[at : at + BATCH]])

    z = jax.random.uniform(jax.random.key(1000 + seed), (SAMPLES, 100), minval=-1, maxval=1)
    samples = np.rint(np.asarray(generate(state[0], z)) * 255).astype(np.uint8)
    np.save(out, samples.reshape(-1, 28, 28))
    np.save(Path(out).with_name("mnist.npy"), data.reshape(-1, 28, 28))


main(int(sys.argv[3]), sys.argv[4])
