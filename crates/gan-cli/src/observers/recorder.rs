//! Keeps what a run makes: statistics, pictures, snapshots, checkpoints, and the log.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use gan_data::grid::Picture;
use gan_data::picture;
use gan_run::{EvaluatedMetric, EvaluationLine, ReportLine, RunWriter, StatsLine, names};
use gan_training::{Losses, Observer, Trainer};

use crate::VERSION;
use crate::failure::Failure;
use crate::observers::progress::Progress;
use crate::sampling::run_picture;
use crate::terminal::picture as terminal_picture;
use crate::watch::{self, Watch};

/// Time between two pictures in the terminal.
const PICTURE_EVERY: Duration = Duration::from_secs(10);

/// The observer of a run in a folder.
pub struct Recorder<'a> {
    run: &'a RunWriter,
    progress: Progress,
    log: File,
    stop: &'a AtomicBool,
    deadline: Option<Instant>,
    /// Time and step of the last report, for the speed between two reports.
    last_report: (Instant, u64),
    last_picture: Option<Instant>,
    saved_step: Option<u64>,
    watch: Option<Watch>,
}

impl<'a> Recorder<'a> {
    /// Goes on with the files in `run` after `trainer`'s step; sets `stop` at `deadline`.
    pub fn new(
        run: &'a RunWriter,
        trainer: &Trainer,
        stop: &'a AtomicBool,
        deadline: Option<Instant>,
        mut watch: Option<Watch>,
    ) -> Result<Self, Failure> {
        run.forget_after(trainer.step())?;
        if let Some(watch) = &mut watch {
            watch.remember(run.dir())?;
        }
        Ok(Self {
            run,
            progress: Progress::new(trainer.config().steps, trainer.step()),
            log: append(run, names::LOG)?,
            stop,
            deadline,
            last_report: (Instant::now(), trainer.step()),
            last_picture: None,
            saved_step: (trainer.step() > 0).then_some(trainer.step()),
            watch,
        })
    }

    /// Tells the person and the log.
    pub fn say(&mut self, line: &str) -> Result<(), Failure> {
        self.progress.println(line);
        self.note(line)
    }

    /// Tells the log alone.
    pub fn note(&mut self, line: &str) -> Result<(), Failure> {
        writeln!(self.log, "{line}").map_err(|error| self.cannot_write(names::LOG, &error))
    }

    /// What is measured while it trains, and the best of it so far.
    pub fn watch(&self) -> Option<&Watch> {
        self.watch.as_ref()
    }

    /// Step of the checkpoint that is on disk, if any.
    pub fn saved_step(&self) -> Option<u64> {
        self.saved_step
    }

    /// Whether the time to end within is over.
    pub fn is_past_deadline(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.progress.finish();
    }

    /// Writes the real images that the generated ones are to look like.
    pub fn reals(&self, trainer: &Trainer) -> Result<(), Failure> {
        let picture = run_picture::enlarged(&run_picture::of_reals(trainer));
        let text = [("Software", format!("gan {VERSION}"))];
        Ok(self.run.write(names::REALS, &picture::encode_png(&picture, &text)?)?)
    }

    /// Makes one film of the grids that were due, and of where the run stands. A grid that an
    /// earlier stop left between them is not in it.
    pub fn film(&self, trainer: &Trainer) -> Result<usize, Failure> {
        let is_frame = |step| trainer.config().samples_every.due(step) || step == trainer.step();
        let mut grids = self.run.dir().fakes();
        grids.retain(|&(step, _)| step == 0 || is_frame(step));
        let mut frames = Vec::new();
        for (_, path) in grids {
            let bytes = std::fs::read(&path)
                .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
            frames.push(picture::decode_png(&bytes)?);
        }
        self.run.write(names::SAMPLES, &picture::encode_gif(&frames, 12)?)?;
        Ok(frames.len())
    }

    fn cannot_write(&self, name: &str, error: &std::io::Error) -> Failure {
        let path = self.run.path().join(name);
        Failure::new(format!("{}: cannot be written: {error}", path.display()))
            .hint("make room, then go on with `gan train --resume`; the checkpoint is unharmed")
    }

    fn preview(&mut self, picture: &Picture, is_last: bool) {
        let is_due =
            is_last || self.last_picture.is_none_or(|time| time.elapsed() >= PICTURE_EVERY);
        if !is_due || !self.progress.is_live() || !terminal_picture::is_possible() {
            return;
        }
        self.last_picture = Some(Instant::now());
        let text = terminal_picture::draw(&terminal_picture::halved(picture));
        self.progress.println(&text);
    }
}

