//! What is said of a run from its events.

use gan_run::{Diagnosis, RunWriter, diagnose};
use gan_training::guard::Trouble;
use gan_training::{Ending, Event, NonFinite, SampleStats};
use tempfile::tempdir;

use crate::config;

/// The fixed samples are so far apart, relative to real images.
fn spread(step: u64, spread: f64) -> Event {
    Event::SampleStats(SampleStats { step, spread, spread_high: spread + 0.02, moved: None })
}

fn ended(step: u64) -> Event {
    Event::Ended { step, ending: Ending::Finished }
}

fn of(events: Vec<Event>) -> Diagnosis {
    diagnose(&config().training, events)
}

#[test]
fn a_run_whose_samples_stay_apart_is_healthy_and_one_without_events_has_had_no_look() {
    let healthy = of(vec![spread(20_000, 0.9), spread(40_000, 0.8), ended(60_000)]);
    assert!(healthy.is_healthy());
    assert_eq!((healthy.step, healthy.steps, healthy.looks), (60_000, 60_000, 2));
    assert_eq!(of(Vec::new()).looks, 0);
}

#[test]
fn a_collapse_is_named_with_its_step_its_numbers_and_a_cure_for_this_configuration() {
    let ill =
        of(vec![spread(20_000, 0.9), spread(30_000, 0.1), spread(40_000, 0.1), ended(60_000)]);
    let [found] = ill.troubles.as_slice() else { panic!("{ill:?}") };
    assert_eq!((found.trouble, found.since_step), (Trouble::ModeCollapse, 40_000));
    assert!(found.evidence.contains("0.10"), "{found:?}");
    assert!(!found.causes.is_empty());
    // The tutorial's loss is not relativistic: that is the first thing to try.
    let cure = found.cure.as_ref().unwrap();
    assert!(cure.flags.contains("--loss relativistic-pairing"), "{cure:?}");
}

#[test]
fn what_came_before_a_rollback_does_not_count() {
    let non_finite = NonFinite { step: 90, name: "loss/d".to_owned(), value: f64::NAN };
    let mut events = vec![Event::NonFinite(non_finite)];
    assert_eq!(of(events.clone()).troubles[0].trouble, Trouble::NonFinite);
    events.extend([Event::RolledBack { from_step: 90, step: 50 }, ended(60_000)]);
    assert!(of(events).is_healthy());
}

#[test]
fn the_events_that_a_folder_keeps_are_enough() {
    let outdir = tempdir().unwrap();
    let run = RunWriter::create(outdir.path(), &config()).unwrap();
    let events = [spread(30_000, 0.1), spread(40_000, 0.1), ended(60_000)];
    events.iter().for_each(|event| run.append_event(event).unwrap());
    let kept = run.dir().events().unwrap().values.into_iter().map(|line| line.event);
    assert_eq!(of(kept.collect()), of(events.to_vec()));
}
