//! Our own style, checked: what a compiler does not see and a reviewer forgets. Each check can fail; the tests show it.

use crate::child::output;
use crate::{Outcome, paths};
use std::path::Path;
use std::process::Command;

/// Longest file, in lines.
const LONGEST: usize = 300;
/// Files that may be longer, and why.
const LONGER: [(&str, &str); 6] = [
    ("domain/src/board/mod.rs", "the board's door: one struct and its small methods read best in one place"),
    ("app/src/live/store.rs", "a third of it is its tests"),
    ("app/src/live/mod.rs", "the page's door to its records: one short accessor each"),
    ("domain/src/board/phases.rs", "how a phase begins, moves, ends: one state machine"),
    ("domain/src/event.rs", "everything that can happen, and nothing else"),
    ("processor/src/simulate/samples.rs", "one message of every event of the contract"),
];
/// Files in which `cfg(feature` may stand: the twin of browser and server, and where a module is left out of the WASM.
const TWINS: [&str; 3] = ["app/src/browser/mod.rs", "app/src/lib.rs", "domain/src/lib.rs"];
/// Files that must exist.
const REQUIRED: [&str; 7] = [
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    ".ci/run",
    ".env.example",
];

/// Where the server's program speaks to whoever started it: commands, and a password that is for no log.
const CLI: [&str; 3] = ["server/src/main.rs", "server/src/manage.rs", "server/src/auth/first.rs"];

/// A word that has no business in a folder: (folder, word, why).
const FORBIDDEN: [(&str, &str, &str); 7] = [
    ("domain/src", "leptos", "domain knows no screens"),
    ("domain/src", "tokio", "domain knows no runtime"),
    ("domain/src", "SystemTime", "domain is told the time"),
    ("app/src", "sqlx", "app knows no database"),
    ("app/src", "tokio", "app runs in a browser"),
    ("app/src", "style=\"", "the policy forbids inline styles"),
    ("server/src", "println!(", "the server logs; it does not print"),
];

/// Runs all checks over every file that git tracks or would track.
pub fn check() -> Outcome {
    let listed = output(Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]));
    let listed = listed.ok_or_else(|| "git could not list the files".to_owned())?;
    let mut complaints: Vec<String> = Vec::new();
    for name in listed.lines() {
        let path = paths::root().join(name);
        if let Ok(text) = std::fs::read_to_string(&path) {
            complaints.extend(file(name, &text).into_iter().map(|complaint| format!("{name}: {complaint}")));
        }
    }
    for name in REQUIRED {
        if !paths::root().join(name).exists() {
            complaints.push(format!("{name} is missing"));
        }
    }
    for page in ["README.md", "ARCHITECTURE.md"] {
        let text = std::fs::read_to_string(paths::root().join(page)).unwrap_or_default();
        complaints.extend(
            dead_paths(&text, &paths::root())
                .into_iter()
                .map(|dead| format!("{page} names {dead}, which does not exist")),
        );
    }
    let ignored =
        output(Command::new("git").args(["ls-files", "--cached", "--ignored", "--exclude-standard"]))
            .unwrap_or_default();
    complaints.extend(ignored.lines().map(|name| format!("{name} is tracked although it is ignored")));
    if complaints.is_empty() {
        Ok(())
    } else {
        Err(format!("{} complaints:\n  {}", complaints.len(), complaints.join("\n  ")))
    }
}

