//! A picture in the cells of a terminal: two pixels above each other in each, as large as fits.

use gan_data::picture::Picture;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;

use crate::terminal::picture::palette_colour;

/// How the terminal shows colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colours {
    /// 24 bits.
    All,
    /// The 256 of the palette.
    Palette,
    /// None: characters that are darker or lighter.
    None,
}

/// From dark to light.
const RAMP: [char; 10] = [' ', '.', ':', '-', '=', '+', '*', '#', '%', '@'];

impl Colours {
    /// Those of this terminal, as far as its environment says.
    pub fn of_terminal() -> Self {
        let variable = |name: &str| std::env::var(name).unwrap_or_default();
        match () {
            () if std::env::var_os("NO_COLOR").is_some() => Self::None,
            () if matches!(variable("COLORTERM").as_str(), "truecolor" | "24bit") => Self::All,
            () if variable("TERM").contains("256color") => Self::Palette,
            () => Self::None,
        }
    }
}

/// Draws `picture` into the middle of `area`.
pub fn draw(picture: &Picture, area: Rect, colours: Colours, buffer: &mut Buffer) {
    let (columns, rows) = (usize::from(area.width), 2 * usize::from(area.height));
    if columns == 0 || rows == 0 || picture.width == 0 || picture.height == 0 {
        return;
    }
    // Pixels of the picture for each of the terminal's.
    let size = (picture.width as f64 / columns as f64).max(picture.height as f64 / rows as f64);
    let width = ((picture.width as f64 / size) as usize).clamp(1, columns);
    let height = ((picture.height as f64 / size) as usize).clamp(1, rows);
    let left = (columns - width) / 2;
    for y in (0..height).step_by(2) {
        for x in 0..width {
            let upper = mean(picture, size, x, y);
            let lower = if y + 1 < height { mean(picture, size, x, y + 1) } else { [0; 3] };
            let place = (area.x + (left + x) as u16, area.y + (y / 2) as u16);
            let Some(cell) = buffer.cell_mut(place) else { continue };
            let colour = |[red, green, blue]: [u8; 3]| match colours {
                Colours::All => Color::Rgb(red, green, blue),
                _ => Color::Indexed(palette_colour(&[red, green, blue]) as u8),
            };
            match colours {
                Colours::None => {
                    let sum: usize =
                        upper.iter().chain(&lower).map(|&value| usize::from(value)).sum();
                    cell.set_char(RAMP[(sum * RAMP.len() / (6 * 256)).min(RAMP.len() - 1)]);
                }
                _ => {
                    cell.set_char('▀').set_fg(colour(upper)).set_bg(colour(lower));
                }
            }
        }
    }
}

/// The mean of the picture's pixels that lie in one of the terminal's.
fn mean(picture: &Picture, size: f64, x: usize, y: usize) -> [u8; 3] {
    let range = |at: usize, side: usize| {
        let first = ((at as f64 * size) as usize).min(side - 1);
        first..(((at + 1) as f64 * size) as usize).clamp(first + 1, side)
    };
    let (mut sums, mut count) = ([0usize; 3], 0);
    for row in range(y, picture.height) {
        for column in range(x, picture.width) {
            let start = (row * picture.width + column) * picture.channels;
            for (channel, sum) in sums.iter_mut().enumerate() {
                *sum += usize::from(picture.bytes[start + channel.min(picture.channels - 1)]);
            }
            count += 1;
        }
    }
    sums.map(|sum| (sum / count) as u8)
}
