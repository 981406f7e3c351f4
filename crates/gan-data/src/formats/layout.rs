//! Which sides of an array are images, channels, height and width.

/// How the images of an array lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// `[channels, height, width]` of each.
    pub(super) shape: [usize; 3],
    /// Channels come last, pixel by pixel.
    channels_last: bool,
}

/// The layout of an array of these sides, the slowest first.
pub(super) fn layout(dims: &[usize]) -> Result<Layout, String> {
    // Four are colour and alpha, unless the other place has one of the usual numbers.
    let usual = |channels: usize| matches!(channels, 1 | 3);
    let is_colour = |channels: usize| usual(channels) || channels == 4;
    match *dims {
        [_, pixels] => match pixels.isqrt() {
            side if side > 1 && side * side == pixels => {
                Ok(Layout { shape: [1, side, side], channels_last: false })
            }
            _ => Err(format!(
                "{dims:?}: {pixels} numbers in a row are no square image; save x.reshape(count, \
                 height, width)"
            )),
        },
        [_, height, width] => Ok(Layout { shape: [1, height, width], channels_last: false }),
        [_, a, b, c] => match (is_colour(a), is_colour(c)) {
            (true, false) => Ok(Layout { shape: [a, b, c], channels_last: false }),
            (false, true) => Ok(Layout { shape: [c, a, b], channels_last: true }),
            (true, true) if usual(a) && c == 4 => {
                Ok(Layout { shape: [a, b, c], channels_last: false })
            }
            (true, true) if usual(c) && a == 4 => {
                Ok(Layout { shape: [c, a, b], channels_last: true })
            }
            (true, true) => Err(format!(
                "{dims:?} can be read with its channels first or last; save images of other sides, \
                 or grey ones without their channel: x.squeeze()"
            )),
            (false, false) => Err(format!(
                "{dims:?} has 1, 3 or 4 channels neither at its second nor at its last place; \
                 x.transpose(…) puts them there"
            )),
        },
        _ => Err(format!(
            "{dims:?}; images are (count, height, width), (count, height, width, channels) or \
             (count, channels, height, width)"
        )),
    }
}

impl Layout {
    /// The bytes of the images, plane by plane.
    pub(super) fn into_planes(self, bytes: Vec<u8>) -> Vec<u8> {
        let [channels, height, width] = self.shape;
        if !self.channels_last || channels == 1 {
            return bytes;
        }
        let mut planes = Vec::with_capacity(bytes.len());
        for image in bytes.chunks_exact(channels * height * width) {
            for channel in 0..channels {
                planes.extend(image.iter().skip(channel).step_by(channels));
            }
        }
        planes
    }
}
