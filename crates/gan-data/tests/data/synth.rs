//! Synthetic sets without a file.

use gan_data::synth::{SyntheticSet, points};
use gan_data::{ImageSet, open};
use gan_random::Rng;

#[test]
fn points_are_those_of_the_file_of_the_same_seed() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["ring", "grid"] {
        let path = folder.path().join(format!("{name}.npz"));
        let bytes = SyntheticSet::named(name).unwrap().make(500, Rng::new(7)).unwrap();
        std::fs::write(&path, bytes).unwrap();
        let (of_file, made) = (open(&path).unwrap(), points(name, 500, Rng::new(7)).unwrap());
        assert_eq!(made.as_ref().and_then(ImageSet::points), of_file.points());
        assert_eq!(made.unwrap().name(), of_file.name());
    }
    assert!(points("dots", 500, Rng::new(7)).unwrap().is_none());
    assert!(points("ring", 0, Rng::new(7)).is_err());
}
