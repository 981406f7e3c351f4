//! What the lab promises: each demonstration has a page, and what it says follows from its numbers.

use std::cell::RefCell;

use burn::tensor::Device;
use gan_lab::{DEMOS, Demo, Lab, Length, book};

#[test]
fn every_demonstration_is_found_by_its_name() {
    for demo in DEMOS {
        assert_eq!(Demo::named(demo.name).unwrap().shows, demo.shows);
    }
    assert!(Demo::named("fid").is_none());
}

#[test]
fn every_demonstration_makes_one_page_with_trouble_beside_cure_and_says_meanwhile_what_it_shows() {
    let device = Device::flex();
    let mut pages = Vec::new();
    for demo in DEMOS {
        let said = RefCell::new(Vec::<String>::new());
        let progress = |what: &str, done: f64| {
            assert!((0.0..=1.0).contains(&done), "{what}: {done}");
            said.borrow_mut().push(what.to_owned());
        };
        let lab = Lab { device: &device, length: Length::Tiny, seed: 1, progress: &progress };
        let page = demo.run(&lab).unwrap();
        assert_eq!(page.name, demo.name);
        assert!(!said.borrow().is_empty(), "{}: silent", demo.name);
        let html = page.html().unwrap();
        assert!(!html.contains("http"), "{}: links lead nowhere offline", demo.name);
        assert!(html.contains(r#"class="side trouble""#), "{}", demo.name);
        assert!(html.contains(r#"class="side cure""#), "{}", demo.name);
        assert!(html.contains("<table>") && html.contains("Sources:"), "{}", demo.name);
        assert!(html.contains(&format!("gan lab {} --seed 1", demo.name)), "{}", demo.name);
        pages.push(page);
    }
    let all = book(&pages).unwrap();
    assert_eq!(all.matches("<article").count(), DEMOS.len());
    assert_eq!(all.matches("<td><a href=\"#").count(), DEMOS.len());
}
