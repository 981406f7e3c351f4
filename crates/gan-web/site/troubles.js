// What goes wrong with GANs, and what cures it. `break` and `cure` change a configuration; all of them keep the
// networks, so that the run goes on. Texts are in texts.js under the same names.
const rate = (config, g, d) => {
  config.generator_adam.learning_rate = g;
  config.discriminator_adam.learning_rate = d;
};

const converging = (config) => {
  config.loss = 'relativistic-pairing';
  config.penalties = { r1_gamma: 0.3, r2_gamma: 0.3, gradient_penalty: null, weight_clip: null, real_target: 1 };
  config.stabilisers.d_steps_per_g_step = 1;
  rate(config, 1e-3, 1e-3);
};

const without = (config, loss) => {
  config.loss = loss;
  config.penalties = { r1_gamma: 0, r2_gamma: 0, gradient_penalty: null, weight_clip: null, real_target: 1 };
};

export const TROUBLES = [
  {
    name: 'strong',
    break(config) {
      without(config, 'saturating');
      config.stabilisers.d_steps_per_g_step = 4;
      rate(config, 1e-4, 2e-3);
    },
    cure: converging,
  },
  {
    name: 'collapse',
    break(config) {
      without(config, 'non-saturating');
      rate(config, 1e-2, 1e-4);
    },
    cure: converging,
  },
  {
    name: 'unbounded',
    break(config) {
      without(config, 'wasserstein');
      rate(config, 1e-3, 1e-3);
    },
    cure(config) {
      without(config, 'wasserstein');
      config.penalties.gradient_penalty = { kind: 'interpolates', lambda: 10 };
      rate(config, 1e-4, 1e-4);
    },
  },
  {
    name: 'infinite',
    break(config) {
      without(config, 'textbook');
      config.stabilisers.d_steps_per_g_step = 4;
      rate(config, 1e-4, 3e-2);
    },
    cure: converging,
  },
];

// What can be changed while a run goes on: a field, how to read it, how to write it.
const constant = (schedule) => (typeof schedule === 'number' ? schedule : schedule.from);
const number = (name, min, max, get, set) => ({ name, kind: 'number', min, max, get, set });
const LOSSES = ['relativistic-pairing', 'non-saturating', 'saturating', 'textbook', 'least-squares', 'wasserstein', 'hinge'];

export const VALUES = [
  { name: 'loss', kind: 'choice', options: LOSSES, get: (c) => c.loss, set: (c, v) => (c.loss = v) },
  number('gRate', 0, 1, (c) => constant(c.generator_adam.learning_rate), (c, v) => (c.generator_adam.learning_rate = v)),
  number('dRate', 0, 1, (c) => constant(c.discriminator_adam.learning_rate), (c, v) => (c.discriminator_adam.learning_rate = v)),
  number('r1', 0, 1000, (c) => constant(c.penalties.r1_gamma), (c, v) => (c.penalties.r1_gamma = v)),
  number('r2', 0, 1000, (c) => constant(c.penalties.r2_gamma), (c, v) => (c.penalties.r2_gamma = v)),
  number('gp', 0, 1000, (c) => c.penalties.gradient_penalty?.lambda ?? 0,
    (c, v) => (c.penalties.gradient_penalty = v > 0 ? { kind: 'interpolates', lambda: v } : null)),
  number('dSteps', 1, 20, (c) => c.stabilisers.d_steps_per_g_step, (c, v) => (c.stabilisers.d_steps_per_g_step = v)),
  number('batch', 2, 1024, (c) => c.batch_size, (c, v) => (c.batch_size = v)),
  number('noise', 0, 1, (c) => constant(c.stabilisers.instance_noise), (c, v) => (c.stabilisers.instance_noise = v)),
];

// The networks, which only a run that starts over can have others of. A value that a network does not have is
// undefined.
const widths = (text) => text.split(/[^0-9]+/).filter(Boolean).map(Number);
const list = (name, of) => ({
  name, kind: 'list',
  get: (c) => of(c).hidden?.join(', '),
  set: (c, v) => (of(c).hidden = widths(v)),
});
const width = (name, of) => number(name, 1, 512, (c) => of(c).width, (c, v) => (of(c).width = v));

export const NETWORKS = [
  list('gHidden', (c) => c.generator),
  list('dHidden', (c) => c.discriminator),
  width('gWidth', (c) => c.generator),
  width('dWidth', (c) => c.discriminator),
  number('latentDim', 1, 1024, (c) => c.generator.latents.dim, (c, v) => (c.generator.latents.dim = v)),
];
