//! Taking out of the WASM and its script what nobody needs: every byte of them is everybody's waiting.

use crate::assets::write;
use crate::child::run;
use crate::{Outcome, paths};
use std::path::Path;
use std::process::Command;

/// Takes the doors out that the framework's streams leave open to scripts, which nobody goes through: what is behind them goes
/// with them.
pub fn without_streams(module: &Path) -> Outcome {
    let script = paths::target().join("binaryen/without-streams.mjs");
    let text = r#"import binaryen from "./node_modules/binaryen/index.js";
import { readFileSync, writeFileSync } from "node:fs";
const [, , path] = process.argv;
const module = binaryen.readBinary(new Uint8Array(readFileSync(path)));
const all = Array.from({ length: module.getNumExports() }, (_, index) => module.getExportByIndex(index));
const names = all.map((one) => binaryen.getExportInfo(one).name);
for (const name of names.filter((name) => name.includes("intounderlying"))) module.removeExport(name);
writeFileSync(path, module.emitBinary());
"#;
    write(&script, text.as_bytes())?;
    run(Command::new("node").arg(&script).arg(module))
}

/// A script without its comments, without what its lines are indented by, and without the classes of those doors: a fifth of its
/// bytes. (No text in it goes over more than one line.)
pub fn plain(script: &str) -> String {
    let mut kept = String::with_capacity(script.len());
    let mut within = false;
    for line in script.lines() {
        within |= line.starts_with("export class IntoUnderlying");
        let gone = within || line.starts_with("if (Symbol.dispose) IntoUnderlying");
        within &= line != "}";
        let line = line.trim();
        if !gone && !line.is_empty() && !["/*", "*", "//"].iter().any(|begin| line.starts_with(begin)) {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_is_left_is_what_is_run() {
        let script = "/**\n * said\n */\nexport class IntoUnderlyingSink {\n  close() {\n  }\n}\nif (Symbol.dispose) IntoUnderlyingSink.x = 1;\nexport function hydrate() {\n    // why\n    wasm.hydrate();\n}\n";
        assert_eq!(plain(script), "export function hydrate() {\nwasm.hydrate();\n}\n");
    }
}
