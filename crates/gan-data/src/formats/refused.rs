//! What people have and is not read: recognised by its content, with what to do about it.

/// A format that is not read.
pub(crate) struct Refused {
    pub(crate) name: &'static str,
    pub(crate) recognise: fn(&[u8]) -> bool,
    pub(crate) advice: &'static str,
}

/// Every format that is known not to be read.
pub(crate) const REFUSED: &[Refused] = &[
    Refused {
        name: "a Git LFS pointer",
        recognise: |head| head.starts_with(b"version https://git-lfs.github.com/spec/"),
        advice: "the file itself was not downloaded: `git lfs pull` fetches it",
    },
    Refused {
        name: "a web page",
        recognise: |head| {
            let text = String::from_utf8_lossy(head).trim_start().to_ascii_lowercase();
            ["<!doctype html", "<html", "<head"].iter().any(|start| text.starts_with(start))
        },
        advice: "the download gave a page (a login, or an error) instead of the data",
    },
    Refused {
        name: "a Python pickle",
        recognise: |head| matches!(head, [0x80, 2..=5, ..]),
        advice: "loading one runs code that it holds, so it is not read; in Python: \
                 numpy.savez('data.npz', images=images, labels=labels)",
    },
    Refused {
        name: "an HDF5 file",
        recognise: |head| head.starts_with(b"\x89HDF\r\n\x1a\n"),
        advice: "in Python: numpy.savez('data.npz', images=h5py.File(path)['images'][:])",
    },
    Refused {
        name: "a Parquet file",
        recognise: |head| head.starts_with(b"PAR1"),
        advice: "in Python: write its pictures to a folder, a folder for each class",
    },
    Refused {
        name: "a MATLAB file",
        recognise: |head| head.starts_with(b"MATLAB 5.0"),
        advice: "in Python: numpy.savez('data.npz', images=scipy.io.loadmat(path)['X'])",
    },
    Refused {
        name: "a TensorFlow record",
        recognise: is_tensorflow_record,
        advice: "in Python: write the pictures of tf.data.TFRecordDataset(path) to a folder",
    },
    Refused {
        name: "an AVIF or HEIC picture",
        recognise: |head| {
            head.get(4..8) == Some(b"ftyp")
                && head.get(8..12).is_some_and(|brand| {
                    [b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1"]
                        .contains(&brand.try_into().expect("four bytes"))
                })
        },
        advice: "convert it: `magick mogrify -format png *.heic`",
    },
    Refused {
        name: "an SVG drawing",
        recognise: |head| {
            let text = String::from_utf8_lossy(head);
            let text = text.trim_start_matches('\u{feff}').trim_start();
            text.starts_with("<svg") || (text.starts_with("<?xml") && text.contains("<svg"))
        },
        advice: "draw it as pixels: `rsvg-convert -w 64 -h 64 a.svg -o a.png`",
    },
    Refused {
        name: "a PDF document",
        recognise: |head| head.starts_with(b"%PDF-"),
        advice: "extract its pictures: `pdfimages -png a.pdf a`",
    },
    Refused {
        name: "a JPEG XL picture",
        recognise: |head| {
            head.starts_with(&[0xff, 0x0a]) || head.starts_with(b"\0\0\0\x0cJXL \r\n\x87\n")
        },
        advice: "convert it: `djxl a.jxl a.png`",
    },
    Refused {
        name: "a 7-Zip archive",
        recognise: |head| head.starts_with(b"7z\xbc\xaf\x27\x1c"),
        advice: "unpack it and name the folder",
    },
    Refused {
        name: "a RAR archive",
        recognise: |head| head.starts_with(b"Rar!\x1a\x07"),
        advice: "unpack it and name the folder",
    },
    Refused {
        name: "an XZ, bzip2 or Zstandard file",
        recognise: |head| {
            head.starts_with(b"\xfd7zXZ\0")
                || head.starts_with(b"BZh")
                || head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
        },
        advice: "unpack it first: `tar xf` reads all three",
    },
    Refused {
        name: "a Photoshop picture",
        recognise: |head| head.starts_with(b"8BPS"),
        advice: "export it as PNG",
    },
];

/// Eight bytes of length below a gigabyte, their checksum, and a protocol buffer of features.
fn is_tensorflow_record(head: &[u8]) -> bool {
    let Some((length, rest)) = head.split_first_chunk::<8>() else { return false };
    let length = u64::from_le_bytes(*length);
    (1..1 << 30).contains(&length) && rest.get(4) == Some(&0x0a) && head[4..8] == [0; 4]
}
