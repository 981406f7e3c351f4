//! IDX files: whole ones are read, all others refused with their name and what is wrong.

use gan_data::{ImageSet, open};

use crate::files::{folder, gzipped, idx, images};

/// Opens `bytes` as the file `file`.
fn open_bytes(bytes: &[u8]) -> Result<ImageSet, String> {
    let folder = folder(&[("file", bytes.to_vec())]);
    open(folder.path().join("file")).map_err(|error| error.to_string())
}

/// The message about `bytes`, which names the file.
fn problem(bytes: &[u8]) -> String {
    let message = open_bytes(bytes).unwrap_err();
    assert!(message.contains("file: "), "{message}");
    message
}

#[test]
fn an_idx_file_is_read_raw_or_gzipped_whatever_it_is_called() {
    let file = images(5, 10);
    // Two gzip members one after the other are one file, as gunzip sees it.
    let members = [gzipped(&file[..20]), gzipped(&file[20..])].concat();
    for bytes in [&file, &gzipped(&file), &members] {
        let set = open_bytes(bytes).unwrap();
        assert_eq!((set.len(), set.shape()), (5, [1, 2, 3]));
        assert_eq!(*set.image(4).unwrap(), [34, 35, 36, 37, 38, 39]);
    }
}

#[test]
fn images_in_colour_or_as_rows_of_a_square_are_read() {
    for (dims, shape) in [(&[2, 4][..], [1, 2, 2]), (&[1, 2, 2, 3], [3, 2, 2])] {
        let count = dims.iter().product::<u32>() as u8;
        let set = open_bytes(&idx(8, dims, &(0..count).collect::<Vec<u8>>())).unwrap();
        assert_eq!(set.shape(), shape);
    }
}

#[test]
fn a_header_that_promises_terabytes_allocates_nothing() {
    let most = u32::MAX;
    for dims in [&[most, most, most, most][..], &[most, most], &[1 << 20, 1 << 12, 1 << 10]] {
        for bytes in [idx(8, dims, &[7; 100]), gzipped(&idx(8, dims, &[7; 100]))] {
            let message = problem(&bytes);
            assert!(message.contains("promises"), "{message}");
        }
    }
}

#[test]
fn a_file_cut_short_anywhere_is_refused() {
    let file = images(5, 0);
    for length in 0..file.len() {
        let message = problem(&file[..length]);
        assert!(length < 16 || message.contains("cut short"), "{message}");
        problem(&gzipped(&file[..length]));
    }
    let packed = gzipped(&file);
    for length in 0..packed.len() {
        problem(&packed[..length]);
    }
}

#[test]
fn an_empty_file_is_refused() {
    problem(&[]);
    problem(&gzipped(&[]));
}

#[test]
fn a_file_longer_than_its_header_says_is_refused() {
    for more in [1, 1_000] {
        let file = [images(5, 0), vec![0; more]].concat();
        assert!(problem(&file).contains("longer than the 30 bytes"));
        assert!(problem(&gzipped(&file)).contains("longer than the 30 bytes"));
    }
}

#[test]
fn images_of_other_elements_than_bytes_are_refused() {
    // Signed bytes, 16 and 32 bits, floats, doubles.
    for (kind, width) in [(0x09, 1), (0x0b, 2), (0x0c, 4), (0x0d, 4), (0x0e, 8)] {
        problem(&idx(kind, &[1, 2, 2], &vec![0; 4 * width]));
    }
}

#[test]
fn a_dimension_of_zero_is_refused() {
    for dims in [&[0][..], &[0, 28, 28], &[10, 0, 28], &[u32::MAX, u32::MAX, 0]] {
        assert!(problem(&idx(8, dims, &[])).contains("nothing inside"));
    }
}

#[test]
fn what_only_looks_like_gzip_is_refused() {
    problem(&[0x1f, 0x8b]);
    problem(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xff]);
}

#[test]
fn a_gzipped_file_whose_checksum_is_wrong_is_refused() {
    let mut packed = gzipped(&images(5, 0));
    let crc = packed.len() - 8;
    packed[crc] ^= 1;
    problem(&packed);
}
