//! Animations, read by decoders that are not ours.

use std::io::Cursor;

use gan_data::DataError;
use gan_data::picture::{
    Animation, AnimationKind, Picture, Timing, animation_text, write_animation,
};
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, Frame};

const KINDS: [AnimationKind; 3] = [AnimationKind::Gif, AnimationKind::Apng, AnimationKind::Webp];

fn frames(channels: usize) -> Vec<Picture> {
    let picture = |frame: usize| {
        let value = |i: usize| (i * 7 + frame * 40) as u8;
        Picture { width: 5, height: 4, channels, bytes: (0..20 * channels).map(value).collect() }
    };
    (0..4).map(picture).collect()
}

fn written(
    kind: AnimationKind,
    frames: &[Picture],
    text: &[(&str, String)],
) -> Result<Vec<u8>, DataError> {
    let timing = Timing { fps: 30.0, rest: 0.5 };
    let animation = Animation { frames: frames.len(), timing, text };
    let mut out = Cursor::new(Vec::new());
    write_animation(kind, &mut out, &animation, frames.iter().cloned().map(Ok::<_, DataError>))?;
    Ok(out.into_inner())
}

/// As RGB, whatever it was.
fn rgb(picture: &Picture) -> Vec<u8> {
    match picture.channels {
        1 => picture.bytes.iter().flat_map(|&grey| [grey; 3]).collect(),
        _ => picture.bytes.clone(),
    }
}

#[test]
fn apng_and_webp_hold_every_pixel_of_every_frame_and_how_long_it_is_shown() {
    for channels in [1, 3] {
        let frames = frames(channels);
        let bytes = written(AnimationKind::Webp, &frames, &[]).unwrap();
        let decoder = WebPDecoder::new(Cursor::new(&bytes)).unwrap();
        assert!(decoder.has_animation());
        let found: Vec<Frame> = decoder.into_frames().map(Result::unwrap).collect();
        let shown: Vec<u32> = found.iter().map(|frame| frame.delay().numer_denom_ms().0).collect();
        // 33⅓ milliseconds each, rounded so that they add up; the last one stays.
        assert_eq!(shown, [33, 34, 33, 533]);
        for (found, frame) in found.iter().zip(&frames) {
            let pixels = found.buffer().pixels();
            let found: Vec<u8> = pixels.flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
            assert_eq!(found, rgb(frame));
        }

        let bytes = written(AnimationKind::Apng, &frames, &[]).unwrap();
        let mut reader = png::Decoder::new(Cursor::new(&bytes)).read_info().unwrap();
        assert_eq!(reader.info().animation_control().unwrap().num_frames, 4);
        for frame in &frames {
            let mut found = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut found).unwrap();
            assert_eq!(found, frame.bytes);
        }
    }
}

#[test]
fn an_animation_carries_its_text_whatever_it_is_kept_in() {
    let text = [
        ("Software", "gan 0.1.0".to_owned()),
        ("gan-snapshot", "a".repeat(300)),
        ("gan-data", "cats & <dogs>: ünï, &amp;".to_owned()),
    ];
    let expected: Vec<(String, String)> =
        text.iter().map(|(keyword, text)| ((*keyword).to_owned(), text.clone())).collect();
    for kind in KINDS {
        let bytes = written(kind, &frames(3), &text).unwrap();
        assert_eq!(animation_text(&bytes).unwrap(), expected, "{kind:?}");
        assert_eq!(animation_text(&written(kind, &frames(3), &[]).unwrap()).unwrap(), []);
        // Cut short anywhere it is refused, or has all or none of it; it is never a panic.
        for length in 0..bytes.len() {
            let found = animation_text(&bytes[..length]).unwrap_or_default();
            assert!(found.is_empty() || found == expected, "{kind:?} {length}: {found:?}");
        }
    }
    assert!(animation_text(b"not a picture").is_err());
}

#[test]
fn frames_are_as_many_as_promised_and_of_one_size_or_refused() {
    let mut unequal = frames(1);
    unequal[2].height = 2;
    unequal[2].bytes.truncate(10);
    for kind in KINDS {
        let told = written(kind, &unequal, &[]).unwrap_err().to_string();
        assert!(told.contains("one size"), "{told}");
        assert!(written(kind, &[], &[]).is_err());
        let animation = Animation { frames: 5, timing: Timing { fps: 1.0, rest: 0.0 }, text: &[] };
        let frames = frames(1).into_iter().map(Ok::<_, DataError>);
        assert!(write_animation(kind, Cursor::new(Vec::new()), &animation, frames).is_err());
    }
    let wide = Picture { width: 16_385, height: 1, channels: 1, bytes: vec![0; 16_385] };
    let told = written(AnimationKind::Webp, &[wide], &[]).unwrap_err().to_string();
    assert!(told.contains("16384") && told.contains("16385"), "{told}");
}

#[test]
fn durations_add_up_to_what_they_should() {
    for fps in [7.0, 24.0, 29.97] {
        let timing = Timing { fps, rest: 0.0 };
        let total: u64 = (0..100).map(|index| timing.duration(index, 100, 100.0)).sum();
        assert!((total as f64 - 100.0 * 100.0 / fps).abs() <= 0.5, "{fps}: {total}");
    }
}