/// What is wrong with one file.
fn file(name: &str, text: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    let rust = ends(name, ".rs");
    if rust && !text.starts_with("//!") {
        complaints.push("does not begin with //!".to_owned());
    }
    let counted = rust || ends(name, ".scss") || ends(name, ".ts");
    let lines = text.lines().count();
    if counted && lines > LONGEST && !LONGER.iter().any(|(longer, _)| *longer == name) {
        complaints.push(format!("has {lines} lines, more than {LONGEST}"));
    }
    for (folder, word, why) in FORBIDDEN {
        let own_cli = CLI.contains(&name) && word == "println!(";
        if name.starts_with(folder) && rust && !own_cli && code(text).contains(word) {
            complaints.push(format!("has `{word}`: {why}"));
        }
    }
    if name.starts_with("app/src") && text.contains("cfg(feature") && !TWINS.contains(&name) {
        complaints.push("has cfg(feature): the browser's twin is app/src/browser".to_owned());
    }
    if ends(name, ".scss") && !name.ends_with("_tokens.scss") && has_hex_colour(text) {
        complaints.push("has a colour that is no token".to_owned());
    }
    if (ends(name, ".scss") || name.starts_with("app/src")) && foreign_address(text) {
        complaints.push("names an address outside this server".to_owned());
    }
    complaints
}

fn ends(name: &str, ending: &str) -> bool {
    name.ends_with(ending)
}

/// The text without comments.
fn code(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// A colour stands in a declaration, behind its colon; `#feed {` is a selector.
fn has_hex_colour(text: &str) -> bool {
    let code = code(text);
    code.match_indices('#').any(|(at, _)| {
        let (before, rest) = (&code[..at], &code[at + 1..]);
        let declared = before.rsplit(['{', '}', ';']).next().is_some_and(|part| part.contains(':'));
        let digits = rest.chars().take_while(char::is_ascii_hexdigit).count();
        let ends =
            rest.chars().nth(digits).is_none_or(|next| !next.is_alphanumeric() && next != '-' && next != '_');
        declared && matches!(digits, 3 | 4 | 6 | 8) && ends
    })
}

fn foreign_address(text: &str) -> bool {
    let known = ["www.w3.org", "127.0.0.1", "{"];
    ["http://", "https://"].iter().any(|scheme| {
        code(text).split(scheme).skip(1).any(|rest| !known.iter().any(|known| rest.starts_with(known)))
    })
}

/// Backticked paths that do not exist.
fn dead_paths(text: &str, root: &Path) -> Vec<String> {
    let spans = text.split('`').skip(1).step_by(2);
    let looks_like_a_path = |span: &&str| {
        let plain = span.chars().all(|letter| letter.is_ascii_alphanumeric() || "/._-".contains(letter));
        let file = [".rs", ".md", ".ts", ".scss", ".toml", ".json", ".jsonl"]
            .iter()
            .any(|ending| span.ends_with(ending));
        plain && span.contains('/') && !span.starts_with('/') && (file || span.ends_with('/'))
    };
    let generated = |span: &&str| span.starts_with("target/") || span.starts_with("data/");
    spans
        .filter(looks_like_a_path)
        .filter(|span| !generated(span) && !root.join(span).exists())
        .map(ToOwned::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_check_can_fail() {
        assert_eq!(file("x/src/a.rs", "fn main() {}").len(), 1);
        assert_eq!(file("x/src/a.rs", &format!("//! x\n{}", "\n".repeat(LONGEST))).len(), 1);
        assert_eq!(file("domain/src/a.rs", "//! x\nuse leptos::prelude::*;").len(), 1);
        assert_eq!(file("app/src/a.rs", "//! x\n#[cfg(feature = \"ssr\")]").len(), 1);
        assert_eq!(file("style/_a.scss", "a { color: #fff; }").len(), 1);
        assert_eq!(file("style/_a.scss", "a { background: url(https://example.com/x); }").len(), 1);
        assert_eq!(dead_paths("see `no/such/file.rs` and `words`", &paths::root()), ["no/such/file.rs"]);
    }

    #[test]
    fn what_is_fine_passes() {
        assert!(file("domain/src/a.rs", "//! x\n// leptos is not used here").is_empty());
        assert!(file("style/_tokens.scss", "a { color: #fff; }").is_empty());
        assert!(file("style/_a.scss", "#feed { color: var(--ink); }").is_empty());
    }
}
