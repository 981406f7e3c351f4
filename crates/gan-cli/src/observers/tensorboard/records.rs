//! Records, as TensorFlow has them: length, its checksum, content, its checksum.

use std::io::Write;

use prost::Message;

use super::messages::Event;

/// Adds `event` to `out`, where readers see it at once.
pub fn write(out: &mut impl Write, event: &Event) -> std::io::Result<()> {
    let content = event.encode_to_vec();
    let length = (content.len() as u64).to_le_bytes();
    out.write_all(&length)?;
    out.write_all(&masked_checksum(&length).to_le_bytes())?;
    out.write_all(&content)?;
    out.write_all(&masked_checksum(&content).to_le_bytes())?;
    out.flush()
}

/// CRC-32C, rotated and moved, so that checksums of what holds checksums stay good.
fn masked_checksum(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xA282_EAD8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observers::tensorboard::messages::{Summary, Value};

    #[test]
    fn a_scalar_is_the_bytes_that_tensorboards_own_writer_makes() {
        // tests/python/tensorboard_record.py prints them.
        let expected = "1c00000000000000c8c1951d09000000000000f83f10032a0f0a0d0a066c6f73732f64150000803e7ff4be42";
        let value = Value { tag: "loss/d".into(), scalar: Some(0.25), image: None };
        let summary = Some(Summary { values: vec![value] });
        let event = Event { wall_time: 1.5, step: 3, summary, ..Event::default() };
        let mut bytes = Vec::new();
        write(&mut bytes, &event).unwrap();
        let hexadecimal: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hexadecimal, expected);
    }
}
