//! Grids, PNG files and GIF animations.

use burn::tensor::{Device, Tensor, TensorData};
use gan_data::DataError;
use gan_data::picture::{Picture, grid, single};
use gan_data::picture::{encode_gif, encode_png, png_text};

/// Images `[count, channels, height, width]` whose values are bytes counted up from 0.
fn counted(shape: [usize; 4]) -> Tensor<4> {
    let count: usize = shape.iter().product();
    let values: Vec<f32> = (0..count).map(|i| (i % 256) as f32 / 255.0).collect();
    Tensor::from_data(TensorData::new(values, shape), &Device::flex())
}

#[test]
fn a_grid_lays_images_out_row_by_row_and_fills_up_with_black() {
    // Three images of 1 × 2 in rows of two.
    let picture = grid(counted([3, 1, 1, 2]), 2);
    let bytes = vec![0, 1, 2, 3, 4, 5, 0, 0];
    assert_eq!(picture, Picture { width: 4, height: 2, channels: 1, bytes });
    // Two of 2 × 2 side by side.
    let picture = grid(counted([2, 1, 2, 2]), 2);
    let bytes = vec![0, 1, 4, 5, 2, 3, 6, 7];
    assert_eq!(picture, Picture { width: 4, height: 2, channels: 1, bytes });
}

#[test]
fn a_grid_turns_planes_of_colour_into_pixels() {
    let picture = grid(counted([2, 3, 1, 2]), 1);
    let bytes = vec![0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11];
    assert_eq!(picture, Picture { width: 2, height: 2, channels: 3, bytes });
}

#[test]
fn a_single_picture_and_an_animation_keep_their_transparency() {
    let values = TensorData::new(vec![1.0f32, 0.0, 0.0, 0.2, 0.0, 1.0, 1.0, 0.0], [1, 4, 1, 2]);
    let single = single(Tensor::from_data(values, &Device::flex()));
    assert_eq!(
        (single.channels, single.bytes.as_slice()),
        (4, &[255, 0, 0, 255, 0, 51, 255, 0][..])
    );
    let png = encode_png(&single, &[]).unwrap();
    let read = image::load_from_memory(&png).unwrap();
    assert_eq!(read.to_rgba8().into_raw(), single.bytes);
    let gif = encode_gif(&[single.clone(), single], 4).unwrap();
    let read = image::load_from_memory(&gif).unwrap().to_rgba8().into_raw();
    assert_eq!((read[3], read[7]), (255, 0));
}

#[test]
fn a_grid_shows_transparency_on_white() {
    let values = vec![1.0f32, 0.0, 0.5, 0.0, 0.0, 0.0, 1.0, 0.0];
    // Red, green, blue, alpha of two pixels: opaque (1, 0.5, 0), and a transparent one.
    let images = Tensor::from_data(TensorData::new(values, [1, 4, 1, 2]), &Device::flex());
    assert_eq!(grid(images, 1).bytes, [255, 128, 0, 255, 255, 255]);
}

#[test]
fn the_tutorials_grid_is_four_by_four() {
    let picture = grid(counted([16, 1, 28, 28]), 4);
    assert_eq!((picture.width, picture.height, picture.channels), (112, 112, 1));
    assert_eq!(picture.bytes.len(), 112 * 112);
}

#[test]
fn an_enlarged_picture_repeats_every_pixel() {
    let small = Picture { width: 2, height: 1, channels: 3, bytes: vec![1, 2, 3, 4, 5, 6] };
    let row = [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6];
    let expected = Picture { width: 4, height: 2, channels: 3, bytes: [row, row].concat() };
    assert_eq!(small.enlarged(2), expected);
    assert_eq!(small.enlarged(1), small);
}

#[test]
fn a_png_keeps_its_pixels() {
    for picture in [grid(counted([2, 1, 3, 5]), 2), grid(counted([2, 3, 3, 5]), 2)] {
        let file = encode_png(&picture, &[]).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        assert_eq!((info.width as usize, info.height as usize), (picture.width, picture.height));
        assert_eq!(bytes, picture.bytes);
    }
}

