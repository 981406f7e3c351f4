//! `gan lab`: demonstrations of what goes wrong with GANs, each beside its cure.

use std::cell::RefCell;

use gan_lab::{DEMOS, Demo, Lab, Length, Page, book};
use gan_run::write_file;

use crate::failure::Failure;
use crate::flags::LabArgs;
use crate::machine;
use crate::machine::backend::Backend;
use crate::terminal::{self, Work};

/// Parts that a stage is shown in.
const PARTS: u64 = 100;

pub fn run(args: &LabArgs) -> Result<(), Failure> {
    let Some(name) = &args.name else { return Ok(terminal::print(list())?) };
    let demos: Vec<&Demo> = match name.as_str() {
        "all" => DEMOS.iter().collect(),
        name => vec![Demo::named(name).ok_or_else(|| {
            let names: Vec<&str> = DEMOS.iter().map(|demo| demo.name).collect();
            Failure::usage(format!("{name}: no such demonstration"))
                .hint(format!("there are {}, and all", names.join(", ")))
        })?],
    };
    machine::set_threads(args.threads);
    let device = Backend::Flex.open()?;
    let length = if args.quick { Length::Quick } else { Length::Full };
    let folder = &args.outdir;
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    let mut pages = Vec::new();
    for demo in demos {
        let work = Work::begin(demo.shows);
        let stage = RefCell::new((String::new(), 0));
        let progress = |what: &str, done: f64| {
            let (name, parts) = &mut *stage.borrow_mut();
            if name != what {
                work.stage(what, PARTS);
                (*name, *parts) = (what.to_owned(), 0);
            }
            let now = (PARTS as f64 * done) as u64;
            work.advance(now.saturating_sub(*parts));
            *parts = now.max(*parts);
        };
        let lab = Lab { device: &device, length, seed: args.seed, progress: &progress };
        let page =
            demo.run(&lab).map_err(|error| Failure::new(format!("{}: {error}", demo.name)))?;
        drop(work);
        let path = folder.join(format!("{}.html", demo.name));
        write_file(&path, page.html().map_err(|error| failed(&error))?.as_bytes())?;
        terminal::print(summary(&page))?;
        terminal::print(path.display().to_string())?;
        pages.push(page);
    }
    if pages.len() > 1 {
        let path = folder.join("index.html");
        write_file(&path, book(&pages).map_err(|error| failed(&error))?.as_bytes())?;
        terminal::print(path.display().to_string())?;
    }
    Ok(())
}

fn failed(error: &gan_lab::LabError) -> Failure {
    Failure::new(error.to_string())
}

fn summary(page: &Page) -> String {
    format!("{}: {}", page.name, page.verdict)
}

fn list() -> String {
    let rows = DEMOS.iter().map(|demo| {
        format!(
            "{:<12} {}\n{:<12} measured by: {}\n{:<12} against it: {}",
            demo.name, demo.shows, "", demo.measured_by, "", demo.cured_by
        )
    });
    rows.collect::<Vec<_>>().join("\n")
}
