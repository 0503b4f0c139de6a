//! The menu of the old simulator: every event of the contract by hand, and whole nights.

use super::samples::{About, every_event};
use super::{Options, Speller, play};
use crate::error::Error;
use crate::publish::Publisher;
use crate::uuid::uuid;
use std::io::Write;
use tokio::io::{AsyncBufReadExt, BufReader};

/// Asks, and does, until `q` or the end of input.
pub async fn run(options: &Options, publisher: &mut Publisher) -> Result<(), Error> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut speller = Speller::new(options.spelling, options.seed);
    let (mut run_id, mut done, mut number) = (uuid(rand::random()), 0, 0);
    let total = options.symbols;
    print_choices(&every_event(&About { run_id: &run_id, total, done }));
    loop {
        print!("> ");
        std::io::stdout().flush()?;
        let Some(line) = lines.next_line().await? else { return Ok(()) };
        let choice = line.trim();
        match choice {
            "q" => return Ok(()),
            "new" => {
                (run_id, done) = (uuid(rand::random()), 0);
                println!("The next events are about run {run_id}");
            }
            "import" | "night" | "nights" => {
                let options = Options { phase2: choice == "import", ..options.clone() };
                loop {
                    play(&options, number, publisher).await?;
                    number += 1;
                    if choice != "nights" {
                        break;
                    }
                }
            }
            "" | "?" => print_choices(&every_event(&About { run_id: &run_id, total, done })),
            _ => {
                let events = every_event(&About { run_id: &run_id, total, done });
                let chosen = choice.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
                let Some((label, message)) = chosen.and_then(|index| events.into_iter().nth(index)) else {
                    println!("{choice:?} is not in the menu; ? shows it");
                    continue;
                };
                publisher.send(&speller.spell(message)).await?;
                // Each message finds the run a little further.
                done = (done + total / 20).min(total);
                println!("Sent: {label}");
            }
        }
    }
}

fn print_choices(events: &[(&'static str, crate::publish::Message)]) {
    let half = events.len().div_ceil(2);
    println!();
    for row in 0..half {
        let cell = |index: usize| {
            events.get(index).map_or_else(String::new, |(label, _)| format!("{:>2}  {label:<38}", index + 1))
        };
        println!(" {} {}", cell(row), cell(row + half));
    }
    println!(
        "\n new  another run   import  an import of its own   night  a whole night   nights  night after night   q  end"
    );
}
