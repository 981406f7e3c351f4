//! Augmentation of all images that the discriminator sees, real and generated ones alike.
//!
//! It is made of tensor operations, so that the generator learns through it: differentiable
//! augmentation (Zhao et al. 2020, DiffAugment), and instance noise (Sønderby et al. 2017).

use std::ops::Range;

use burn::tensor::{Device, Tensor, TensorData};
use gan_model::ConfigError;
use gan_random::{Rng, Stream};
use serde::{Deserialize, Serialize};

/// What is empty after a shift or a cutout: the middle of `[0, 1]`.
const MID_GREY: f64 = 0.5;

/// How far images may be augmented. All of it is off by default; what the paper uses stands beside
/// each, in its units: its images lie in `[-1, 1]`, so that a brightness of 0.5 adds up to 0.25 to ours,
/// and what is empty is mid-grey, 0 there and 0.5 here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Augmentation {
    /// Most that is added or subtracted, of values in `[-1, 1]`; 0.5.
    pub brightness: f64,
    /// Most that distances to a pixel's grey are multiplied up or down, as a fraction; 1. Grey images
    /// stay as they are.
    pub saturation: f64,
    /// Most that contrast is multiplied up or down, as a fraction; 0.5.
    pub contrast: f64,
    /// Most that an image is moved up, down, left and right, as a fraction of its side; 0.125.
    pub translation: f64,
    /// Side of the square that is made mid-grey, as a fraction of the image's; 0.5.
    pub cutout: f64,
}

/// What happens to one image, in this order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AugmentParams {
    /// Added to every value in `[0, 1]`.
    pub brightness: f32,
    /// Distances to the mean of a pixel's channels are multiplied by it.
    pub saturation: f32,
    /// Distances to the image's mean are multiplied by it.
    pub contrast: f32,
    /// Rows down and columns to the right; what comes in is mid-grey.
    pub shift: [i64; 2],
    /// First row and column of the hole, which may reach beyond the image.
    pub hole: [i64; 2],
    /// Rows and columns of the hole.
    pub hole_size: [i64; 2],
}

/// The augmentation of one batch, as tensors on the device without autodiff.
#[derive(Clone, Debug, Default)]
pub struct Augment {
    /// Brightness, saturation and contrast, `[batch, 1, 1, 1]` each.
    color: Option<[Tensor<4>; 3]>,
    /// Matrices that move rows and columns, `[batch, channels, side, side]` each.
    shift: Option<[Tensor<4>; 2]>,
    /// 0 in the hole and 1 elsewhere, `[batch, 1, height, width]`.
    mask: Option<Tensor<4>>,
    /// Added at last, `[batch, channels, height, width]`.
    noise: Option<Tensor<4>>,
}

impl Augmentation {
    /// Whether images are left as they are.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Parameters for each image of a batch of `shape`, a function of (seed, stream, index).
    pub fn draw(
        &self,
        rng: Rng,
        stream: Stream,
        index: u64,
        [batch, _, height, width]: [usize; 4],
    ) -> Vec<AugmentParams> {
        self.draw_part(rng, stream, index, 0..batch, [height, width])
    }

    /// Those of the parameters of [`Augmentation::draw`] that belong to the images in `rows`, of `sides`
    /// `[height, width]`.
    pub fn draw_part(
        &self,
        rng: Rng,
        stream: Stream,
        index: u64,
        rows: Range<usize>,
        sides @ [height, width]: [usize; 2],
    ) -> Vec<AugmentParams> {
        let values = rng.uniform_part(stream, index, rows.start * 7..rows.end * 7, 0.0, 1.0);
        let (values, _) = values.as_chunks::<7>();
        let spread = |u: f32, most: f64| (2.0 * f64::from(u) - 1.0) * most;
        // A whole number from −most to most.
        let move_by = |u: f32, side: usize| {
            let most = (side as f64 * self.translation).round();
            (f64::from(u) * (2.0 * most + 1.0)).floor() as i64 - most as i64
        };
        let hole_size = sides.map(|side| (side as f64 * self.cutout).round() as i64);
        values
            .iter()
            .map(|&[brightness, contrast, down, right, top, left, saturation]| {
                // The middle of the hole may be anywhere in the image.
                let middle = |u: f32, side: usize| (f64::from(u) * side as f64).floor() as i64;
                AugmentParams {
                    // The range of [0, 1] is half that of [-1, 1].
                    brightness: spread(brightness, self.brightness / 2.0) as f32,
                    saturation: (1.0 + spread(saturation, self.saturation)) as f32,
                    contrast: (1.0 + spread(contrast, self.contrast)) as f32,
                    shift: [move_by(down, height), move_by(right, width)],
                    hole: [
                        middle(top, height) - hole_size[0] / 2,
                        middle(left, width) - hole_size[1] / 2,
                    ],
                    hole_size,
                }
            })
            .collect()
    }

