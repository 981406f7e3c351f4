//! What a run makes, kept in its folder: statistics, pictures, snapshots, checkpoints, and the log.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use gan_data::picture::{self, Animation, AnimationKind, Picture, Timing};
use gan_run::{EvaluatedMetric, EvaluationLine, ReportLine, RunWriter, StatsLine, names};
use gan_training::{
    Ending, Evaluated, Event, Observer, ObserverError, Outbox, Report, RunView, StepValues, Trainer,
};

use crate::VERSION;
use crate::failure::Failure;
use crate::observers::lines;
use crate::observers::pace::Pace;
use crate::sampling::animation_file::{self, Kind};
use crate::sampling::run_picture;

/// Steps kept one by one where a run fails.
const KEPT_STEPS: usize = 20;

/// How the grids are shown one after the other.
const SHOWN: Timing = Timing { fps: 100.0 / 12.0, rest: 1.88 };

/// Writes the files of a run. The run ends where that fails.
pub struct RunFolder<'a> {
    run: &'a RunWriter,
    log: File,
    /// Since the last report.
    pace: Pace,
    saved_step: Option<u64>,
    left_out: Vec<PathBuf>,
    frames: usize,
    /// Of the last steps since the last report: what led there if the run fails.
    latest: VecDeque<StepValues>,
}

impl<'a> RunFolder<'a> {
    /// Goes on with the files in `run` after `trainer`'s step.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn new(run: &'a RunWriter, trainer: &Trainer) -> Result<Self, Failure> {
        let step = trainer.step();
        run.forget_after(step)?;
        Ok(Self {
            run,
            log: append(run, names::LOG)?,
            pace: Pace::from_step(step),
            saved_step: (step > 0).then_some(step),
            left_out: Vec::new(),
            frames: 0,
            latest: VecDeque::new(),
        })
    }

    /// Keeps a line for people.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn log(&mut self, line: &str) -> Result<(), Failure> {
        writeln!(self.log, "{line}").map_err(|error| self.cannot_write(names::LOG, &error))
    }

    /// Keeps a line for people, among the events too.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn note(&mut self, step: u64, text: &str) -> Result<(), Failure> {
        self.run.append_event(&Event::Note { step, text: text.to_owned() })?;
        self.log(text)
    }

    /// Step of the checkpoint that is on disk, if any.
    pub fn saved_step(&self) -> Option<u64> {
        self.saved_step
    }

    /// Grids that are damaged or of another size, and so not in the animation.
    pub fn left_out(&self) -> &[PathBuf] {
        &self.left_out
    }

    /// Pictures in the animation of the run.
    pub fn frames(&self) -> usize {
        self.frames
    }

    fn keep(&mut self, event: &Event, run: &dyn RunView) -> Result<(), Failure> {
        let images_per_second =
            self.pace.steps_per_second(run.step()) * run.config().images_per_step() as f64;
        if let Some(line) = lines::line(event, run.config().loss, images_per_second) {
            self.log(&line)?;
        }
        self.run.append_event(event)?;
        match event {
            Event::Begun { step, .. } => {
                self.pace = Pace::from_step(*step);
                self.reals(run)
            }
            Event::Report(report) => {
                self.pace = Pace::from_step(report.step);
                self.latest.clear();
                self.stats(&StatsLine::Report(of_report(report, images_per_second)))
            }
            Event::Steps { values } => {
                self.latest.extend(values);
                self.latest.drain(..self.latest.len().saturating_sub(KEPT_STEPS));
                Ok(())
            }
            Event::NonFinite(_) => self.failed(run),
            Event::SamplesDue { step } => self.samples(*step, run),
            Event::SnapshotDue { step } => {
                Ok(self.run.write(&names::snapshot(*step), run.snapshot(VERSION).as_bytes())?)
            }
            Event::Evaluated(evaluated) => {
                // The speed is that of training.
                self.pace.leave_out(evaluated.seconds);
                match of_evaluation(evaluated, run) {
                    Some(line) => self.stats(&StatsLine::Evaluation(line)),
                    None => Ok(()),
                }
            }
            Event::Checkpoint { step, bytes } => {
                self.run.write(names::CHECKPOINT, bytes)?;
                self.saved_step = Some(*step);
                self.trajectory(run)
            }
            Event::RolledBack { step, .. } => {
                self.pace = Pace::from_step(*step);
                Ok(self.run.forget_after(*step)?)
            }
            Event::Ended { ending: Ending::Finished | Ending::Stopped, .. } => self.animation(run),
            _ => Ok(()),
        }
    }

    /// Keeps what repeats a run that follows the time: how far it was at each of its steps.
    fn trajectory(&self, run: &dyn RunView) -> Result<(), Failure> {
        if run.config().trajectory.is_none() {
            return Ok(());
        }
        let mut config = self.run.dir().config()?;
        config.training = run.config().clone();
        Ok(self.run.write_config(&config)?)
    }

    fn stats(&self, line: &StatsLine) -> Result<(), Failure> {
        Ok(self.run.append_stats(line)?)
    }

    /// The steps that led to a loss that is not finite, one by one, and what the generator draws then.
    fn failed(&mut self, run: &dyn RunView) -> Result<(), Failure> {
        for values in std::mem::take(&mut self.latest) {
            let report = Report {
                step: values.step,
                images_seen: values.step * run.config().images_per_step(),
                d_loss: values.d_loss,
                g_loss: values.g_loss,
                latest: values,
            };
            self.stats(&StatsLine::Report(of_report(&report, f64::NAN)))?;
        }
        self.samples(run.step(), run)
    }

    /// The real images that the generated ones are to look like.
    fn reals(&self, run: &dyn RunView) -> Result<(), Failure> {
        let picture = run_picture::enlarged(&run_picture::of_reals(run)?);
        let text = [("Software", format!("gan {VERSION}"))];
        Ok(self.run.write(names::REALS, &picture::encode_png(&picture, &text)?)?)
    }

    fn samples(&self, step: u64, run: &dyn RunView) -> Result<(), Failure> {
        let text = [
            ("Software", format!("gan {VERSION}")),
            ("gan-seeds", format!("0-{}", run.sample_count() - 1)),
            ("gan-step", step.to_string()),
            ("gan-run-seed", run.config().seed.to_string()),
        ];
        let picture = run_picture::enlarged(&run_picture::of_samples(run)?);
        Ok(self.run.write(&names::fakes(step), &picture::encode_png(&picture, &text)?)?)
    }

    /// One animation of the grids that were due, and of where the run stands. A grid that an earlier
    /// stop left between them is not in it.
    fn animation(&mut self, run: &dyn RunView) -> Result<(), Failure> {
        let is_frame = |step| run.config().samples_every.due(step) || step == run.step();
        let mut grids = self.run.dir().fakes();
        grids.retain(|&(step, _)| step == 0 || is_frame(step));
        // Read twice, since an animation begins with the number of its frames and none is to lie in memory
        // beside the others.
        let decoded = |path: &Path| picture::decode_png(&std::fs::read(path).ok()?).ok();
        let size = |picture: &Picture| (picture.width, picture.height, picture.channels);
        let newest = grids.last().and_then(|(_, path)| decoded(path)).as_ref().map(size);
        let is_whole = |path: &Path| newest.is_some() && decoded(path).as_ref().map(size) == newest;
        let (whole, other): (Vec<_>, Vec<_>) =
            grids.into_iter().partition(|(_, path)| is_whole(path));
        grids = whole;
        self.left_out = other.into_iter().map(|(_, path)| path).collect();
        if grids.is_empty() {
            return Ok(());
        }
        self.frames = grids.len();
        let text = [
            ("Software", format!("gan {VERSION}")),
            ("gan-configuration", run.config().sha256()),
            ("gan-seeds", format!("0-{}", run.sample_count() - 1)),
        ];
        let animation = Animation { frames: grids.len(), timing: SHOWN, text: &text };
        let pictures = grids.iter().map(|(_, path)| -> Result<Picture, Failure> {
            let bytes = std::fs::read(path)
                .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
            Ok(picture::decode_png(&bytes)?)
        });
        let path = self.run.dir().file(names::SAMPLES);
        animation_file::write(Kind::Own(AnimationKind::Gif), &path, &animation, pictures)
    }

    fn cannot_write(&self, name: &str, error: &std::io::Error) -> Failure {
        let path = self.run.path().join(name);
        Failure::new(format!("{}: cannot be written: {error}", path.display()))
            .hint("make room, then go on with `gan train --resume`; the checkpoint is unharmed")
    }
}

