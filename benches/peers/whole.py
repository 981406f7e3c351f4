"""A peer's whole process: `whole.py FIRST_STEP THREADS FRAMEWORK sample|train COUNT OUT`.

`sample` draws COUNT digits from our generator's weights in FIRST_STEP and writes them to OUT, an .npy;
`train` takes COUNT steps of the tutorial's GAN at batch 100.
"""

import sys

import numpy as np

from work import load, weights

FIRST_STEP, _, FRAMEWORK, TASK, COUNT, OUT = sys.argv[1:]
COUNT = int(COUNT)


def train():
    if FRAMEWORK == "jax":
        from peer_jax import prepare
    elif FRAMEWORK == "torch":
        sys.argv[3:] = []
        from peer_torch import prepare
    else:
        from peer_tensorflow import prepare
    one = prepare(100)
    for _ in range(COUNT):
        one()


def sample():
    generator = weights(load(FIRST_STEP), "before", "generator")
    if FRAMEWORK == "jax":
        import jax
        from peer_jax import generate
        latents = jax.random.uniform(jax.random.key(0), (COUNT, 100), minval=-1, maxval=1)
        images = np.asarray(generate(generator, latents))
    elif FRAMEWORK == "torch":
        import torch
        sys.argv[3:] = []
        from peer_torch import networks
        g, _ = networks()
        for parameter, array in zip(g.parameters(), generator):
            parameter.data = torch.tensor(array.T.copy())
        with torch.no_grad():
            images = g(torch.rand(COUNT, 100) * 2 - 1).numpy()
    else:
        import tensorflow as tf
        latents = tf.random.uniform((COUNT, 100), -1, 1)
        hidden = tf.nn.relu(latents @ generator[0] + generator[1])
        images = tf.sigmoid(hidden @ generator[2] + generator[3]).numpy()
    np.save(OUT, images.reshape(COUNT, 1, 28, 28))


{"train": train, "sample": sample}[TASK]()
