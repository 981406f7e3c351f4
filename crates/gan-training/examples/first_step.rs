//! Writes what one step of a recipe sees and does to a safetensors file: weights
//! before and after, images, latents and losses; and MNIST. `cargo xtask bench --peers` has other frameworks
//! take the same step, and compares, before it times anything.
//!
//! ```text
//! cargo run -p gan-training --example first_step -- FILE [PRESET]
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Tensor, TensorData};
use gan_collective::Single;
use gan_random::{Rng, Stream};
use gan_training::{Adam, Batch, Gan, Penalties, Preset};
use gan_weights::named_weights;
use safetensors::tensor::{Dtype, TensorView, serialize};

const BATCH: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("which file?")?;
    let preset = std::env::args().nth(2).unwrap_or_else(|| "tutorial".to_owned());
    let config = Preset::named(&preset).ok_or("no such preset")?.config([1, 28, 28]);
    let penalties = &config.penalties;
    let (rng, device) = (Rng::new(0), Device::flex());
    let with_autodiff = device.clone().autodiff();
    let mut gan = Gan {
        generator: config.generator.init(rng, &with_autodiff)?.map(&mut Shake { rng, index: 0 }),
        discriminator: config
            .discriminator
            .init(rng, &with_autodiff)?
            .map(&mut Shake { rng, index: 1_000 }),
        generator_adam: Adam::new(config.generator_adam.at(0.0)),
        discriminator_adam: Adam::new(config.discriminator_adam.at(0.0)),
        loss: config.loss,
        penalties: Penalties {
            r1_gamma: penalties.r1_gamma.at(0.0),
            r2_gamma: penalties.r2_gamma.at(0.0),
            ..Penalties::default()
        },
        ranks: Arc::new(Single),
    };

    let uniform = |stream, low: f32, shape: [usize; 2]| {
        let values = rng.uniform(stream, 0, shape[0] * shape[1], low, 1.0);
        Tensor::<2>::from_data(TensorData::new(values, shape), &device)
    };
    let reals = uniform(Stream::DataOrder, 0.0, [BATCH, 784]);
    let latents = [BATCH, config.generator.latent_space().dim];
    let d_latents = uniform(Stream::DiscriminatorLatents, -1.0, latents);
    let g_latents = uniform(Stream::GeneratorLatents, -1.0, latents);

    let mut tensors = BTreeMap::new();
    keep(&mut tensors, "before.generator.", &gan.generator);
    keep(&mut tensors, "before.discriminator.", &gan.discriminator);
    let images = reals.clone().reshape([BATCH, 1, 28, 28]);
    let batch = |latents: &Tensor<2>| Batch::new(images.clone(), latents.clone());
    let report = gan.step(batch(&d_latents), batch(&g_latents))?;
    keep(&mut tensors, "after.generator.", &gan.generator);
    keep(&mut tensors, "after.discriminator.", &gan.discriminator);
    tensors.insert("reals".to_owned(), reals.into_data());
    tensors.insert("d_latents".to_owned(), d_latents.into_data());
    tensors.insert("g_latents".to_owned(), g_latents.into_data());
    tensors.insert("d_loss".to_owned(), report.discriminator.loss.into_data());
    tensors.insert("g_loss".to_owned(), report.generator.loss.into_data());

    // And the images that runs train on, for the peers to train on the same.
    let set = gan_data::mnist()?;
    let mut images: Vec<u8> = Vec::new();
    for index in 0..set.len() {
        images.extend_from_slice(&set.image(index)?);
    }

    let view = |data| {
        let data: &TensorData = data;
        TensorView::new(Dtype::F32, data.shape().to_vec(), data.as_bytes())
    };
    let mut views = vec![("images", TensorView::new(Dtype::U8, vec![set.len(), 784], &images)?)];
    for (name, data) in &tensors {
        views.push((name, view(data)?));
    }
    std::fs::write(file, serialize(views, None)?)?;
    Ok(())
}

/// Moves every weight a little: a layer that begins at zero would hide those before it.
struct Shake {
    rng: Rng,
    index: u64,
}

impl ModuleMapper for Shake {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        self.index += 1;
        param.map(|weights| {
            let (shape, device, learned) =
                (weights.dims(), weights.device(), weights.is_require_grad());
            let noise = self.rng.normal(Stream::DataOrder, self.index, shape.iter().product());
            let noise = Tensor::<D>::from_data(TensorData::new(noise, shape), &device);
            (weights.detach() + noise.mul_scalar(0.02)).detach().set_require_grad(learned)
        })
    }
}

fn keep<M: Module>(tensors: &mut BTreeMap<String, TensorData>, prefix: &str, module: &M) {
    tensors.extend(named_weights(module, prefix));
}