#[test]
fn a_png_carries_its_text() {
    let picture = grid(counted([1, 1, 4, 4]), 1);
    let text = [
        ("gan:seeds", "0-15".to_owned()),
        ("gan:snapshot", "a".repeat(64)),
        ("Software", "gan 0.1.0, größer".to_owned()),
        ("empty", String::new()),
    ];
    let file = encode_png(&picture, &text).unwrap();
    let expected: Vec<(String, String)> =
        text.into_iter().map(|(keyword, text)| (keyword.to_owned(), text)).collect();
    assert_eq!(png_text(&file).unwrap(), expected);
    assert_eq!(png_text(&encode_png(&picture, &[]).unwrap()).unwrap(), []);
}

#[test]
fn a_keyword_that_png_forbids_is_refused() {
    let picture = grid(counted([1, 1, 4, 4]), 1);
    for keyword in [String::new(), "k".repeat(80), "語".into()] {
        let error = encode_png(&picture, &[(&keyword, "text".into())]).unwrap_err();
        assert!(matches!(error, DataError::Picture(_)), "{error}");
    }
}

#[test]
fn a_png_cut_short_anywhere_is_refused() {
    let picture = grid(counted([1, 1, 4, 4]), 1);
    let file = encode_png(&picture, &[("seeds", "0-15".into())]).unwrap();
    for length in 0..file.len() {
        assert!(png_text(&file[..length]).is_err(), "{length} of {}", file.len());
    }
    assert!(png_text(b"GIF89a").is_err());
}

#[test]
fn an_animation_has_as_many_frames_as_given_with_their_pixels() {
    let frames: Vec<Picture> = (0..5)
        .map(|frame| {
            let bytes = (0..12).map(|i| frame * 50 + i).collect();
            Picture { width: 4, height: 3, channels: 1, bytes }
        })
        .collect();
    let animation = encode_gif(&frames, 10).unwrap();
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(animation.as_slice()).unwrap();
    assert_eq!((decoder.width(), decoder.height()), (4, 3));
    for (index, frame) in frames.iter().enumerate() {
        let shown = decoder.read_next_frame().unwrap().expect("another frame");
        let expected: Vec<u8> = frame.bytes.iter().flat_map(|&g| [g, g, g, 255]).collect();
        assert_eq!(shown.buffer, expected, "frame {index}");
        // The last one stays for two seconds.
        assert_eq!(shown.delay, if index == 4 { 200 } else { 10 });
    }
    assert!(decoder.read_next_frame().unwrap().is_none());
    assert_eq!(decoder.repeat(), gif::Repeat::Infinite);
}

#[test]
fn an_animation_may_be_in_colour() {
    let red = Picture { width: 1, height: 2, channels: 3, bytes: vec![255, 0, 0, 255, 0, 0] };
    let blue = Picture { bytes: vec![0, 0, 255, 0, 0, 255], ..red.clone() };
    let animation = encode_gif(&[red, blue], 5).unwrap();
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(animation.as_slice()).unwrap();
    let mut pixels = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        pixels.push(frame.buffer[..4].to_vec());
    }
    assert_eq!(pixels, [[255, 0, 0, 255], [0, 0, 255, 255]]);
}

#[test]
fn an_animation_without_frames_or_of_unequal_frames_is_refused() {
    assert!(encode_gif(&[], 10).unwrap_err().to_string().contains("at least one frame"));
    let one = grid(counted([1, 1, 2, 2]), 1);
    let other = grid(counted([1, 1, 2, 3]), 1);
    assert!(encode_gif(&[one, other], 10).unwrap_err().to_string().contains("one size"));
    let wide = Picture { width: 65_536, height: 1, channels: 1, bytes: vec![0; 65_536] };
    assert!(encode_gif(&[wide], 10).unwrap_err().to_string().contains("65536"));
}
