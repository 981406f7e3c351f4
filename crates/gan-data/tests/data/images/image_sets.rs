//! Sets of images in memory.

use burn::tensor::Device;
use burn_dataset::Dataset;
use burn_dataset::transform::{Mapper, MapperDataset, PartialDataset, ShuffledDataset};
use gan_data::{DataError, ImageSet, LabelledImage};

fn four() -> ImageSet {
    // RGB, 1 × 2: planes of red, green and blue.
    let bytes = (0..24).map(|i| i * 10).collect();
    ImageSet::new("four", [3, 1, 2], bytes, Some(vec![0, 1, 2, 3])).unwrap()
}

#[test]
fn bytes_that_are_no_whole_number_of_images_are_refused() {
    let cases = [
        ([1, 2, 3], 7),
        ([1, 2, 3], 5),
        ([1, 2, 3], 0),
        ([1, 0, 3], 6),
        ([0, 2, 3], 6),
        ([1, 2, 0], 0),
        ([usize::MAX, 2, 3], 6),
        ([1, usize::MAX, usize::MAX], 6),
    ];
    for (shape, bytes) in cases {
        let error = ImageSet::new("set", shape, vec![0; bytes], None).unwrap_err();
        assert!(matches!(error, DataError::Mismatch(_)), "{shape:?}: {error}");
    }
}

#[test]
fn labels_are_one_for_each_image_or_refused() {
    for labels in [vec![], vec![1], vec![1, 2, 3]] {
        let error = ImageSet::new("set", [1, 1, 3], vec![0; 6], Some(labels)).unwrap_err();
        assert!(error.to_string().contains("2 images"), "{error}");
    }
    assert!(ImageSet::new("set", [1, 1, 3], vec![0; 6], Some(vec![1, 2])).is_ok());
}

#[test]
fn an_image_past_the_end_is_an_error() {
    let set = four();
    assert_eq!(set.len(), 4);
    assert_eq!(*set.image(3).unwrap(), [180, 190, 200, 210, 220, 230]);
    for index in [4, usize::MAX, usize::MAX / 6 + 1] {
        assert!(set.image(index).unwrap_err().to_string().contains("of 4"));
    }
}

#[test]
fn mirrored_images_have_each_row_the_other_way_round() {
    let bytes = |mirrored: &[bool]| -> Vec<f32> {
        let batch = four().batch_mirrored(&[0, 1], mirrored, &Device::flex()).unwrap();
        batch.into_data().iter::<f32>().map(|value| (value * 255.0).round()).collect()
    };
    let (first, second) =
        ([0.0, 10.0, 20.0, 30.0, 40.0, 50.0], [60.0, 70.0, 80.0, 90.0, 100.0, 110.0]);
    let turned = [70.0, 60.0, 90.0, 80.0, 110.0, 100.0];
    assert_eq!(bytes(&[]), [first, second].concat());
    assert_eq!(bytes(&[false, true]), [first, turned].concat());
    let points = ImageSet::of_points("points", &[[1.0, 2.0]]).unwrap();
    let batch = points.batch_mirrored(&[0], &[true], &Device::flex()).unwrap();
    assert_eq!(batch.into_data().iter::<f32>().collect::<Vec<_>>(), [1.0, 2.0]);
}

#[test]
fn a_batch_past_the_end_is_an_error() {
    let error = four().batch(&[0, 4], &Device::flex()).unwrap_err();
    assert!(error.to_string().contains("four: image 4 of 4"), "{error}");
}

#[test]
fn a_batch_holds_the_images_asked_for_in_order_between_zero_and_one() {
    let batch = four().batch(&[2, 0, 2], &Device::flex()).unwrap();
    assert_eq!(batch.dims(), [3, 3, 1, 2]);
    let values: Vec<f32> = batch.into_data().try_to_vec().unwrap();
    let bytes = [120, 130, 140, 150, 160, 170, 0, 10, 20, 30, 40, 50, 120, 130, 140, 150, 160, 170];
    assert_eq!(values, bytes.map(|byte: u8| f32::from(byte) / 255.0));
}

#[test]
fn the_checksum_notices_any_change() {
    let set = |shape, bytes: &[u8], labels| ImageSet::new("set", shape, bytes.to_vec(), labels);
    let sets = [
        set([1, 2, 3], &[1, 2, 3, 4, 5, 6], None),
        set([1, 3, 2], &[1, 2, 3, 4, 5, 6], None),
        set([1, 2, 3], &[1, 2, 3, 4, 5, 7], None),
        set([1, 2, 3], &[2, 1, 3, 4, 5, 6], None),
        set([1, 2, 3], &[1, 2, 3, 4, 5, 6], Some(vec![0])),
        set([1, 2, 3], &[1, 2, 3, 4, 5, 6], Some(vec![1])),
    ];
    let mut sums: Vec<u32> = sets.iter().map(|set| set.as_ref().unwrap().checksum()).collect();
    assert_eq!(sums[0], sets[0].as_ref().unwrap().clone().checksum());
    sums.sort_unstable();
    sums.dedup();
    assert_eq!(sums.len(), 6);
    // What a set is called does not matter: folders are moved.
    let renamed = ImageSet::new("other", [1, 2, 3], vec![1, 2, 3, 4, 5, 6], None).unwrap();
    assert_eq!(renamed.checksum(), sets[0].as_ref().unwrap().checksum());
}

#[test]
fn a_set_feeds_burns_own_transforms() {
    struct Brightness;
    impl Mapper<LabelledImage, (u32, u32)> for Brightness {
        fn map(&self, item: &LabelledImage) -> (u32, u32) {
            (item.label.unwrap(), item.pixels.iter().map(|&byte| u32::from(byte)).sum())
        }
    }
    let first = Dataset::get(&four(), 0).unwrap();
    assert_eq!(first, LabelledImage { pixels: vec![0, 10, 20, 30, 40, 50], label: Some(0) });

    let labels = |dataset: &dyn Dataset<LabelledImage>| -> Vec<u32> {
        (0..dataset.len()).map(|i| dataset.get(i).unwrap().label.unwrap()).collect()
    };
    assert_eq!(labels(&PartialDataset::new(four(), 1, 3)), [1, 2]);
    let mut shuffled = labels(&ShuffledDataset::new(four(), 5));
    shuffled.sort_unstable();
    assert_eq!(shuffled, [0, 1, 2, 3]);

    let bright = MapperDataset::new(four(), Brightness);
    let sums: Vec<(u32, u32)> = bright.iter().map(Result::unwrap).collect();
    assert_eq!(sums, [(0, 150), (1, 510), (2, 870), (3, 1_230)]);
}
