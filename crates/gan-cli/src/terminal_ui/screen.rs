//! The terminal: taken over, and given back whatever happens.

use std::io::{IsTerminal, Stdout, Write, stdout};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, Once};
use std::thread;

use ratatui::backend::TermionBackend;
use ratatui::{Frame, Terminal};
use signal_hook::consts::SIGTSTP;
use termion::event::Key;
use termion::input::TermRead;
use termion::raw::{IntoRawMode, RawTerminal};

use crate::failure::Failure;

/// The other screen, without a cursor; and back.
const ENTER: &str = "\x1b[?1049h\x1b[?25l\x1b[2J";
const LEAVE: &str = "\x1b[?25h\x1b[?1049l";

/// As long as it is here, the terminal is raw.
static RAW: Mutex<Option<RawTerminal<Stdout>>> = Mutex::new(None);

/// The whole terminal; given back when it is dropped, at a panic, and by [`restore`].
pub struct Screen {
    terminal: Terminal<TermionBackend<Stdout>>,
    keys: Receiver<Key>,
    /// Set by Ctrl-Z and `kill -TSTP`.
    suspended: Arc<AtomicBool>,
}

impl Screen {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// If there is none.
    pub fn enter() -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::new(format!("the terminal: {error}"));
        check()?;
        restore_at_panic();
        let suspended = Arc::default();
        signal_hook::flag::register(SIGTSTP, Arc::clone(&suspended)).map_err(failed)?;
        let terminal = Terminal::new(TermionBackend::new(stdout())).map_err(failed)?;
        take().map_err(failed)?;
        Ok(Self { terminal, keys: read_keys(), suspended })
    }

    /// Draws what `view` draws.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> std::io::Result<()> {
        self.terminal.draw(view).map(|_| ())
    }

    /// The next key that was pressed, if one was. Ctrl-Z stops the program here, until it is
    /// continued.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub fn key(&mut self) -> std::io::Result<Option<Key>> {
        let key = self.keys.try_recv().ok();
        let is_suspended = self.suspended.swap(false, Ordering::Relaxed);
        if key == Some(Key::Ctrl('z')) || is_suspended {
            restore();
            signal_hook::low_level::emulate_default_handler(SIGTSTP)?;
            take()?;
            // A new one draws everything anew; `clear` would ask the terminal for its cursor and wait.
            self.terminal = Terminal::new(TermionBackend::new(stdout()))?;
            return Ok(None);
        }
        Ok(key)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

/// Whether there is a terminal to take over.
///
/// # Errors
/// If there is none.
pub fn check() -> Result<(), Failure> {
    let is_plain = matches!(std::env::var("TERM").as_deref(), Err(_) | Ok("" | "dumb"));
    match stdout().is_terminal() && std::io::stdin().is_terminal() && !is_plain {
        true => Ok(()),
        false => Err(Failure::usage("--tui needs a terminal that can move its cursor")
            .hint("without --tui, progress is plain lines; `gan watch` shows it in a browser")),
    }
}

fn take() -> std::io::Result<()> {
    let mut raw = RAW.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if raw.is_none() {
        *raw = Some(stdout().into_raw_mode()?);
        write!(stdout(), "{ENTER}")?;
        stdout().flush()?;
    }
    Ok(())
}

/// Gives the terminal back, if it was taken; as often as one likes.
pub fn restore() {
    // A panic may hold the lock; then its own hook restores.
    if let Ok(mut raw) = RAW.try_lock()
        && raw.take().is_some()
    {
        let _ = write!(stdout(), "{LEAVE}");
        let _ = stdout().flush();
    }
}

fn restore_at_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |what| {
            restore();
            before(what);
        }));
    });
}

/// Keys as they are pressed, from a thread that waits for them as long as the program lives.
fn read_keys() -> Receiver<Key> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        for key in std::io::stdin().keys().map_while(Result::ok) {
            if send.send(key).is_err() {
                return;
            }
        }
    });
    receive
}
