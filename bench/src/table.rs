//! The table: medians with the ends of the rounds, the ratio to the yardstick, and whether it became worse.

use crate::Outcome;
use crate::stats::{Spread, spread};
use std::collections::BTreeMap;
use std::path::Path;

/// A ratio that is so much worse than the committed one is a regression.
const WORSE: f64 = 1.25;

/// What the yardstick reached where it was first measured, against the floor of that run: point, figure, bridge, subscriber.
const YARDSTICK: [(&str, &str, f64, f64); 3] = [
    ("1 connection, 500/s", "p50, ms", 0.19, 0.14),
    ("100 connections, 200/s", "p99, ms", 6.0, 6.0),
    ("1,000 connections, 20/s", "p99, ms", 23.0, 28.0),
];
/// So much worse it may be before a run says nothing.
const ASTRAY: f64 = 1.3;

/// What was measured.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
    goals: Vec<(String, String, f64, String)>,
}

#[derive(Debug)]
struct Row {
    point: String,
    figure: String,
    floor: Spread,
    bridge: Spread,
    product: Spread,
}

impl Table {
    /// A figure of floor, bridge and product in each round.
    pub fn compare(&mut self, point: &str, figure: &str, [floor, bridge, product]: [Vec<f64>; 3]) {
        let (floor, bridge, product) = (spread(&floor), spread(&bridge), spread(&product));
        eprintln!(
            "{point}, {figure}: floor {}, bridge {}, product {}",
            shown(floor),
            shown(bridge),
            shown(product)
        );
        self.rows.push(Row { point: point.to_owned(), figure: figure.to_owned(), floor, bridge, product });
    }

    /// A figure of the product alone, and its goal.
    pub fn goal(&mut self, point: &str, figure: &str, value: f64, goal: &str) {
        eprintln!("{point}, {figure}: {} (goal {goal})", number(value));
        self.goals.push((point.to_owned(), figure.to_owned(), value, goal.to_owned()));
    }

    /// Whether the yardstick was one: compared with the floor it must be as good as it was.
    pub fn sound(&self) -> Outcome {
        let astray = |(point, figure, bridge, floor): &(&str, &str, f64, f64)| {
            let row = self.rows.iter().find(|row| row.point == *point && row.figure == *figure)?;
            let (now, then) = (row.bridge.median / row.floor.median, bridge / floor);
            (now > then * ASTRAY)
                .then(|| format!("{point}, {figure}: the bridge is {now:.2} × the subscriber, was {then:.2}"))
        };
        let astray: Vec<String> = YARDSTICK.iter().filter_map(astray).collect();
        if astray.is_empty() { Ok(()) } else { Err(format!("this run is void:\n  {}", astray.join("\n  "))) }
    }

    /// Prints it.
    pub fn print(&self) {
        println!(
            "| point | figure | raw subscriber | bridge | Closing Bell | ratio to the bridge |\n|---|---|---|---|---|---|"
        );
        for row in &self.rows {
            let Row { point, figure, floor, bridge, product } = row;
            let ratio = row.ratio().map_or("–".to_owned(), |ratio| format!("{ratio:.2}"));
            println!(
                "| {point} | {figure} | {} | {} | {} | {ratio} |",
                shown(*floor),
                shown(*bridge),
                shown(*product)
            );
        }
        println!("\n| point | figure | Closing Bell | goal |\n|---|---|---|---|");
        for (point, figure, value, goal) in &self.goals {
            println!("| {point} | {figure} | {} | {goal} |", number(*value));
        }
    }
}

impl Row {
    fn ratio(&self) -> Option<f64> {
        Some(self.product.median / self.bridge.median).filter(|ratio| ratio.is_finite())
    }
}

impl Table {
    fn ratios(&self) -> BTreeMap<String, f64> {
        let name = |row: &Row| format!("{}: {}", row.point, row.figure);
        self.rows.iter().filter_map(|row| Some((name(row), row.ratio()?))).collect()
    }

    /// Writes the ratios of this run where they are compared with.
    pub fn keep(&self, file: &Path) -> Outcome {
        let ratios: BTreeMap<String, f64> =
            self.ratios().into_iter().map(|(name, ratio)| (name, (ratio * 100.0).round() / 100.0)).collect();
        let text = serde_json::to_string_pretty(&ratios).map_err(|cause| cause.to_string())?;
        std::fs::write(file, text + "\n").map_err(|cause| format!("{}: {cause}", file.display()))
    }

    /// Whether a ratio is more than a quarter worse than the committed one.
    pub fn check(&self, file: &Path) -> Outcome {
        let named = |cause: String| format!("{}: {cause}", file.display());
        let text = std::fs::read_to_string(file).map_err(|cause| named(cause.to_string()))?;
        let kept: BTreeMap<String, f64> =
            serde_json::from_str(&text).map_err(|cause| named(cause.to_string()))?;
        let worse = worse(&kept, &self.ratios());
        if worse.is_empty() {
            Ok(())
        } else {
            Err(format!("worse than committed:\n  {}", worse.join("\n  ")))
        }
    }
}

fn worse(kept: &BTreeMap<String, f64>, now: &BTreeMap<String, f64>) -> Vec<String> {
    let both = kept.iter().filter_map(|(name, kept)| Some((name, kept, now.get(name)?)));
    both.filter(|(_, kept, now)| **now > **kept * WORSE)
        .map(|(name, kept, now)| format!("{name}: {now:.2} × the bridge, was {kept:.2}"))
        .collect()
}

fn shown(Spread { median, least, most }: Spread) -> String {
    match median {
        median if median.is_nan() => "–".to_owned(),
        median if least == most => number(median),
        median => format!("{} ({}–{})", number(median), number(least), number(most)),
    }
}

fn number(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_yardstick_that_is_astray_makes_a_run_void() {
        let with = |bridge: f64| {
            let mut table = Table::default();
            table.compare("100 connections, 200/s", "p99, ms", [vec![2.0], vec![bridge], vec![1.0]]);
            table.sound()
        };
        assert_eq!((with(2.5), with(2.7).is_err()), (Ok(()), true));
    }

    #[test]
    fn a_quarter_worse_is_a_regression() {
        let of = |ratio: f64| BTreeMap::from([("p50".to_owned(), ratio)]);
        assert!(worse(&of(1.0), &of(1.24)).is_empty());
        assert_eq!(worse(&of(1.0), &of(1.26)), ["p50: 1.26 × the bridge, was 1.00"]);
    }
}
