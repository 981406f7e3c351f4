//! The screen's layout, from 40 × 20 cells on; smaller ones show what fits.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style, Stylize};
use ratatui::symbols::Marker;
use ratatui::text::Line;
use ratatui::widgets::{Axis, Block, Chart, Dataset, GraphType, LineGauge, Paragraph};

use super::half_blocks::{self, Colours};
use super::shown::Shown;

/// Columns from which curves and grid stand side by side.
const WIDE: u16 = 70;
/// The curves of discriminator and generator.
const CURVES: [(&str, Color); 2] = [("D", Color::Cyan), ("G", Color::Yellow)];

/// Draws `shown` on all of `frame`.
pub fn draw(frame: &mut Frame<'_>, shown: &Shown, colours: Colours) {
    let area = frame.area();
    let log = (area.height / 6).clamp(1, 6) + 1;
    let rows = [
        Constraint::Length(2),
        Constraint::Fill(1),
        Constraint::Length(log),
        Constraint::Length(1),
    ];
    let [head, body, events, keys] = Layout::vertical(rows).areas(area);
    draw_head(frame, shown, head);
    let [curves, grid] = match area.width >= WIDE {
        true => Layout::horizontal([Constraint::Fill(1), Constraint::Length(area.width * 2 / 5)])
            .spacing(1)
            .areas(body),
        false => {
            let [grid, curves] =
                Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(body);
            [curves, grid]
        }
    };
    draw_curves(frame, shown, curves, colours);
    match &shown.picture {
        Some(picture) => half_blocks::draw(picture, grid, colours, frame.buffer_mut()),
        None => frame.render_widget(Paragraph::new("no samples yet").centered(), grid),
    }
    draw_events(frame, shown, events);
    frame.render_widget(Paragraph::new(shown.keys).dim(), keys);
}

fn draw_head(frame: &mut Frame<'_>, shown: &Shown, area: Rect) {
    let [first, second] = Layout::vertical([Constraint::Length(1); 2]).areas(area);
    let title =
        Line::from(vec![shown.title.clone().bold(), " ".into(), shown.state.clone().into()]);
    frame.render_widget(Paragraph::new(title), first);
    let done = shown.step as f64 / shown.steps.max(1) as f64;
    let gauge = LineGauge::default()
        .ratio(done.clamp(0.0, 1.0))
        .label(format!("{}/{} {}", shown.step, shown.steps, shown.pace));
    frame.render_widget(gauge, second);
}

fn draw_curves(frame: &mut Frame<'_>, shown: &Shown, area: Rect, colours: Colours) {
    let lines = 1 + u16::from(shown.metric.is_some());
    let [chart, told] =
        Layout::vertical([Constraint::Fill(1), Constraint::Length(lines)]).areas(area);
    let text =
        shown.metric.iter().fold(shown.readings.clone(), |text, metric| text + "\n" + metric);
    frame.render_widget(Paragraph::new(text), told);
    let points = shown.losses.each_ref().map(|curve| curve.points());
    let all = || points.iter().flat_map(|points| points.iter());
    if all().next().is_none() {
        frame.render_widget(Paragraph::new("no losses yet").centered(), chart);
        return;
    }
    let bounds = |values: &dyn Fn(&(f64, f64)) -> f64| {
        all().map(values).fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
            [low.min(value), high.max(value)]
        })
    };
    let [first, last] = bounds(&|point| point.0);
    let [low, high] = bounds(&|point| point.1);
    let room = ((high - low) * 0.05).max(1e-6);
    let datasets = CURVES.iter().zip(points).map(|((name, colour), points)| {
        let style = match colours {
            Colours::None => Style::new(),
            _ => Style::new().fg(*colour),
        };
        Dataset::default()
            .name(*name)
            .marker(Marker::Braille)
            .graph_type(GraphType::Line)
            .style(style)
            .data(points)
    });
    let x = Axis::default()
        .bounds([first, last.max(first + 1.0)])
        .labels([format!("{first:.0}"), format!("{last:.0}")]);
    let y = Axis::default()
        .bounds([low - room, high + room])
        .labels([format!("{low:.2}"), format!("{high:.2}")]);
    let chart_widget =
        Chart::new(datasets.collect()).x_axis(x).y_axis(y).block(Block::new().title("Loss"));
    frame.render_widget(chart_widget, chart);
}

fn draw_events(frame: &mut Frame<'_>, shown: &Shown, area: Rect) {
    let rows = usize::from(area.height).saturating_sub(1);
    let first = shown.events.len().saturating_sub(rows);
    let mut lines = vec![Line::from("Events").bold()];
    lines.extend(shown.events.iter().skip(first).map(|line| Line::from(line.as_str())));
    frame.render_widget(Paragraph::new(lines), area);
}

#[cfg(test)]
mod tests {
    use gan_data::picture::Picture;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::terminal_ui::shown::Curve;

    fn shown() -> Shown {
        let mut shown = Shown {
            title: "00000-tutorial-mnist".to_owned(),
            state: "training".to_owned(),
            step: 250,
            steps: 1000,
            pace: "1m 2s left".to_owned(),
            losses: [1.0, 2.0]
                .map(|base| Curve::of((1..50).map(|step| (step, base + 1.0 / step as f64)))),
            readings: "D(x) 0.50 D(G(z)) 0.50".to_owned(),
            metric: Some("fd_mnistcnn_10k 78.2".to_owned()),
            picture: Some(Picture { width: 8, height: 8, channels: 1, bytes: vec![200; 64] }),
            keys: "q stop",
            ..Shown::default()
        };
        shown.say("mode-collapse: all samples look alike");
        shown
    }

    fn screen(width: u16, height: u16, shown: &Shown, colours: Colours) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, shown, colours)).unwrap();
        terminal.backend().to_string()
    }

    #[test]
    fn everything_is_there_at_80_by_24_and_at_40_by_20() {
        for (width, height) in [(80, 24), (40, 20)] {
            let text = screen(width, height, &shown(), Colours::Palette);
            let parts =
                ["tutorial-mnist", "250/1000", "Loss", "D(x) 0.50", "78.2", "mode-collapse"];
            for part in parts.iter().chain(&["q stop", "▀", "⠉"][..2]) {
                assert!(text.contains(part), "{part} at {width} × {height}:\n{text}");
            }
            assert!(text.chars().any(|c| ('\u{2801}'..='\u{28ff}').contains(&c)), "{text}");
            assert!(screen(width, height, &shown(), Colours::None).contains("####"));
            assert!(
                screen(width, height, &Shown::default(), Colours::All).contains("no losses yet")
            );
        }
    }

    #[test]
    fn a_terminal_of_any_size_is_no_panic() {
        for (width, height) in [(1, 1), (3, 2), (10, 5), (200, 3), (5, 100)] {
            screen(width, height, &shown(), Colours::All);
        }
    }
}
