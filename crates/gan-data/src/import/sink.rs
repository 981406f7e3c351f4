//! Where converted pictures go: memory, or a file on its way to becoming a packed set.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;

use super::convert::with_channels;
use crate::picture::Picture;

/// Sets of more bytes are not held in memory.
pub(crate) const MAX_SET_BYTES: u64 = 1 << 32;

/// Images of one size, plane by plane; in grey until the first one in colour arrives.
pub(crate) struct Sink {
    size: [usize; 2],
    channels: usize,
    count: usize,
    store: Store,
}

/// What a sink has taken.
pub(crate) enum Store {
    Memory(Vec<u8>),
    File(File),
}

impl Sink {
    /// A sink of images of `size`, `[height, width]`; in a temporary file in `folder`, or in memory.
    pub(crate) fn new(size: [usize; 2], folder: Option<&Path>) -> Result<Self, String> {
        let store = match folder {
            None => Store::Memory(Vec::new()),
            Some(folder) => Store::File(temporary(folder)?),
        };
        Ok(Self { size, channels: 1, count: 0, store })
    }

    /// `[channels, height, width]` of the images so far.
    pub(crate) fn shape(&self) -> [usize; 3] {
        [self.channels, self.size[0], self.size[1]]
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    pub(crate) fn into_store(self) -> Store {
        self.store
    }

    /// Takes one picture.
    pub(crate) fn push(&mut self, picture: &Picture, folder: Option<&Path>) -> Result<(), String> {
        if picture.channels > self.channels {
            self.widen(picture.channels, folder)?;
        }
        let wide;
        let picture = match picture.channels < self.channels {
            true => {
                wide = with_channels(picture, self.channels);
                &wide
            }
            false => picture,
        };
        let mut planes = Vec::with_capacity(picture.bytes.len());
        for channel in 0..self.channels {
            planes.extend(picture.bytes.iter().skip(channel).step_by(self.channels));
        }
        self.count += 1;
        match &mut self.store {
            Store::Memory(bytes) if (bytes.len() + planes.len()) as u64 > MAX_SET_BYTES => {
                Err(format!(
                    "more than {MAX_SET_BYTES} bytes of images are not held in memory: `gan data \
                     pack` makes a file that is read as it is needed; or take a lower --resolution"
                ))
            }
            Store::Memory(bytes) => {
                bytes.extend_from_slice(&planes);
                Ok(())
            }
            Store::File(file) => file.write_all(&planes).map_err(|error| unwritable(&error)),
        }
    }

    /// The images so far in more channels: grey repeated. Only grey images are followed by wider ones.
    fn widen(&mut self, channels: usize, folder: Option<&Path>) -> Result<(), String> {
        let plane = self.size[0] * self.size[1];
        if self.count > 0 {
            match &mut self.store {
                Store::Memory(bytes) => {
                    let images = bytes.chunks_exact(plane);
                    *bytes = images.flat_map(|image| image.repeat(channels)).collect();
                }
                Store::File(file) => {
                    file.rewind().map_err(|error| unwritable(&error))?;
                    let mut wide = temporary(folder.unwrap_or(Path::new(".")))?;
                    let (mut reader, mut writer) =
                        (BufReader::new(file), BufWriter::new(&mut wide));
                    let mut image = vec![0; plane];
                    for _ in 0..self.count {
                        reader.read_exact(&mut image).map_err(|error| unwritable(&error))?;
                        (0..channels)
                            .try_for_each(|_| writer.write_all(&image))
                            .map_err(|error| unwritable(&error))?;
                    }
                    writer.flush().map_err(|error| unwritable(&error))?;
                    drop(writer);
                    self.store = Store::File(wide);
                }
            }
        }
        self.channels = channels;
        Ok(())
    }
}

/// A file without a name, gone when it is closed.
fn temporary(folder: &Path) -> Result<File, String> {
    tempfile::tempfile_in(folder).map_err(|error| unwritable(&error))
}

fn unwritable(error: &std::io::Error) -> String {
    format!("cannot be written: {error}")
}
