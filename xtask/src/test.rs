//! `cargo xtask test`: all tests. Rust first, against real private Redis and PostgreSQL servers, then the browser against the release
//! build.

use crate::child::run;
use crate::{Outcome, assets, paths, redis, tools};
use clap::Args;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Options of `test`.
#[derive(Args)]
pub struct Options {
    /// The Rust tests alone.
    #[arg(long)]
    rust_only: bool,
    /// The browser tests alone.
    #[arg(long)]
    browser_only: bool,
    /// Renew the README's picture, and nothing else.
    #[arg(long)]
    picture: bool,
    /// Passed on: a filter for the names of tests.
    filter: Vec<String>,
}

#[derive(Default)]
struct Tally {
    passed: u64,
    failed: u64,
}

/// Runs the tests and ends with one line that counts them.
pub fn test(options: &Options) -> Outcome {
    let mut tally = Tally::default();
    tools::wasm_target()?;
    let redis_server = redis::program()?;
    if !options.browser_only && !options.picture {
        println!("== Rust");
        let postgres = tools::postgres()?;
        // The examples of our pages are run as they stand.
        tools::python()?;
        let nginx = tools::nginx()?;
        let mut cargo = Command::new("cargo");
        // Without the WASM entry: with it crate `app` would be built for both sides at once, and be neither.
        cargo.args(["test", "--workspace", "--exclude", "frontend", "--no-fail-fast"]).args(&options.filter);
        cargo.env("CLOSING_BELL_TEST_REDIS_SERVER", &redis_server);
        cargo.env("CLOSING_BELL_TEST_POSTGRES_BIN", postgres);
        cargo.env("CLOSING_BELL_TEST_NGINX", nginx);
        count(&mut cargo, &mut tally, rust_line)?;
    }
    if !options.rust_only {
        println!("== Browser");
        browser(&redis_server, options, &mut tally)?;
    }
    println!("\n{} passed, {} failed", tally.passed, tally.failed);
    if tally.failed > 0 { Err("some tests failed".to_owned()) } else { Ok(()) }
}

fn browser(redis: &std::path::Path, options: &Options, tally: &mut Tally) -> Outcome {
    let npm = tools::npm_installed()?;
    let chromium = tools::debian(&["chromium", "chromium-browser", "google-chrome"], "chromium")?;
    let site = assets::build(false)?;
    run(Command::new("cargo").args(["build", "--release", "--package", "server", "--package", "processor"]))?;
    let folder = paths::root().join("end2end");
    if !folder.join("node_modules/@playwright/test").exists() {
        run(Command::new(npm).args(["ci", "--silent", "--no-audit", "--no-fund", "--prefix"]).arg(&folder))?;
    }
    let mut playwright = Command::new("node");
    playwright
        .arg(folder.join("node_modules/@playwright/test/cli.js"))
        .args(["test", "--config"])
        .arg(folder.join("playwright.config.ts"));
    playwright.args(&options.filter);
    if options.picture {
        playwright.arg("picture").env("CB_PICTURE", "1");
    }
    playwright
        .env("CB_SERVER_BIN", paths::release("closing-bell"))
        .env("CB_PROCESSOR_BIN", paths::release("processor"));
    playwright.env("CB_REDIS_BIN", redis).env("CB_SITE", site).env("CB_CHROMIUM", chromium);
    count(&mut playwright, tally, playwright_line)
}

/// Runs a test command, passes its output on, and counts. A command that fails without a failed test counts as one.
fn count(command: &mut Command, tally: &mut Tally, line_of: fn(&str, &mut Tally)) -> Outcome {
    let before = tally.failed;
    let child = command.current_dir(paths::root()).stdout(Stdio::piped()).spawn();
    let mut child = child.map_err(|cause| format!("the tests could not be started: {cause}"))?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            println!("{line}");
            line_of(&line, tally);
        }
    }
    let status = child.wait().map_err(|cause| cause.to_string())?;
    if !status.success() && tally.failed == before {
        tally.failed += 1;
    }
    Ok(())
}

/// `test result: ok. 9 passed; 0 failed; …`
fn rust_line(line: &str, tally: &mut Tally) {
    let Some(result) = line.trim().strip_prefix("test result:") else { return };
    tally.passed += number_before(result, " passed");
    tally.failed += number_before(result, " failed");
}

/// `  12 passed (1.2m)`, `  1 failed`
fn playwright_line(line: &str, tally: &mut Tally) {
    let line = line.trim();
    if line.ends_with(" failed") || line.contains(" passed (") {
        tally.passed += number_before(line, " passed");
        tally.failed += number_before(line, " failed");
    }
}

fn number_before(line: &str, word: &str) -> u64 {
    let Some(at) = line.find(word) else { return 0 };
    let digits: String = line[..at].chars().rev().take_while(char::is_ascii_digit).collect();
    digits.chars().rev().collect::<String>().parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_runners_are_counted() {
        let mut tally = Tally::default();
        rust_line("test result: FAILED. 9 passed; 2 failed; 0 ignored", &mut tally);
        playwright_line("  12 passed (1.2m)", &mut tally);
        playwright_line("  1 failed", &mut tally);
        playwright_line("    3 passed through here", &mut tally);
        assert_eq!((tally.passed, tally.failed), (21, 3));
    }
}