impl Observer for RunFolder<'_> {
    fn observe(
        &mut self,
        event: &Event,
        run: &dyn RunView,
        _: &mut Outbox,
    ) -> Result<(), ObserverError> {
        self.keep(event, run).map_err(ObserverError::ends_run)
    }
}

pub(super) fn of_report(report: &Report, images_per_second: f64) -> ReportLine {
    ReportLine {
        step: report.step,
        images: report.images_seen,
        d_loss: report.d_loss,
        g_loss: report.g_loss,
        d_real: report.latest.real_probability,
        d_fake: report.latest.fake_probability,
        real_logit: report.latest.real_logit,
        fake_logit: report.latest.fake_logit,
        d_grad_norm: report.latest.d_grad_norm,
        g_grad_norm: report.latest.g_grad_norm,
        images_per_second: images_per_second.round(),
    }
}

pub(super) fn of_evaluation(evaluated: &Evaluated, run: &dyn RunView) -> Option<EvaluationLine> {
    Some(EvaluationLine {
        step: evaluated.step,
        images: run.images_seen(),
        seconds: evaluated.seconds,
        metrics: vec![EvaluatedMetric {
            name: evaluated.metric.clone(),
            value: evaluated.value?,
            interval: evaluated.interval,
            baseline: evaluated.baseline,
        }],
    })
}

fn append(run: &RunWriter, name: &str) -> Result<File, Failure> {
    let path = run.path().join(name);
    OpenOptions::new().create(true).append(true).open(&path).map_err(|error| {
        Failure::new(format!("{}: cannot be written: {error}", path.display()))
            .hint("check that the run folder is yours to write")
    })
}
