//! Pictures in a terminal: two pixels a character, the upper one as the colour of a half block,
//! the lower one as its background.

use std::fmt::Write;

use gan_data::picture::Picture;

/// Whether stderr is a terminal that shows 24-bit or at least 256 colours.
pub fn is_possible() -> bool {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let colours = variable("TERM").contains("256color")
        || matches!(variable("COLORTERM").as_str(), "truecolor" | "24bit");
    super::is_live() && std::env::var_os("NO_COLOR").is_none() && colours
}

/// Half the width and height, each pixel the mean of four.
pub fn halved(picture: &Picture) -> Picture {
    let (width, height, channels) = (picture.width / 2, picture.height / 2, picture.channels);
    let at = |x: usize, y: usize, c: usize| {
        u16::from(picture.bytes[(y * picture.width + x) * channels + c])
    };
    let mut bytes = Vec::with_capacity(width * height * channels);
    for y in 0..height {
        for x in 0..width {
            for c in 0..channels {
                let sum = at(2 * x, 2 * y, c)
                    + at(2 * x + 1, 2 * y, c)
                    + at(2 * x, 2 * y + 1, c)
                    + at(2 * x + 1, 2 * y + 1, c);
                bytes.push((sum / 4) as u8);
            }
        }
    }
    Picture { width, height, channels, bytes }
}

/// The picture as lines of text with colours of the 256-colour palette, which every terminal that
/// has colours shows.
pub fn draw(picture: &Picture) -> String {
    let mut text = String::new();
    for y in (0..picture.height).step_by(2) {
        for x in 0..picture.width {
            let (upper, lower) = (colour(picture, x, y), colour(picture, x, y + 1));
            let _ = write!(text, "\x1b[38;5;{upper};48;5;{lower}m▀");
        }
        text.push_str("\x1b[0m\n");
    }
    text.pop();
    text
}

/// The nearest colour of the palette: 24 greys (232–255) between black (16) and white (231), or a
/// 6 × 6 × 6 cube of colours from 16 on.
fn colour(picture: &Picture, x: usize, y: usize) -> usize {
    let start = (y * picture.width + x) * picture.channels;
    match picture.bytes.get(start..start + picture.channels) {
        None => 16,
        Some(pixel) => palette_colour(pixel),
    }
}

/// The same of one pixel: a grey, or red, green and blue.
pub fn palette_colour(pixel: &[u8]) -> usize {
    match *pixel {
        [grey] => match usize::from(grey) * 25 / 255 {
            0 => 16,
            25 => 231,
            level => 231 + level,
        },
        [red, green, blue] if red == green && green == blue => palette_colour(&[red]),
        _ => {
            let level = |value: u8| (usize::from(value) * 5 + 127) / 255;
            16 + pixel.iter().fold(0, |sum, &value| sum * 6 + level(value))
        }
    }
}
