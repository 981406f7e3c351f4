//! A run with all who watch it, to its end, and what is said then.

use std::slice;
use std::time::{Duration, Instant};

use gan_evaluation::TrainingEvaluation;
use gan_report::Pictures;
use gan_run::{RunWriter, names};
use gan_training::guard::Guard;
use gan_training::{Ending, NonFinite, Observers, Run, TrainError, Trainer};

use super::advice::advice;
use super::{STOP, listen_to_signals};
use crate::commands::watch;
use crate::distributed::Group;
use crate::failure::Failure;
use crate::flags::TrainArgs;
use crate::observers::guard;
use crate::observers::{BestSnapshot, Budget, Evaluation, RunFolder, TensorBoard, Terminal};
use crate::terminal;

/// When a run is to be over.
pub(super) struct TimeBudget {
    pub deadline: Instant,
    /// What an evaluation takes, as far as that is known.
    pub evaluation: Duration,
}

impl TimeBudget {
    /// Some of the time that is left is kept for saving, the animation and the page.
    fn observer(&self) -> Budget<'static> {
        let now = Instant::now();
        let left = self.deadline.saturating_duration_since(now).mul_f64(0.95);
        Budget::until(left, self.evaluation, move || now.elapsed())
    }
}

/// What goes with a run.
pub(super) struct Course<'a> {
    /// Said first.
    pub opening: Vec<String>,
    pub budget: Option<TimeBudget>,
    pub watch: Option<TrainingEvaluation>,
    pub guard: Guard<'a>,
}

/// Trains to the end of the run, or until stopped, and says how it went.
pub(super) fn to_the_end(
    trainer: Trainer,
    folder: &RunWriter,
    course: Course<'_>,
    args: &TrainArgs,
    group: &Group,
) -> Result<(), Failure> {
    let Course { opening, budget, watch, mut guard } = course;
    listen_to_signals(group);
    if args.page.watch {
        group.must(watch::beside(&args.page, folder.dir()))?;
    }
    let mut screen = Terminal::new(&trainer);
    let mut files = group.must(RunFolder::new(folder, &trainer))?;
    let keep_best = watch.as_ref().is_some_and(|watch| watch.keep_best);
    let mut evaluation = None;
    if let Some(mut watch) = watch {
        group.must(watch.remember(folder.dir()))?;
        evaluation = Some(Evaluation::new(watch, trainer.ranks().clone()));
    }
    let evaluated = evaluation.as_ref();
    let evaluated = evaluated.map(|it| it.describe(trainer.config().evaluate_every.0));
    let mut opened = Vec::new();
    for line in opening.iter().chain(&evaluated) {
        group.must(files.note(trainer.step(), line))?;
        opened.push(line.as_str());
    }

    let mut observers = Observers::new();
    match args.tui {
        true => {
            group.must(watch::on_terminal(
                &mut observers,
                folder.dir(),
                &trainer,
                &opened,
                &STOP,
            ))?;
        }
        false => {
            opened.iter().for_each(|line| screen.println(line));
            observers.add("terminal", &mut screen);
        }
    }
    observers.add("run folder", &mut files);
    if args.tensorboard {
        observers.add("tensorboard", group.must(TensorBoard::new(folder, trainer.step()))?);
    }
    observers.add("guard", &mut guard);
    if let Some(evaluation) = &mut evaluation {
        observers.add("evaluation", evaluation);
    }
    if keep_best {
        observers.add("best snapshot", BestSnapshot::new(folder));
    }
    if let Some(budget) = &budget {
        observers.add("budget", budget.observer());
    }
    let mut run = Run::new(trainer, observers);
    let ending = run.train(&STOP);
    let trainer = run.into_trainer();

    let path = folder.path().display();
    let resume = format!("resume with: gan train --resume {}", terminal::quoted(folder.path()));
    let sample = format!("draw from it: gan sample {}", terminal::quoted(folder.path()));
    let mut closing = Vec::new();
    let result = match ending {
        Ok(Ending::Finished) => {
            closing.push(format!(
                "done: {}; the animation of {} is {path}/samples.gif",
                terminal::count(trainer.step(), "step"),
                terminal::count(files.frames() as u64, "grid"),
            ));
            closing.extend(evaluation.as_ref().and_then(Evaluation::describe_best));
            closing.push(sample);
            if trainer.config().trajectory.is_some() {
                let config = terminal::quoted(&folder.dir().file(names::CONFIG));
                closing.push(format!("repeat it to the bit: gan train --config {config}"));
            }
            Ok(())
        }
        Ok(_) => Err(Failure::interrupted(format!(
            "after step {} of {}; everything is saved in {path}",
            trainer.step(),
            trainer.config().steps
        ))
        .hint(resume)),
        Err(TrainError::NonFinite(error)) => Err(not_finite(&error, &trainer, &files, folder)),
        Err(TrainError::Observer { observer, source }) => Err(match source.downcast::<Failure>() {
            Ok(failure) => *failure,
            Err(other) => Failure::new(format!("{observer}: {other}")),
        }),
        Err(other) => {
            let failure = Failure::new(other.to_string());
            if let TrainError::Step(_) = other {
                group.fail_alone(&failure);
            }
            Err(failure)
        }
    };
    if let Ok(started) = folder.dir().config() {
        let data = started.data.path.as_deref().map(terminal::quoted);
        closing.extend(guard::closing(guard.alarms(), &started.training, data.as_deref()));
    }
    closing.extend(files.left_out().iter().map(|path| {
        format!("{}: damaged or of another size, not in the animation", path.display())
    }));
    closing.push(write_report(folder));
    closing.iter().for_each(|line| screen.println(line));
    if let Err(failure) = &result {
        closing.extend(failure.lines().map(str::to_owned));
    }
    let logged = closing.iter().try_for_each(|line| files.log(line));
    // How the run ended is more than whether the log has it.
    result.and(logged)
}

/// Writes the run as one page, and says where or why not. What was trained is kept either way.
fn write_report(folder: &RunWriter) -> String {
    let path = folder.dir().file(names::REPORT);
    let page = gan_report::page(slice::from_ref(folder.dir()), Pictures::Inside);
    match page.and_then(|page| folder.write(names::REPORT, page.as_bytes())) {
        Ok(()) => format!("the run as one page: {}", path.display()),
        Err(error) => format!("there is no report: {error}"),
    }
}

fn not_finite(
    error: &NonFinite,
    trainer: &Trainer,
    files: &RunFolder<'_>,
    folder: &RunWriter,
) -> Failure {
    let saved = files.saved_step().map_or_else(
        || "nothing was saved before it".to_owned(),
        |step| {
            let path = folder.path().display();
            format!("the checkpoint of step {step} and all snapshots in {path} are good")
        },
    );
    Failure::not_finite(format!("{error}; {saved}")).hint(advice(trainer.config()))
}
