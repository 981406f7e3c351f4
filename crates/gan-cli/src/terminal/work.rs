//! Progress of work that takes longer than a moment.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{capture, is_live, say};

/// Time until the first word where there is no terminal.
const FIRST_PATIENCE: Duration = Duration::from_secs(2);
/// Time between two words there.
const PATIENCE: Duration = Duration::from_secs(10);

/// Work in stages: a bar where stderr is a terminal, now and then a line where it is not, also
/// while a stage makes no step.
pub struct Work {
    shown: Shown,
}

enum Shown {
    /// That of the stage: each has its own, so that none shows the numbers of another.
    Bar(Mutex<ProgressBar>),
    Lines {
        stage: Arc<Mutex<Stage>>,
        _end: Sender<()>,
    },
    Nothing,
}

#[derive(Default)]
struct Stage {
    name: String,
    total: u64,
    done: u64,
}

impl Work {
    /// Work whose first stage is called `name` and of unknown length.
    pub fn begin(name: &str) -> Self {
        let shown = if capture::is_on() {
            Shown::Nothing
        } else if is_live() {
            Shown::Bar(Mutex::new(ProgressBar::hidden()))
        } else {
            let stage = Arc::default();
            Shown::Lines { stage: Arc::clone(&stage), _end: say_now_and_then(stage) }
        };
        let work = Self { shown };
        work.stage(name, 0);
        work
    }

    /// Begins the stage `name`, which has `total` parts; 0 where that is not known.
    pub fn stage(&self, name: &str, total: u64) {
        match &self.shown {
            Shown::Bar(bar) => {
                let template = match total {
                    0 => "{spinner} {wide_msg} {elapsed}",
                    _ => "{bar:20} {pos}/{len} {wide_msg} {eta} left",
                };
                let style = ProgressStyle::with_template(template).expect("a fixed template");
                let mut bar = bar.lock().expect("no holder panics");
                bar.finish_and_clear();
                *bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr())
                    .with_style(style)
                    .with_message(super::visible(name).into_owned());
                bar.enable_steady_tick(Duration::from_millis(200));
            }
            Shown::Lines { stage, .. } => {
                let mut stage = stage.lock().expect("no holder panics");
                *stage = Stage { name: name.to_owned(), total, done: 0 };
            }
            Shown::Nothing => {}
        }
    }

    /// `by` more parts of the stage are done.
    pub fn advance(&self, by: u64) {
        match &self.shown {
            Shown::Bar(bar) => bar.lock().expect("no holder panics").inc(by),
            Shown::Lines { stage, .. } => stage.lock().expect("no holder panics").done += by,
            Shown::Nothing => {}
        }
    }

    /// Says `line`, above the bar if there is one.
    pub fn note(&self, line: &str) {
        match &self.shown {
            Shown::Bar(bar) => bar.lock().expect("no holder panics").suspend(|| say(line)),
            _ => say(line),
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.lock().expect("no holder panics").finish_and_clear();
        }
    }
}

/// Says how far `stage` is until the returned end is dropped.
fn say_now_and_then(stage: Arc<Mutex<Stage>>) -> Sender<()> {
    let (end, ended) = mpsc::channel();
    std::thread::spawn(move || {
        let mut patience = FIRST_PATIENCE;
        while ended.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
            say(stage.lock().expect("no holder panics").describe());
            patience = PATIENCE;
        }
    });
    end
}

impl Stage {
    fn describe(&self) -> String {
        match self.total {
            0 => format!("{} …", self.name),
            total => format!("{}: {} of {total}", self.name, self.done),
        }
    }
}
