//! `cargo xtask lint`: formatting, clippy, docs, and the checks of our own style. Only rustup's components and our own code.

use crate::child::run;
use crate::{Outcome, tidy, tools};
use std::process::Command;

/// Runs every check; stops at the first that fails.
pub fn lint() -> Outcome {
    tools::wasm_target()?;
    println!("== tidy");
    tidy::check()?;
    println!("== fmt");
    run(Command::new("cargo").args(["fmt", "--all", "--check"]))?;
    println!("== clippy");
    run(Command::new("cargo").args([
        "clippy",
        "--quiet",
        "--workspace",
        // It has the browser's side of crate `app`, which is looked at below.
        "--exclude",
        "frontend",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))?;
    println!("== clippy for the browser");
    let browser = [
        "clippy",
        "--quiet",
        "--package",
        "frontend",
        "--package",
        "domain",
        "--target",
        "wasm32-unknown-unknown",
    ];
    run(Command::new("cargo").args(browser).args(["--", "-D", "warnings"]))?;
    println!("== docs");
    let mut doc = Command::new("cargo");
    doc.args(["doc", "--quiet", "--workspace", "--no-deps", "--document-private-items"])
        .env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private-intra-doc-links");
    run(&mut doc)
}