    pub(crate) fn check(&self, field: &str) -> Result<(), ConfigError> {
        for (name, value) in [
            ("brightness", self.brightness),
            ("saturation", self.saturation),
            ("contrast", self.contrast),
            ("translation", self.translation),
            ("cutout", self.cutout),
        ] {
            if !(0.0..=1.0).contains(&value) {
                let field = format!("{field}.{name}");
                return Err(ConfigError::new(field, value, "it must lie in [0, 1]"));
            }
        }
        Ok(())
    }
}

impl Augment {
    /// Augments image `i` of a batch of `shape` (`[batch, channels, height, width]`) by `params[i]`.
    pub fn new(
        params: &[AugmentParams],
        [batch, channels, height, width]: [usize; 4],
        device: &Device,
    ) -> Self {
        assert_eq!(params.len(), batch, "parameters for each image");
        let each = |value: &dyn Fn(&AugmentParams) -> f32| {
            let values: Vec<f32> = params.iter().map(value).collect();
            Tensor::from_data(TensorData::new(values, [batch, 1, 1, 1]), device)
        };
        let has_color = |params: &AugmentParams| {
            (params.brightness, params.saturation, params.contrast) != (0.0, 1.0, 1.0)
        };
        let color = params.iter().any(has_color).then(|| {
            [
                each(&|params| params.brightness),
                each(&|params| params.saturation),
                each(&|params| params.contrast),
            ]
        });
        let shift = params.iter().any(|params| params.shift != [0, 0]).then(|| {
            let matrices = |axis: usize, side: usize| {
                let shifts: Vec<i64> = params.iter().map(|params| params.shift[axis]).collect();
                shift_matrices(&shifts, channels, side, device)
            };
            // From the left rows move down; from the right columns move with the transposed matrix.
            [matrices(0, height), matrices(1, width).transpose()]
        });
        let has_hole = |params: &AugmentParams| params.hole_size.iter().all(|&side| side > 0);
        let mask = params.iter().any(has_hole).then(|| {
            let values: Vec<f32> =
                params.iter().flat_map(|params| hole_mask(params, height, width)).collect();
            Tensor::from_data(TensorData::new(values, [batch, 1, height, width]), device)
        });
        Self { color, shift, mask, noise: None }
    }

    /// The same with `noise` added at last, `[batch, channels, height, width]` on the device without
    /// autodiff.
    pub fn with_noise(self, noise: Tensor<4>) -> Self {
        Self { noise: Some(noise), ..self }
    }

    /// `images` as the discriminator sees them; they are on the device with autodiff.
    pub fn apply(self, mut images: Tensor<4>) -> Tensor<4> {
        let [batch, ..] = images.dims();
        if let Some(color) = self.color {
            let [brightness, saturation, contrast] = color.map(Tensor::from_inner);
            images = images + brightness;
            let [_, channels, ..] = images.dims();
            if channels > 1 {
                let grey = images.clone().mean_dim(1);
                images = (images - grey.clone()) * saturation + grey;
            }
            let mean = images.clone().flatten::<2>(1, 3).mean_dim(1).reshape([batch, 1, 1, 1]);
            images = (images - mean.clone()) * contrast + mean;
        }
        if let Some([rows, columns]) = self.shift.map(|both| both.map(Tensor::from_inner)) {
            images = rows.matmul(images - MID_GREY).matmul(columns) + MID_GREY;
        }
        if let Some(mask) = self.mask {
            images = (images - MID_GREY) * Tensor::from_inner(mask) + MID_GREY;
        }
        if let Some(noise) = self.noise {
            images = images + Tensor::from_inner(noise);
        }
        images
    }
}

/// Matrices S with S[i + shift, i] = 1, `[shifts.len(), channels, side, side]`.
fn shift_matrices(shifts: &[i64], channels: usize, side: usize, device: &Device) -> Tensor<4> {
    let is_moved = |shift: i64, to: usize, from: usize| to as i64 == from as i64 + shift;
    let values: Vec<f32> = shifts
        .iter()
        .flat_map(|&shift| (0..channels).map(move |_| shift))
        .flat_map(|shift| {
            (0..side * side).map(move |at| f32::from(is_moved(shift, at / side, at % side)))
        })
        .collect();
    Tensor::from_data(TensorData::new(values, [shifts.len(), channels, side, side]), device)
}

fn hole_mask(params: &AugmentParams, height: usize, width: usize) -> impl Iterator<Item = f32> {
    let AugmentParams { hole: [top, left], hole_size: [rows, columns], .. } = *params;
    (0..height * width).map(move |at| {
        let (row, column) = ((at / width) as i64, (at % width) as i64);
        let is_inside =
            (top..top + rows).contains(&row) && (left..left + columns).contains(&column);
        f32::from(!is_inside)
    })
}