impl Observer for Recorder<'_> {
    type Error = Failure;

    fn wants_progress(&mut self) -> bool {
        if self.is_past_deadline() {
            self.stop.store(true, Ordering::Relaxed);
        }
        self.progress.is_due()
    }

    fn progress(&mut self, trainer: &Trainer, losses: Losses) -> Result<(), Failure> {
        self.progress.tell(trainer, losses);
        Ok(())
    }

    fn report(&mut self, trainer: &Trainer, losses: Losses) -> Result<(), Failure> {
        let (time, step) = self.last_report;
        self.last_report = (Instant::now(), trainer.step());
        let seconds = time.elapsed().as_secs_f64();
        let images = (trainer.step() - step) * trainer.config().images_per_step();
        let images_per_second = images as f64 / seconds;
        let Losses { d_loss, g_loss, d_real, d_fake } = losses;
        self.run.append_stats(&StatsLine::Report(ReportLine {
            step: trainer.step(),
            images: trainer.images_seen(),
            d_loss,
            g_loss,
            d_real,
            d_fake,
            images_per_second: images_per_second.round(),
        }))?;
        self.say(&format!(
            "step {:>6}  loss D {d_loss:.4}  G {g_loss:.4}  D(x) {d_real:.3}  D(G(z)) {d_fake:.3}  \
             {images_per_second:.0} images/s",
            trainer.step()
        ))
    }

    fn samples(&mut self, trainer: &Trainer) -> Result<(), Failure> {
        let picture = run_picture::of_samples(trainer);
        if !trainer.data().is_points() {
            self.preview(&first_row(&picture), trainer.step() == trainer.config().steps);
        }
        let text = [
            ("Software", format!("gan {VERSION}")),
            ("gan-seeds", format!("0-{}", trainer.sampled() - 1)),
            ("gan-step", trainer.step().to_string()),
            ("gan-run-seed", trainer.config().seed.to_string()),
        ];
        let bytes = picture::encode_png(&run_picture::enlarged(&picture), &text)?;
        Ok(self.run.write(&names::fakes(trainer.step()), &bytes)?)
    }

    fn snapshot(&mut self, trainer: &Trainer) -> Result<(), Failure> {
        let name = names::snapshot(trainer.step());
        Ok(self.run.write(&name, trainer.snapshot(VERSION).as_bytes())?)
    }

    fn evaluate(&mut self, trainer: &Trainer) -> Result<(), Failure> {
        let Some(watch) = &mut self.watch else { return Ok(()) };
        let (start, step) = (Instant::now(), trainer.step());
        let name = &watch.config.metric;
        let line = match watch.measure(trainer.snapshot(VERSION)) {
            Ok(measured) => {
                let stats = StatsLine::Evaluation(EvaluationLine {
                    step,
                    images: trainer.images_seen(),
                    seconds: start.elapsed().as_secs_f64(),
                    metrics: vec![EvaluatedMetric {
                        name: name.to_string(),
                        value: measured.estimate.value,
                        interval: measured.estimate.interval.map(|ends| [ends.low, ends.high]),
                        baseline: measured.baseline.as_ref().map(|it| it.value),
                    }],
                });
                let line = format!("step {step:>6}  {name} ");
                let is_best = watch.is_best(step, &measured);
                if is_best && watch.config.keep_best {
                    self.run.write(names::BEST, trainer.snapshot(VERSION).as_bytes())?;
                }
                self.run.append_stats(&stats)?;
                line + &watch::describe(&measured, is_best)
            }
            Err(refusal) => {
                let why: Vec<&str> = refusal.lines().collect();
                format!("step {step:>6}  {name} has no answer: {}", why.join(" "))
            }
        };
        self.say(&line)?;
        // The speed is that of training.
        self.last_report.0 += start.elapsed();
        self.progress.leave_out(start.elapsed());
        Ok(())
    }

    fn checkpoint(&mut self, trainer: &Trainer, checkpoint: &[u8]) -> Result<(), Failure> {
        self.run.write(names::CHECKPOINT, checkpoint)?;
        self.saved_step = Some(trainer.step());
        Ok(())
    }
}

fn append(run: &RunWriter, name: &str) -> Result<File, Failure> {
    let path = run.path().join(name);
    OpenOptions::new().create(true).append(true).open(&path).map_err(|error| {
        Failure::new(format!("{}: cannot be written: {error}", path.display()))
            .hint("check that the run folder is yours to write")
    })
}

/// One row of a grid is enough to see how a run goes.
fn first_row(grid: &Picture) -> Picture {
    let height = grid.height / run_picture::COLUMNS;
    let bytes = grid.bytes[..height * grid.width * grid.channels].to_vec();
    Picture { width: grid.width, height, channels: grid.channels, bytes }
}
