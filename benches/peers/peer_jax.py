"""JAX: the whole step one compiled function, from bytes to new weights."""

import os
import sys

if int(sys.argv[2]) == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax
import jax.numpy as jnp

from work import ADAM, Batches, images, serve


def generate(p, z):
    return jax.nn.sigmoid(jax.nn.relu(z @ p[0] + p[1]) @ p[2] + p[3])


def logits(p, x):
    return jax.nn.relu(x @ p[0] + p[1]) @ p[2] + p[3]


def adam(params, grads, state):
    m, v, t = state
    t = t + 1
    b1, b2 = ADAM["beta_1"], ADAM["beta_2"]
    m = jax.tree.map(lambda m, g: b1 * m + (1 - b1) * g, m, grads)
    v = jax.tree.map(lambda v, g: b2 * v + (1 - b2) * g * g, v, grads)
    c1, c2 = 1 - b1**t, 1 - b2**t
    move = lambda p, m, v: p - ADAM["learning_rate"] * (m / c1) / (jnp.sqrt(v / c2) + ADAM["epsilon"])
    return jax.tree.map(move, params, m, v), (m, v, t)


def fresh(params):
    zeros = jax.tree.map(jnp.zeros_like, params)
    return zeros, jax.tree.map(jnp.zeros_like, params), jnp.float32(0)


def update(state, reals, d_latents, g_latents):
    g, d, g_state, d_state = state
    fakes = generate(g, d_latents)

    def d_loss(d):
        return (
            -jax.nn.log_sigmoid(logits(d, reals)).mean()
            - jax.nn.log_sigmoid(-logits(d, fakes)).mean()
        )

    def g_loss(g):
        return -jax.nn.log_sigmoid(logits(d, generate(g, g_latents))).mean()

    d_value, grads = jax.value_and_grad(d_loss)(d)
    d, d_state = adam(d, grads, d_state)
    g_value, grads = jax.value_and_grad(g_loss)(g)
    g, g_state = adam(g, grads, g_state)
    return (g, d, g_state, d_state), d_value, g_value


def check_step(g, d, reals, d_latents, g_latents):
    g, d = jax.tree.map(jnp.asarray, (g, d))
    state, d_value, g_value = jax.jit(update)((g, d, fresh(g), fresh(d)), reals, d_latents, g_latents)
    return d_value, g_value, state[0], state[1]


def prepare(batch_size):
    data = images()
    batches = Batches(len(data), batch_size)
    keys = jax.random.split(jax.random.key(0), 4)
    layer = lambda key, n, m: [jax.random.normal(key, (n, m)) * 0.05, jnp.zeros(m)]
    g = layer(keys[0], 100, 128) + layer(keys[1], 128, 784)
    d = layer(keys[2], 784, 128) + layer(keys[3], 128, 1)

    @jax.jit
    def step(state, key, bytes):
        key, one, two = jax.random.split(key, 3)
        reals = bytes.astype(jnp.float32) / 255
        latents = [jax.random.uniform(k, (batch_size, 100), minval=-1, maxval=1) for k in (one, two)]
        state, d_value, g_value = update(state, reals, *latents)
        return state, key, d_value, g_value

    now = [(g, d, fresh(g), fresh(d)), jax.random.key(1)]

    def one():
        state, key, d_value, g_value = step(now[0], now[1], data[batches.next()])
        jax.block_until_ready((state, d_value, g_value))
        now[:] = [state, key]

    return one


if __name__ == "__main__":
    serve(check_step, prepare)
