//! What the page relies on.

use gan_data::ImageSet;
use gan_training::Preset;
use gan_web::{Explorer, Lab, LabError};

/// 64 images with a bright square somewhere.
fn squares() -> ImageSet {
    let mut bytes = vec![0; 64 * 784];
    for (i, image) in bytes.chunks_exact_mut(784).enumerate() {
        let (y, x) = (i % 8 * 3, i / 8 * 3);
        for row in y..y + 5 {
            image[row * 28 + x..][..5].fill(255);
        }
    }
    ImageSet::new("squares", [1, 28, 28], bytes, None).unwrap()
}

/// The tutorial's run on little data, in small batches.
fn config(seed: u64) -> String {
    let mut config = Preset::Tutorial.config([1, 28, 28]);
    (config.batch_size, config.seed) = (8, seed);
    serde_json::to_string(&config).unwrap()
}

#[test]
fn a_resumed_run_goes_on_with_the_same_bits() {
    let mut unbroken = Lab::start(&config(3), squares()).unwrap();
    let all = unbroken.advance(12).unwrap();
    let mut first = Lab::start(&config(3), squares()).unwrap();
    let mut parts = first.advance(5).unwrap();
    let mut resumed = Lab::resume(&first.checkpoint().unwrap(), squares()).unwrap();
    assert_eq!(resumed.step(), 5);
    parts.extend(resumed.advance(7).unwrap());
    assert_eq!(parts, all);
    assert_eq!(resumed.checkpoint().unwrap(), unbroken.checkpoint().unwrap());
}

#[test]
fn a_snapshot_draws_what_the_run_draws() {
    let mut lab = Lab::start(&config(1), squares()).unwrap();
    lab.advance(3).unwrap();
    let opened = Explorer::open(lab.snapshot()).unwrap();
    let samples = lab.samples(6).unwrap();
    assert_eq!(opened.samples(6).unwrap(), samples);
    let latent = opened.latent(4).unwrap();
    assert_eq!(opened.draw(&latent).unwrap(), samples[4 * 784..5 * 784]);
}

#[test]
fn an_inspection_has_the_image_its_verdict_and_a_gradient() {
    let mut lab = Lab::start(&config(2), squares()).unwrap();
    lab.advance(2).unwrap();
    let latent = lab.explorer().latent(0).unwrap();
    let seen = lab.inspect(&latent).unwrap();
    let gradient = seen.gradient.expect("the tutorial's discriminator is piecewise linear");
    assert_eq!((seen.pixels.len(), gradient.len()), (784, 784));
    assert!(gradient.iter().any(|&slope| slope != 0.0));
    // The verdicts' first fake is the image of seed 0.
    let probability = 1.0 / (1.0 + (-seen.logit).exp());
    assert!((lab.verdicts().unwrap().fakes[0] - probability).abs() < 1e-5);
}

#[test]
fn a_changed_configuration_takes_effect_and_an_impossible_one_changes_nothing() {
    let mut lab = Lab::start(&config(1), squares()).unwrap();
    let mut other = Preset::Tutorial.config([1, 28, 28]);
    (other.batch_size, other.seed) = (16, 1);
    lab.reconfigure(&serde_json::to_string(&other).unwrap()).unwrap();
    let changed = lab.config();
    other.batch_size = 0;
    let refused = lab.reconfigure(&serde_json::to_string(&other).unwrap()).unwrap_err();
    assert!(refused.to_string().contains("batch_size"), "{refused}");
    assert_eq!(lab.config(), changed);
    assert_eq!(lab.advance(1).unwrap().len(), 1);
}

#[test]
fn what_the_page_cannot_train_or_draw_is_refused_in_words() {
    let refused = |result: Result<Lab, LabError>| result.err().unwrap().to_string();
    assert!(refused(Lab::start("{}", squares())).contains("missing field"));
    let conditional = Preset::Mlp.conditional([1, 28, 28], 10);
    let conditional = serde_json::to_string(&conditional).unwrap();
    assert!(refused(Lab::start(&conditional, squares())).contains("class"));
    assert!(refused(Lab::resume(b"no checkpoint", squares())).len() > 10);
    assert!(Explorer::open(vec![1, 2, 3]).is_err());
    let lab = Lab::start(&config(1), squares()).unwrap();
    let refused = lab.explorer().draw(&[0.0; 7]).unwrap_err();
    assert_eq!(refused.to_string(), "7 values are not latents of 100 dimensions");
    assert!(matches!(Lab::preset("none", &squares(), 0), Err(LabError::NoPreset(_))));
}
