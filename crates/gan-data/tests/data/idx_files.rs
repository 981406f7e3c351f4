//! IDX files: whole ones are read, all others refused with their name and what is wrong.

use gan_data::DataError;
use gan_data::idx::{Idx, read};

use crate::made::{folder, gzipped, idx, images};

/// Reads `bytes` as the file `file`.
fn read_bytes(bytes: &[u8]) -> Result<Idx, DataError> {
    let folder = folder(&[("file", bytes.to_vec())]);
    read(folder.path().join("file"))
}

/// The message about `bytes`, which names the file.
fn problem(bytes: &[u8]) -> String {
    let message = read_bytes(bytes).unwrap_err().to_string();
    assert!(message.contains("file: "), "{message}");
    message
}

#[test]
fn an_idx_file_is_read_raw_or_gzipped_whatever_it_is_called() {
    let file = images(5, 10);
    let expected = Idx { dims: vec![5, 2, 3], bytes: (10..40).collect() };
    assert_eq!(read_bytes(&file).unwrap(), expected);
    assert_eq!(read_bytes(&gzipped(&file)).unwrap(), expected);
    // Two gzip members one after the other are one file, as gunzip sees it.
    let members = [gzipped(&file[..20]), gzipped(&file[20..])].concat();
    assert_eq!(read_bytes(&members).unwrap(), expected);
}

#[test]
fn one_to_four_dimensions_are_read() {
    for dims in [&[4][..], &[2, 2], &[1, 2, 2], &[1, 2, 1, 2]] {
        let file = idx(8, dims, &[1, 2, 3, 4]);
        let sizes: Vec<usize> = dims.iter().map(|&dim| dim as usize).collect();
        assert_eq!(read_bytes(&file).unwrap(), Idx { dims: sizes, bytes: vec![1, 2, 3, 4] });
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
        assert!(message.contains("ends within") || message.contains("cut short"), "{message}");
        problem(&gzipped(&file[..length]));
    }
    let packed = gzipped(&file);
    for length in 0..packed.len() {
        problem(&packed[..length]);
    }
}

#[test]
fn an_empty_file_is_refused() {
    assert!(problem(&[]).contains("ends within its header"));
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
fn elements_of_another_type_are_refused() {
    // Signed bytes, 16 and 32 bits, floats, doubles.
    for kind in [0x09, 0x0b, 0x0c, 0x0d, 0x0e] {
        let message = problem(&idx(kind, &[1], &[0; 8]));
        assert!(message.contains(&format!("{kind:#04x}")), "{message}");
    }
}

#[test]
fn a_dimension_of_zero_is_refused() {
    for dims in [&[0][..], &[0, 28, 28], &[10, 0, 28], &[u32::MAX, u32::MAX, 0]] {
        assert!(problem(&idx(8, dims, &[])).contains("nothing inside"));
    }
}

#[test]
fn what_is_no_idx_file_is_refused() {
    let others: [&[u8]; 5] = [
        b"\x89PNG\r\n\x1a\n",
        b"\x00\x00\x08\x00",
        b"\x00\x00\x08\x05",
        b"PK\x03\x04",
        &[0xff; 64],
    ];
    for bytes in others {
        assert!(problem(bytes).contains("not an IDX file"));
    }
    // A gzip header and nothing that unpacks.
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

#[test]
fn a_missing_file_is_refused_by_name() {
    let folder = folder(&[]);
    let error = read(folder.path().join("nowhere")).unwrap_err();
    assert!(matches!(error, DataError::Read { .. }));
    assert!(error.to_string().contains("nowhere"), "{error}");
    // So is a folder in place of a file.
    assert!(read(folder.path()).is_err());
}
