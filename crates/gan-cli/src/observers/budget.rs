//! The end of a run's time.

use std::time::Instant;

use gan_training::{Event, Observer, ObserverError, Outbox, Request, RunView};

/// Asks for the end at a deadline.
pub struct Budget {
    deadline: Instant,
    is_used_up: bool,
}

impl Budget {
    /// Until `deadline`.
    pub fn until(deadline: Instant) -> Self {
        Self { deadline, is_used_up: false }
    }

    /// Whether the end was asked for.
    pub fn is_used_up(&self) -> bool {
        self.is_used_up
    }
}

impl Observer for Budget {
    fn observe(
        &mut self,
        event: &Event,
        _: &dyn RunView,
        outbox: &mut Outbox,
    ) -> Result<(), ObserverError> {
        if matches!(event, Event::Stepped { .. }) && Instant::now() >= self.deadline {
            self.is_used_up = true;
            outbox.ask(Request::Stop);
        }
        Ok(())
    }
}
