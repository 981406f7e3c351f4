//! Text in pictures: what rows and columns of a grid show.

use std::convert::Infallible;

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{OriginDimensions, Point, Size};
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::iso_8859_1::FONT_6X10;
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::text::{Baseline, Text};
use embedded_graphics::{Drawable, Pixel};

use super::Picture;

const LINE: usize = 12;
const CHARACTER: usize = 6;
const MARGIN: usize = 3;

impl Picture {
    /// The picture below a line of text, white on black; text that is wider than the picture widens
    /// it.
    pub fn with_caption(&self, caption: &str) -> Self {
        let width = (caption.chars().count() * CHARACTER + 2 * MARGIN).max(self.width);
        let mut canvas = Self::black(width, self.height + LINE, self.channels);
        canvas.put(self, 0, LINE);
        canvas.write(caption, MARGIN, 1);
        canvas
    }

    /// The picture with a name left of each of its rows, which are equally high; as it is where they
    /// are too low for text.
    pub fn with_row_names(&self, names: &[String]) -> Self {
        let row = self.height / names.len().max(1);
        if row < LINE - 2 {
            return self.clone();
        }
        let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let left = longest * CHARACTER + 2 * MARGIN;
        let mut canvas = Self::black(self.width + left, self.height, self.channels);
        canvas.put(self, left, 0);
        for (index, name) in names.iter().enumerate() {
            canvas.write(name, MARGIN, index * row + (row - (LINE - 2)) / 2);
        }
        canvas
    }

    fn black(width: usize, height: usize, channels: usize) -> Self {
        Self { width, height, channels, bytes: vec![0; width * height * channels] }
    }

    /// Puts `picture` over this one, its upper left corner at these pixels.
    fn put(&mut self, picture: &Self, left: usize, top: usize) {
        let bytes = picture.width * picture.channels;
        for (y, row) in picture.bytes.chunks_exact(bytes).enumerate() {
            let start = ((top + y) * self.width + left) * self.channels;
            self.bytes[start..start + bytes].copy_from_slice(row);
        }
    }

    fn write(&mut self, text: &str, left: usize, top: usize) {
        let style = MonoTextStyle::new(&FONT_6X10, BinaryColor::On);
        let place = Point::new(left as i32, top as i32);
        let Ok(_) = Text::with_baseline(text, place, style, Baseline::Top).draw(self);
    }
}

impl OriginDimensions for Picture {
    fn size(&self) -> Size {
        Size::new(self.width as u32, self.height as u32)
    }
}

impl DrawTarget for Picture {
    type Color = BinaryColor;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<BinaryColor>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Infallible> {
        for Pixel(Point { x, y }, colour) in pixels {
            let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { continue };
            if x < self.width && y < self.height && colour.is_on() {
                let start = (y * self.width + x) * self.channels;
                self.bytes[start..start + self.channels].fill(255);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_and_row_names_stand_beside_the_picture_and_leave_it_as_it_is() {
        let picture = Picture { width: 40, height: 24, channels: 1, bytes: vec![9; 960] };
        let named = picture.with_row_names(&["class 0".to_owned(), "class 1".to_owned()]);
        assert_eq!((named.width, named.height), (40 + 7 * 6 + 6, 24));
        let row = |y: usize| &named.bytes[y * named.width..][..named.width];
        assert!((0..24).all(|y| row(y).ends_with(&[9; 40])));
        assert!(named.bytes.contains(&255));
        let captioned = picture.with_caption("nearest");
        assert_eq!((captioned.width, captioned.height), (48, 36));
        assert!(captioned.bytes[..48 * LINE].contains(&255));
    }
}
