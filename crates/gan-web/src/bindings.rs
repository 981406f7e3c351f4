//! What JavaScript calls. Structured values go over as JSON, pictures and files as bytes.

// What #[wasm_bindgen] writes.
#![allow(unsafe_code)]

use gan_data::ImageSet;
use gan_training::Learners;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::{Explorer, Judge, Lab, LabError, corners_of, drawn_points, synthetic_points};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn error(text: &str);
}

/// Has a panic say where it came from.
#[wasm_bindgen(start)]
fn begin() {
    std::panic::set_hook(Box::new(|panic| error(&panic.to_string())));
}

impl From<LabError> for JsValue {
    fn from(error: LabError) -> Self {
        JsError::new(&error.to_string()).into()
    }
}

type Outcome<T> = Result<T, JsValue>;

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data is always JSON")
}

/// Images to train on.
#[wasm_bindgen]
pub struct Data(ImageSet);

#[wasm_bindgen]
impl Data {
    /// MNIST, from the bytes of `mnist.zst`.
    pub fn mnist(packed: &[u8]) -> Outcome<Data> {
        Ok(Self(gan_data::unpack_mnist(packed).map_err(LabError::from)?))
    }

    /// Grey images of 28 × 28 bytes, one after the other.
    pub fn images(name: &str, bytes: Vec<u8>) -> Outcome<Data> {
        Ok(Self(ImageSet::new(name, [1, 28, 28], bytes, None).map_err(LabError::from)?))
    }

    /// The points `ring` or `grid`.
    pub fn points(name: &str) -> Outcome<Data> {
        Ok(Self(synthetic_points(name)?))
    }

    /// Points around where a pen was.
    pub fn drawn(strokes: &[f32]) -> Outcome<Data> {
        Ok(Self(drawn_points(strokes)?))
    }

    /// Where a picture of these points ends: left, bottom, right, top.
    pub fn corners(&self) -> Vec<f32> {
        corners_of(&self.0).to_vec()
    }

    /// What measures how good generated ones are; `weights` is the classifier's file.
    pub fn judge(&self, weights: &[u8]) -> Outcome<DigitJudge> {
        Ok(DigitJudge(Judge::new(weights, &self.0)?))
    }

    /// The values of a preset, as JSON.
    pub fn preset(&self, name: &str, seed: u32) -> Outcome<String> {
        Ok(Lab::preset(name, &self.0, seed.into())?)
    }

    /// A run before its first step.
    pub fn start(&self, config: &str) -> Outcome<Run> {
        Ok(Run(Lab::start(config, self.0.clone())?))
    }

    /// The run that was kept.
    pub fn resume(&self, checkpoint: &[u8]) -> Outcome<Run> {
        Ok(Run(Lab::resume(checkpoint, self.0.clone())?))
    }
}

/// See [`Judge`].
#[wasm_bindgen]
pub struct DigitJudge(Judge);

/// See [`Lab`].
#[wasm_bindgen]
pub struct Run(Lab);

#[wasm_bindgen]
impl Run {
    #[wasm_bindgen(getter)]
    pub fn step(&self) -> f64 {
        self.0.step() as f64
    }

    #[wasm_bindgen(getter)]
    pub fn config(&self) -> String {
        self.0.config()
    }

    pub fn advance(&mut self, steps: u32) -> Outcome<String> {
        Ok(json(&self.0.advance(steps)?))
    }

    /// One step of the discriminator alone, or of the generator alone.
    pub fn advance_alone(&mut self, network: &str) -> Outcome<String> {
        let learners = match network {
            "generator" => Learners::Generator,
            _ => Learners::Discriminator,
        };
        Ok(json(&self.0.advance_with(learners)?))
    }

    pub fn reconfigure(&mut self, config: &str) -> Outcome<()> {
        Ok(self.0.reconfigure(config)?)
    }

    pub fn samples(&self, count: usize) -> Outcome<Vec<u8>> {
        Ok(self.0.samples(count)?)
    }

    pub fn reals(&self) -> Outcome<Vec<u8>> {
        Ok(self.0.reals()?)
    }

    pub fn verdicts(&self) -> Outcome<String> {
        Ok(json(&self.0.verdicts()?))
    }

    pub fn inspect(&self, latent: &[f32]) -> Outcome<String> {
        Ok(json(&self.0.inspect(latent)?))
    }

    pub fn latent(&self, seed: u32) -> Outcome<Vec<f32>> {
        Ok(self.0.explorer().latent(seed.into())?)
    }

    pub fn draw(&self, latents: &[f32]) -> Outcome<Vec<u8>> {
        Ok(self.0.explorer().draw(latents)?)
    }

    pub fn alarms(&mut self) -> String {
        json(&self.0.take_alarms())
    }

    pub fn quality(&mut self, judge: &DigitJudge) -> Outcome<String> {
        Ok(json(&self.0.quality(&judge.0)?))
    }

    #[wasm_bindgen(getter)]
    pub fn is_of_points(&self) -> bool {
        self.0.is_of_points()
    }

    pub fn real_points(&self) -> Outcome<Vec<f32>> {
        Ok(self.0.real_points()?)
    }

    pub fn fake_points(&self) -> Vec<f32> {
        self.0.fake_points()
    }

    pub fn field(&self, left: f32, bottom: f32, right: f32, top: f32, side: usize) -> Vec<f32> {
        self.0.field([left, bottom, right, top], side)
    }

    pub fn manifold(&self, side: usize) -> Outcome<Vec<f32>> {
        Ok(self.0.manifold(side)?)
    }

    pub fn checkpoint(&mut self) -> Outcome<Vec<u8>> {
        Ok(self.0.checkpoint()?)
    }

    pub fn snapshot(&self) -> Vec<u8> {
        self.0.snapshot()
    }
}

/// See [`Explorer`].
#[wasm_bindgen]
pub struct Opened(Explorer);

#[wasm_bindgen]
impl Opened {
    #[wasm_bindgen(constructor)]
    pub fn new(snapshot: Vec<u8>) -> Outcome<Opened> {
        Ok(Self(Explorer::open(snapshot)?))
    }

    pub fn samples(&self, count: usize) -> Outcome<Vec<u8>> {
        Ok(self.0.samples(count)?)
    }

    pub fn latent(&self, seed: u32) -> Outcome<Vec<f32>> {
        Ok(self.0.latent(seed.into())?)
    }

    pub fn draw(&self, latents: &[f32]) -> Outcome<Vec<u8>> {
        Ok(self.0.draw(latents)?)
    }
}
