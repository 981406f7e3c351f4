"""TensorFlow: the step in one graph, as the tutorial's session ran it."""

import sys

import tensorflow as tf

from work import ADAM, Batches, images, serve

tf.config.threading.set_intra_op_parallelism_threads(int(sys.argv[2]))
tf.config.threading.set_inter_op_parallelism_threads(int(sys.argv[2]))


class Trainer(tf.Module):
    def __init__(self, g, d):
        super().__init__()
        self.g, self.d = [tf.Variable(p) for p in g], [tf.Variable(p) for p in d]
        zeros = lambda params: [tf.Variable(tf.zeros_like(p)) for p in params]
        self.g_state = zeros(self.g), zeros(self.g), tf.Variable(0.0)
        self.d_state = zeros(self.d), zeros(self.d), tf.Variable(0.0)

    def generate(self, z):
        return tf.sigmoid(tf.nn.relu(z @ self.g[0] + self.g[1]) @ self.g[2] + self.g[3])

    def logits(self, x):
        return tf.nn.relu(x @ self.d[0] + self.d[1]) @ self.d[2] + self.d[3]

    def adam(self, params, grads, state):
        t = state[2].assign_add(1.0)
        root_2 = tf.sqrt(1 - ADAM["beta_2"] ** t)
        for p, g, m, v in zip(params, grads, state[0], state[1]):
            # The kernel behind Keras' and TF 1's Adam.
            tf.raw_ops.ResourceApplyAdam(
                var=p.handle, m=m.handle, v=v.handle,
                beta1_power=ADAM["beta_1"] ** t, beta2_power=ADAM["beta_2"] ** t,
                lr=ADAM["learning_rate"], beta1=ADAM["beta_1"], beta2=ADAM["beta_2"],
                epsilon=ADAM["epsilon"] * root_2, grad=g,
            )

    def update(self, reals, d_latents, g_latents):
        fakes = self.generate(d_latents)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(self.d)
            d_loss = tf.reduce_mean(tf.nn.softplus(-self.logits(reals))) + tf.reduce_mean(
                tf.nn.softplus(self.logits(fakes))
            )
        self.adam(self.d, tape.gradient(d_loss, self.d), self.d_state)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(self.g)
            g_loss = tf.reduce_mean(tf.nn.softplus(-self.logits(self.generate(g_latents))))
        self.adam(self.g, tape.gradient(g_loss, self.g), self.g_state)
        return d_loss, g_loss


def check_step(g, d, reals, d_latents, g_latents):
    trainer = Trainer(g, d)
    d_loss, g_loss = tf.function(trainer.update)(*map(tf.constant, (reals, d_latents, g_latents)))
    arrays = lambda params: [p.numpy() for p in params]
    return d_loss.numpy(), g_loss.numpy(), arrays(trainer.g), arrays(trainer.d)


def prepare(batch_size):
    data = images()
    batches = Batches(len(data), batch_size)
    normal = lambda *shape: tf.random.normal(shape, stddev=0.05)
    g = [normal(100, 128), tf.zeros(128), normal(128, 784), tf.zeros(784)]
    d = [normal(784, 128), tf.zeros(128), normal(128, 1), tf.zeros(1)]
    trainer = Trainer(g, d)

    @tf.function
    def step(bytes):
        reals = tf.cast(bytes, tf.float32) / 255
        latents = [tf.random.uniform((batch_size, 100), -1, 1) for _ in range(2)]
        return trainer.update(reals, *latents)

    def one():
        d_loss, g_loss = step(tf.constant(data[batches.next()]))
        d_loss.numpy(), g_loss.numpy()

    return one


if __name__ == "__main__":
    serve(check_step, prepare)
