//! The rule applied to one picture: alpha, colour, size.

use fast_image_resize::images::Image;
use fast_image_resize::pixels::{U8, U8x3, U8x4};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};

use crate::picture::Picture;
use crate::rule::{Alpha, Fit, Rule};

/// A picture after the rule, in as few channels as it needs: 1 if it is grey, 3 if it has colour, 4
/// if alpha is kept.
pub(crate) struct Converted {
    pub(crate) picture: Picture,
    /// Some pixel was not opaque.
    pub(crate) had_alpha: bool,
    pub(crate) resized: bool,
}

/// `picture` (1, 3 or 4 channels) after `rule`.
pub(crate) fn convert(picture: Picture, rule: &Rule) -> Converted {
    let had_alpha =
        picture.channels == 4 && picture.bytes.iter().skip(3).step_by(4).any(|&alpha| alpha < 255);
    let picture = match (picture.channels, rule.alpha) {
        (4, Alpha::Keep) => without_hidden_colours(picture, rule.alpha.background()),
        (4, Alpha::Over(colour)) => grey_if_grey(composited(&picture, colour.0)),
        (_, Alpha::Keep) => with_channels(&picture, 4),
        (_, Alpha::Over(_)) => grey_if_grey(picture),
    };
    let size = [picture.height, picture.width];
    match rule.resolution {
        Some(wanted) if wanted != size => {
            let picture = grey_if_grey(fitted(picture, wanted, rule));
            Converted { picture, had_alpha, resized: true }
        }
        _ => Converted { picture, had_alpha, resized: false },
    }
}

/// The same picture in `channels` (not fewer than it has): grey repeated, alpha opaque.
pub(crate) fn with_channels(picture: &Picture, channels: usize) -> Picture {
    let mut bytes = Vec::with_capacity(picture.width * picture.height * channels);
    for pixel in picture.bytes.chunks_exact(picture.channels) {
        let (grey, alpha) = (pixel[0], 255);
        let wide = match *pixel {
            [red, green, blue] => [red, green, blue, alpha],
            [red, green, blue, alpha] => [red, green, blue, alpha],
            _ => [grey, grey, grey, alpha],
        };
        bytes.extend_from_slice(&wide[..channels]);
    }
    Picture { channels, bytes, ..*picture }
}

/// Alpha compositing ("over", Porter and Duff 1984) on one colour.
fn composited(picture: &Picture, background: [u8; 3]) -> Picture {
    let over = |value: u8, below: u8, alpha: u8| {
        let (alpha, value, below) = (u32::from(alpha), u32::from(value), u32::from(below));
        ((value * alpha + below * (255 - alpha) + 127) / 255) as u8
    };
    let pixels = picture.bytes.chunks_exact(4);
    let bytes = pixels.flat_map(|p| [0, 1, 2].map(|c| over(p[c], background[c], p[3]))).collect();
    Picture { channels: 3, bytes, ..*picture }
}

/// What lies under a fully transparent pixel is arbitrary: it becomes the background.
fn without_hidden_colours(mut picture: Picture, background: [u8; 3]) -> Picture {
    for pixel in picture.bytes.chunks_exact_mut(4).filter(|pixel| pixel[3] == 0) {
        pixel[..3].copy_from_slice(&background);
    }
    picture
}

/// A picture of three channels that are all alike, as one.
fn grey_if_grey(picture: Picture) -> Picture {
    let is_grey = picture.channels == 3
        && picture.bytes.chunks_exact(3).all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]);
    if !is_grey {
        return picture;
    }
    let bytes = picture.bytes.iter().step_by(3).copied().collect();
    Picture { channels: 1, bytes, ..picture }
}

fn fitted(picture: Picture, [height, width]: [usize; 2], rule: &Rule) -> Picture {
    match rule.fit {
        Fit::Crop => resized(picture, [height, width], true),
        Fit::Stretch => resized(picture, [height, width], false),
        Fit::Pad => {
            let scale =
                (height as f64 / picture.height as f64).min(width as f64 / picture.width as f64);
            let side = |pixels: usize, most: usize| {
                ((pixels as f64 * scale).round() as usize).clamp(1, most)
            };
            let inner = [side(picture.height, height), side(picture.width, width)];
            let background = rule.alpha.background();
            // Grey on a coloured background is in colour.
            let is_grey = background[0] == background[1] && background[1] == background[2];
            let picture = match picture.channels {
                1 if !is_grey => with_channels(&picture, 3),
                _ => picture,
            };
            padded(&resized(picture, inner, false), [height, width], background)
        }
    }
}

/// `picture` in the middle of a background; transparent where there is alpha.
fn padded(picture: &Picture, [height, width]: [usize; 2], background: [u8; 3]) -> Picture {
    let channels = picture.channels;
    let pixel = [background[0], background[1], background[2], 0];
    let mut bytes = pixel[..channels].repeat(width * height);
    let (top, left) = ((height - picture.height) / 2, (width - picture.width) / 2);
    for (y, row) in picture.bytes.chunks_exact(picture.width * channels).enumerate() {
        let start = ((top + y) * width + left) * channels;
        bytes[start..start + row.len()].copy_from_slice(row);
    }
    Picture { width, height, channels, bytes }
}

/// Resampled with Lanczos's filter of three lobes, widened where the picture shrinks, on premultiplied
/// alpha. The filter computes in integers, so that every processor gives the same bytes.
fn resized(picture: Picture, size: [usize; 2], crop: bool) -> Picture {
    // `Resizer::resize` would compile a dozen kinds of pixels, for minutes.
    match picture.channels {
        1 => resized_as::<U8>(picture, size, crop),
        3 => resized_as::<U8x3>(picture, size, crop),
        _ => resized_as::<U8x4>(picture, size, crop),
    }
}

fn resized_as<P: PixelTrait>(picture: Picture, [height, width]: [usize; 2], crop: bool) -> Picture {
    let Picture { width: old_width, height: old_height, channels, bytes } = picture;
    let kind = P::pixel_type();
    let source = Image::from_vec_u8(old_width as u32, old_height as u32, bytes, kind)
        .expect("as many bytes as pixels");
    let mut target = Image::new(width as u32, height as u32, kind);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    let options = match crop {
        true => options.fit_into_destination(Some((0.5, 0.5))),
        false => options,
    };
    let pixels = "images of this kind of pixel";
    let source = source.typed_image::<P>().expect(pixels);
    let mut into = target.typed_image_mut::<P>().expect(pixels);
    Resizer::new().resize_typed(&source, &mut into, Some(&options)).expect("the crop lies inside");
    Picture { width, height, channels, bytes: target.into_vec() }
}
