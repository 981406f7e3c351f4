//! Between two latents.

use burn::tensor::Tensor;
use gan_model::LatentDistribution;

/// The latent at `fraction` (0 to 1) of the way between `from` and `to`, `[batch, dim]` each.
///
/// Normal latents lie near a sphere, and so does what is between them: spherical interpolation
/// (Shoemake 1985; White 2016). Uniform ones fill a cube: a straight line.
pub fn between(
    from: Tensor<2>,
    to: Tensor<2>,
    fraction: f32,
    distribution: LatentDistribution,
) -> Tensor<2> {
    match distribution {
        LatentDistribution::Uniform => from * (1.0 - fraction) + to * fraction,
        LatentDistribution::Normal => {
            let norm = |latents: Tensor<2>| latents.powi_scalar(2).sum_dim(1).sqrt();
            let product = (from.clone() * to.clone()).sum_dim(1);
            let cosine = product / (norm(from.clone()) * norm(to.clone()));
            // Latents of one direction have no angle between them; a small one does as well.
            let angle = cosine.clamp(-1.0, 1.0 - 1e-6).acos();
            let weight = |share: f32| (angle.clone() * share).sin() / angle.clone().sin();
            from * weight(1.0 - fraction) + to * weight(fraction)
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    fn values(fraction: f32, distribution: LatentDistribution) -> Vec<f32> {
        let device = Device::flex();
        let from = Tensor::from_floats([[3.0, 0.0]], &device);
        let to = Tensor::from_floats([[0.0, 3.0]], &device);
        between(from, to, fraction, distribution).into_data().iter::<f32>().collect()
    }

    #[test]
    fn normal_latents_keep_their_length_and_uniform_ones_go_straight() {
        let half = 3.0 * std::f32::consts::FRAC_1_SQRT_2;
        for (wanted, found) in [half, half].iter().zip(values(0.5, LatentDistribution::Normal)) {
            assert!((wanted - found).abs() < 1e-5, "{found}");
        }
        assert_eq!(values(0.5, LatentDistribution::Uniform), [1.5, 1.5]);
        for distribution in [LatentDistribution::Normal, LatentDistribution::Uniform] {
            for (fraction, wanted) in [(0.0, [3.0, 0.0]), (1.0, [0.0, 3.0])] {
                let found = values(fraction, distribution);
                let far =
                    wanted.iter().zip(&found).any(|(a, b): (&f32, &f32)| (a - b).abs() > 1e-5);
                assert!(!far, "{found:?}");
            }
        }
    }

    #[test]
    fn a_latent_and_itself_have_only_itself_between_them() {
        let latent = Tensor::<2>::from_floats([[1.0, 2.0, 2.0]], &Device::flex());
        let found = between(latent.clone(), latent, 0.3, LatentDistribution::Normal);
        for (wanted, found) in [1.0, 2.0, 2.0].iter().zip(found.into_data().iter::<f32>()) {
            assert!((wanted - found).abs() < 1e-3, "{found}");
        }
    }
}
