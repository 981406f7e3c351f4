//! What the page relies on.

use gan_data::ImageSet;
use gan_training::guard::Trouble;
use gan_training::{Learners, Preset};
use gan_web::{Explorer, Judge, Lab, LabError, corners_of, drawn_points, synthetic_points};

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
fn a_step_of_one_network_moves_that_one_alone_and_goes_into_a_resumed_run() {
    let mut lab = Lab::start(&config(5), squares()).unwrap();
    let drawn = lab.samples(4).unwrap();
    let seen = lab.advance_with(Learners::Discriminator).unwrap();
    assert_eq!((seen.values.len(), seen.d_updates, lab.step()), (1, 1, 1));
    assert_eq!(lab.samples(4).unwrap(), drawn);
    // It has learnt from these very images.
    assert!(seen.after.d_loss < seen.before.d_loss);
    assert!((seen.before.d_loss - seen.values[0].d_loss).abs() < 1e-5);

    let mut resumed = Lab::resume(&lab.checkpoint().unwrap(), squares()).unwrap();
    let seen = lab.advance_with(Learners::Generator).unwrap();
    assert_eq!(seen.before.real_logit, seen.after.real_logit);
    assert_ne!(seen.before.fake_logit, seen.after.fake_logit);
    assert_ne!(lab.samples(4).unwrap(), drawn);
    assert_eq!(resumed.advance_with(Learners::Generator).unwrap(), seen);
    assert_eq!(resumed.advance(3).unwrap(), lab.advance(3).unwrap());
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
fn quality_is_the_distance_of_the_classifier_beside_its_baseline() {
    let data = gan_data::mnist().unwrap();
    let weights = include_bytes!("../../gan-metrics/data/mnistcnn.safetensors");
    let judge = Judge::new(weights, &data).unwrap();
    let config = Lab::preset("tutorial", &data, 0).unwrap();
    let mut lab = Lab::start(&config, data).unwrap();
    let first = lab.quality(&judge).unwrap();
    assert_eq!((first.step, first.metric.as_str()), (0, "fd_mnistcnn_1k"));
    assert_eq!(first.counts.iter().sum::<u64>(), 1_000);
    assert!((first.of_data.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(first.fd > 100.0 * first.baseline, "{first:?}");
    lab.advance(20).unwrap();
    let later = lab.quality(&judge).unwrap();
    assert_ne!(later.fd, first.fd);
    assert_eq!((later.step, later.baseline), (20, first.baseline));
    let others = Judge::new(weights, &squares()).err().unwrap();
    assert!(others.to_string().contains("MNIST's digits alone"), "{others}");
}

#[test]
fn an_alarm_says_what_is_seen_with_evidence_and_cure() {
    // A discriminator that learns fast, of 64 images: it soon knows them by heart.
    let mut config = Preset::Tutorial.config([1, 28, 28]);
    config.batch_size = 32;
    config.generator_adam.learning_rate = 1e-6.into();
    let mut lab = Lab::start(&serde_json::to_string(&config).unwrap(), squares()).unwrap();
    lab.advance(100).unwrap();
    assert_eq!(lab.take_alarms(), []);
    lab.advance(900).unwrap();
    let alarms = lab.take_alarms();
    let alarm = alarms.iter().find(|alarm| alarm.trouble == "discriminator-saturation");
    let alarm = alarm.unwrap_or_else(|| panic!("{alarms:?}"));
    assert!(alarm.raised && alarm.step <= 1_000);
    assert_eq!(alarm.seen, Trouble::DiscriminatorSaturation.info().seen);
    assert_eq!(alarm.cure, Some("Penalise the gradient of the discriminator at real images"));
    assert!(alarm.evidence.contains('%'), "{}", alarm.evidence);
    assert_eq!(lab.take_alarms(), []);
}

#[test]
fn points_have_a_field_and_a_net_that_follow_the_training() {
    let ring = synthetic_points("ring").unwrap();
    assert_eq!(ring.len(), 100_000);
    let corners = corners_of(&ring);
    assert!(corners[0] < -1.2 && corners[3] > 1.2 && corners[3] < 1.5, "{corners:?}");
    let config = Lab::preset("points", &ring, 0).unwrap();
    let mut lab = Lab::start(&config, ring).unwrap();
    assert!(lab.is_of_points());
    let (field, net) = (lab.field(corners, 12), lab.manifold(5).unwrap());
    assert_eq!((field.len(), net.len(), lab.fake_points().len()), (144, 50, 4_000));
    let from_ring = |points: &[f32]| {
        let (points, _) = points.as_chunks::<2>();
        let off = points.iter().map(|[x, y]| f64::from((x.hypot(*y) - 1.0).abs()));
        off.sum::<f64>() / points.len() as f64
    };
    let before = lab.fake_points();
    lab.advance(20).unwrap();
    assert_ne!(lab.fake_points(), before);
    assert_ne!(lab.field(corners, 12), field);
    assert!(from_ring(&lab.real_points().unwrap()) < 0.05);
}

#[test]
fn drawn_points_lie_around_where_the_pen_was() {
    let drawn = drawn_points(&[0.5, 0.5, -0.5, 0.0]).unwrap();
    let points = drawn.points().unwrap();
    let near = |[x, y]: [f32; 2], point: &&[f32; 2]| (point[0] - x).hypot(point[1] - y) < 0.15;
    let halves =
        [[0.5, 0.5], [-0.5, 0.0]].map(|pen| points.iter().filter(|p| near(pen, p)).count());
    assert_eq!(halves, [points.len() / 2; 2]);
    assert!(drawn_points(&[]).is_err());
    assert!(matches!(synthetic_points("disc"), Err(LabError::NoPoints(_))));
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
