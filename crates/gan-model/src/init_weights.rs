//! Initial weights of any module, that follow from a seed.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Tensor, TensorData};
use gan_random::{Rng, Stream};
use gan_weights::{ModulePath, sha256};

/// `module` with weights drawn anew, each tensor from (seed, `stream`, its path in the module): the
/// same bits on every backend, wherever and whenever the module is built. (Burn draws from one
/// generator of the whole process.)
///
/// The distribution is Burn's default: uniform in ±1/√fan-in, for the bias of a layer as for its weight
/// before it. The fan-in of a matrix, as of a linear layer's `[inputs, outputs]`, is `inputs`; that of a
/// convolution's `[outputs, inputs, height, width]` is `inputs · height · width`, and Burn counts the
/// second axis of transposed convolutions likewise. Embeddings are drawn from N(0, 1), as Burn does.
///
/// Every float tensor is drawn anew, whatever its initializer, but those whose values are all the same,
/// such as the ones and zeros of a normalisation or a layer that you begin at zero, and a single number
/// without a weight before it. Whoever wants another distribution, or has fixed filters, makes those tensors
/// after it, from [`Rng`] directly.
///
/// ```
/// use burn::nn::LinearConfig;
/// use burn::tensor::Device;
/// use gan_model::init_weights;
/// use gan_random::{Rng, Stream};
///
/// let (device, rng) = (Device::flex(), Rng::new(7));
/// let draw = || init_weights(LinearConfig::new(3, 4).init(&device), rng, Stream::GeneratorWeights);
/// assert_eq!(draw().weight.val().into_data(), draw().weight.val().into_data());
/// ```
pub fn init_weights<M: Module>(module: M, rng: Rng, stream: Stream) -> M {
    let mut draw = Draw { rng, stream, path: ModulePath::new(""), modules: vec![Place::default()] };
    module.map(&mut draw)
}

struct Draw {
    rng: Rng,
    stream: Stream,
    path: ModulePath,
    /// From the root to the tensor at hand, which is the last.
    modules: Vec<Place>,
}

#[derive(Default)]
struct Place {
    /// Whether it is a field of an embedding.
    of_embedding: bool,
    /// Of the weight that was last seen directly in it.
    fan_in: Option<usize>,
}

impl Draw {
    /// The fan-in of a tensor of this shape; none for a vector without a weight before it.
    fn fan_in(&mut self, shape: &[usize]) -> Option<usize> {
        let parent = self.modules.len().checked_sub(2)?;
        let layer = &mut self.modules[parent];
        match shape {
            [] | [_] => {}
            [inputs, _] => layer.fan_in = Some(*inputs),
            [_, rest @ ..] => layer.fan_in = Some(rest.iter().product()),
        }
        layer.fan_in
    }
}

impl ModuleMapper for Draw {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
        self.modules.push(Place { of_embedding: container == "Struct:Embedding", fan_in: None });
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.exit();
        self.modules.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let old = param.val();
        let shape = old.dims().to_vec();
        let (count, fan_in) = (shape.iter().product::<usize>(), self.fan_in(&shape));
        let old: Vec<f32> = old.into_data().iter::<f32>().collect();
        let is_constant = old.iter().all(|value| *value == old[0]);
        // The bias of a single output is one random number.
        let is_drawn = count == 1 && fan_in.is_some() && old[0] != 0.0 && old[0] != 1.0;
        if is_constant && !is_drawn {
            return param;
        }
        let hash = sha256(self.path.name().as_bytes());
        let index = u64::from_str_radix(&hash[..16], 16).expect("a hash is written in hexadecimal");
        let values = match self.modules.last().is_some_and(|place| place.of_embedding) {
            true => self.rng.normal(self.stream, index, count),
            false => {
                let bound = 1.0 / (fan_in.unwrap_or(count).max(1) as f32).sqrt();
                self.rng.uniform(self.stream, index, count, -bound, bound)
            }
        };
        param.map(|old| {
            let new = Tensor::from_data(TensorData::new(values, shape), &old.device());
            new.set_require_grad(old.is_require_grad())
        })
    }
}
