//! Event files for TensorBoard: the values of `stats.jsonl` under the same names, and the pictures.

mod messages;
mod records;

use std::fs::File;
use std::io::BufWriter;
use std::time::{SystemTime, UNIX_EPOCH};

use gan_data::picture::{self, Picture};
use gan_run::{RunWriter, StatsLine};
use gan_training::{Event as RunEvent, Observer, ObserverError, Outbox, RunView};

use super::folder::{of_evaluation, of_report};
use super::pace::Pace;
use crate::VERSION;
use crate::failure::Failure;
use crate::sampling::run_picture;
use messages::{Event, Image, SessionLog, Summary, Value};

/// The format that readers know.
const FILE_VERSION: &str = "brain.Event:2";
/// Names of `stats.jsonl` that are no curve.
const AXES: &str = "progress/";

/// Writes an event file into the run folder.
pub struct TensorBoard {
    file: BufWriter<File>,
    pace: Pace,
}

impl TensorBoard {
    /// Begins a file in `run`, which TensorBoard reads beside those of earlier programs.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn new(run: &RunWriter, step: u64) -> Result<Self, Failure> {
        let time = now();
        // TensorBoard reads files in the order of their names, and each up to its end.
        let name = format!("events.out.tfevents.{:010}.gan.{}", time as u64, std::process::id());
        let path = run.path().join(name);
        let made = File::create(&path).and_then(|file| {
            let mut file = BufWriter::new(file);
            let version = Some(FILE_VERSION.to_owned());
            let first = Event { wall_time: time, file_version: version, ..Event::default() };
            records::write(&mut file, &first)?;
            Ok(file)
        });
        let file = made.map_err(|error| {
            Failure::new(format!("{}: cannot be written: {error}", path.display()))
                .hint("without --tensorboard there is no such file")
        })?;
        Ok(Self { file, pace: Pace::from_step(step) })
    }

    fn keep(&mut self, event: &RunEvent, run: &dyn RunView) -> Result<(), Failure> {
        let images_per_second =
            self.pace.steps_per_second(run.step()) * run.config().images_per_step() as f64;
        match event {
            RunEvent::Begun { step, .. } => {
                self.pace = Pace::from_step(*step);
                self.begin_after(*step)?;
                let reals = run_picture::enlarged(&run_picture::of_reals(run)?);
                self.write(*step, vec![of_picture("reals", &reals)?])
            }
            RunEvent::RolledBack { step, .. } => {
                self.pace = Pace::from_step(*step);
                self.begin_after(*step)
            }
            RunEvent::Report(report) => {
                self.pace = Pace::from_step(report.step);
                let line = StatsLine::Report(of_report(report, images_per_second));
                self.write(report.step, of_line(&line))
            }
            RunEvent::Evaluated(evaluated) => {
                self.pace.leave_out(evaluated.seconds);
                let line = of_evaluation(evaluated, run).map(StatsLine::Evaluation);
                self.write(evaluated.step, line.as_ref().map_or_else(Vec::new, of_line))
            }
            RunEvent::SamplesDue { step } => {
                let samples = run_picture::enlarged(&run_picture::of_samples(run)?);
                self.write(*step, vec![of_picture("samples", &samples)?])
            }
            _ => Ok(()),
        }
    }

    /// Tells readers that what follows takes the place of all that comes after `step`.
    fn begin_after(&mut self, step: u64) -> Result<(), Failure> {
        let session = Some(SessionLog { status: 1 });
        self.record(&Event {
            wall_time: now(),
            step: signed(step + 1),
            session,
            ..Event::default()
        })
    }

    fn write(&mut self, step: u64, values: Vec<Value>) -> Result<(), Failure> {
        if values.is_empty() {
            return Ok(());
        }
        let summary = Some(Summary { values });
        self.record(&Event { wall_time: now(), step: signed(step), summary, ..Event::default() })
    }

    fn record(&mut self, event: &Event) -> Result<(), Failure> {
        records::write(&mut self.file, event)
            .map_err(|error| Failure::new(format!("the event file cannot be written: {error}")))
    }
}

impl Observer for TensorBoard {
    fn observe(
        &mut self,
        event: &RunEvent,
        run: &dyn RunView,
        _: &mut Outbox,
    ) -> Result<(), ObserverError> {
        self.keep(event, run).map_err(ObserverError::dropped)
    }
}

/// A scalar for each number of the line.
fn of_line(line: &StatsLine) -> Vec<Value> {
    let json = serde_json::to_value(line).expect("plain data is always JSON");
    let fields = json.as_object().into_iter().flatten();
    let curves = fields.filter(|(name, _)| !name.starts_with(AXES));
    curves
        .filter_map(|(name, value)| {
            let scalar = Some(value.as_f64()? as f32);
            Some(Value { tag: name.clone(), scalar, image: None })
        })
        .collect()
}

fn of_picture(tag: &str, picture: &Picture) -> Result<Value, Failure> {
    let text = [("Software", format!("gan {VERSION}"))];
    let image = Image {
        height: picture.height as i32,
        width: picture.width as i32,
        colorspace: picture.channels as i32,
        encoded: picture::encode_png(picture, &text)?,
    };
    Ok(Value { tag: tag.to_owned(), scalar: None, image: Some(image) })
}

fn signed(step: u64) -> i64 {
    i64::try_from(step).unwrap_or(i64::MAX)
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
