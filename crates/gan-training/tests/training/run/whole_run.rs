//! Whole runs of a few steps, order of the data, random numbers, augmentation and schedules included,
//! against an implementation that shares no code with them.

use burn::tensor::Device;
use gan_data::ImageSet;
use gan_training::{Loss, Preset, StepValues, Trainer, TrainingConfig};
use gan_weights::WeightFile;
use serde_json::Value;

use crate::devices;
use crate::fixture::{Fixture, deviation};

/// Of the way that a tensor has come, the largest error.
const TOLERANCE: f64 = 1e-3;

/// What `trainer_reference.py` trained.
struct Cases {
    fixture: Fixture,
    configs: Vec<(String, TrainingConfig)>,
    steps: u64,
}

impl Cases {
    fn read() -> Self {
        let fixture = Fixture::of_trainer();
        let about: Value = serde_json::from_str(fixture.file().metadata("cases").unwrap()).unwrap();
        let configs = about["cases"].as_object().unwrap().iter();
        let configs = configs.map(|(name, case)| (name.clone(), complete(case))).collect();
        Self { fixture, configs, steps: about["steps"].as_u64().unwrap() }
    }

    fn data(&self, [channels, height, width]: [usize; 3]) -> ImageSet {
        let (count, pixels) = (14, height * width);
        let values = self.fixture.values("images", &[count, 3, height, width]);
        let of_channels = values.chunks(3 * pixels).flat_map(|image| &image[..channels * pixels]);
        let bytes = of_channels.map(|&value| value as u8).collect();
        let labels = self.fixture.values("labels", &[count]);
        let labels = labels.into_iter().map(|label| label as u32).collect();
        ImageSet::new("noise", [channels, height, width], bytes, Some(labels)).unwrap()
    }

    fn run(&self, config: &TrainingConfig, device: &Device) -> Trainer {
        let data = self.data(config.generator.image_shape());
        Trainer::new(config.clone().for_data(data).unwrap(), device)
    }
}

/// The configuration of a case: what it says itself, over the tutorial's.
fn complete(case: &Value) -> TrainingConfig {
    fn put(over: &Value, value: &mut Value) {
        match (over, value) {
            (Value::Object(over), Value::Object(fields)) if over.contains_key("network") => {
                *fields = over.clone();
            }
            (Value::Object(over), Value::Object(fields)) => over.iter().for_each(|(name, over)| {
                put(over, fields.entry(name.as_str()).or_insert(Value::Null));
            }),
            (over, value) => *value = over.clone(),
        }
    }
    let mut config = serde_json::to_value(Preset::Tutorial.config([1, 8, 8])).unwrap();
    put(case, &mut config);
    serde_json::from_value(config).unwrap()
}

#[test]
fn a_run_moves_every_weight_as_the_same_run_in_pytorch() {
    let cases = Cases::read();
    assert!(cases.configs.len() > 5);
    for (backend, device) in devices::both() {
        for (name, config) in &cases.configs {
            let mut trainer = cases.run(config, &device);
            let before = checkpoint(&mut trainer);
            for _ in 0..cases.steps {
                trainer.advance().unwrap();
            }
            let after = checkpoint(&mut trainer);
            let (before, after) =
                (WeightFile::parse(&before).unwrap(), WeightFile::parse(&after).unwrap());
            let mut worst = 0.0f64;
            for (tensor, shape) in after.shapes() {
                if tensor.contains("_adam.") {
                    continue;
                }
                let [before, after] =
                    [&before, &after].map(|it| it.values(&tensor, &shape).unwrap());
                let expected = cases.fixture.values(&format!("{name}.{tensor}"), &shape);
                let way = |to: &[f32]| -> Vec<f32> {
                    to.iter().zip(&before).map(|(to, from)| to - from).collect()
                };
                if way(&expected).iter().all(|way| way.abs() < 1e-6) {
                    // Where terms cancel, rounding is left.
                    assert!(way(&after).iter().all(|way| way.abs() < 1e-6), "{name}: {tensor}");
                    continue;
                }
                let off = deviation(&way(&after), &way(&expected));
                assert!(off < TOLERANCE, "{backend}, {name}: {tensor} off by {off:e}");
                worst = worst.max(off);
            }
            eprintln!("{backend}, {name}: off by {worst:.1e}");
        }
    }
}

fn checkpoint(trainer: &mut Trainer) -> Vec<u8> {
    trainer.checkpoint().unwrap()
}

#[test]
fn a_run_reports_the_losses_logits_and_norms_of_the_same_run_in_pytorch() {
    let cases = Cases::read();
    for (name, config) in &cases.configs {
        let mut trainer = cases.run(config, &Device::flex());
        for _ in 0..cases.steps {
            trainer.advance().unwrap();
        }
        let found: Vec<f32> = trainer
            .read_steps()
            .into_iter()
            .flat_map(|values| {
                let StepValues { d_loss, g_loss, d_grad_norm, g_grad_norm, .. } = values;
                let StepValues { real_logit, fake_logit, real_probability, .. } = values;
                let StepValues { fake_probability, real_accuracy, fake_accuracy, .. } = values;
                let means = [real_logit, fake_logit, real_probability, fake_probability];
                let fractions = [real_accuracy, fake_accuracy, values.pair_accuracy];
                let first = [d_loss, g_loss, d_grad_norm, g_grad_norm];
                first.into_iter().chain(means).chain(fractions)
            })
            .map(|value| value as f32)
            .collect();
        let shape = [cases.steps as usize, 11];
        let off = deviation(&found, &cases.fixture.values(&format!("{name}.reports"), &shape));
        assert!(off < 1e-4, "{name}: off by {off:e}");
    }
}

#[test]
fn what_is_read_of_a_step_is_called_what_it_is() {
    let values = StepValues {
        real_logit: 1.0,
        fake_logit: 2.0,
        real_probability: 3.0,
        fake_probability: 4.0,
        pair_accuracy: 5.0,
        ..StepValues::default()
    };
    assert_eq!(values.readings(&Loss::Saturating), [("D(x)", 3.0), ("D(G(z))", 4.0)]);
    assert_eq!(values.readings(&Loss::Hinge), [("C(x)", 1.0), ("C(G(z))", 2.0)]);
    assert_eq!(values.readings(&Loss::RelativisticPairing), [("pairs ranked right", 5.0)]);
}
