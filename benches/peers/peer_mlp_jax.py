"""JAX, the preset `mlp`: relativistic pairing with R1 and R2, whose second derivatives JAX takes."""

import os
import sys

if int(sys.argv[2]) == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax
import jax.numpy as jnp

from work import EMA, GAMMA, LEAK, MLP_ADAM, MLP_D, MLP_G, Batches, images, serve


def dense(p, x):
    for weight, bias in zip(p[0:-2:2], p[1:-2:2]):
        x = x @ weight + bias
        x = jnp.where(x > 0, x, LEAK * x)
    return x @ p[-2] + p[-1]


def generate(p, z):
    return jax.nn.sigmoid(dense(p, z))


def adam(params, grads, state):
    m, v, t = state
    t = t + 1
    b1, b2 = MLP_ADAM["beta_1"], MLP_ADAM["beta_2"]
    m = jax.tree.map(lambda m, g: b1 * m + (1 - b1) * g, m, grads)
    v = jax.tree.map(lambda v, g: b2 * v + (1 - b2) * g * g, v, grads)
    c1, c2 = 1 - b1**t, 1 - b2**t
    move = lambda p, m, v: p - MLP_ADAM["learning_rate"] * (m / c1) / (
        jnp.sqrt(v / c2) + MLP_ADAM["epsilon"]
    )
    return jax.tree.map(move, params, m, v), (m, v, t)


def fresh(params):
    zeros = jax.tree.map(jnp.zeros_like, params)
    return zeros, jax.tree.map(jnp.zeros_like, params), jnp.float32(0)


def update(state, reals, d_latents, g_latents):
    g, d, g_state, d_state, average = state
    fakes = generate(g, d_latents)
    count = len(reals)

    def d_loss(d):
        # One pass over both, as in ours.
        both = jnp.concatenate([reals, fakes])
        logits, back = jax.vjp(lambda x: dense(d, x), both)
        (slopes,) = back(jnp.ones_like(logits))
        squares = (slopes**2).sum(1)
        penalty = GAMMA / 2 * (squares[:count].mean() + squares[count:].mean())
        loss = -jax.nn.log_sigmoid(logits[:count] - logits[count:]).mean()
        return loss + penalty, loss

    def g_loss(g):
        return -jax.nn.log_sigmoid(dense(d, generate(g, g_latents)) - dense(d, reals)).mean()

    (_, d_value), grads = jax.value_and_grad(d_loss, has_aux=True)(d)
    d, d_state = adam(d, grads, d_state)
    g_value, grads = jax.value_and_grad(g_loss)(g)
    g, g_state = adam(g, grads, g_state)
    average = jax.tree.map(lambda a, p: EMA * a + (1 - EMA) * p, average, g)
    return (g, d, g_state, d_state, average), d_value, g_value


def check_step(g, d, reals, d_latents, g_latents):
    g, d = jax.tree.map(jnp.asarray, (g, d))
    state = (g, d, fresh(g), fresh(d), g)
    state, d_value, g_value = jax.jit(update)(state, reals, d_latents, g_latents)
    return d_value, g_value, state[0], state[1]


def network(key, widths):
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        key, mine = jax.random.split(key)
        layers += [jax.random.normal(mine, (inputs, outputs)) * 0.05, jnp.zeros(outputs)]
    return layers


def prepare(batch_size):
    data = images()
    batches = Batches(len(data), batch_size)
    g, d = network(jax.random.key(0), MLP_G), network(jax.random.key(1), MLP_D)

    @jax.jit
    def step(state, key, pixels):
        key, one, two = jax.random.split(key, 3)
        reals = pixels.astype(jnp.float32) / 255
        latents = [jax.random.normal(k, (batch_size, MLP_G[0])) for k in (one, two)]
        state, d_value, g_value = update(state, reals, *latents)
        return state, key, d_value, g_value

    now = [(g, d, fresh(g), fresh(d), g), jax.random.key(1)]

    def one():
        state, key, d_value, g_value = step(now[0], now[1], data[batches.next()])
        jax.block_until_ready((state, d_value, g_value))
        now[:] = [state, key]

    return one


if __name__ == "__main__":
    serve(check_step, prepare)
