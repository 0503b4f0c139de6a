//! Taking out of the WASM and its script what nobody needs: every byte of them is everybody's waiting.

use crate::assets::write;
use crate::child::run;
use crate::{Outcome, paths};
use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use walrus::ir::Value;
use walrus::{ConstExpr, Data, DataId, DataKind, ModuleConfig};

/// By this the WASM calls its script.
const SCRIPT: &str = "./app_bg.js";
/// What the names of the two have behind them, so that those of several versions could stand side by side.
const HASH: usize = 16;

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

/// Gives short names to what the WASM and its script call each other by: two hundred long ones, each with a hash that nothing
/// compresses, and all of them twice. Returns the script with the same names.
pub fn with_short_names(module: &Path, script: &str) -> Outcome<String> {
    let mut config = ModuleConfig::new();
    config.generate_name_section(false).generate_producers_section(false);
    let mut wasm = config.parse_file(module).map_err(|cause| format!("{}: {cause}", module.display()))?;
    let ours = wasm.imports.iter_mut().filter(|import| import.module == SCRIPT);
    let mut names = Vec::new();
    for import in ours {
        SHORT.clone_into(&mut import.module);
        shorten(&mut import.name, &mut names);
    }
    for export in wasm.exports.iter_mut() {
        shorten(&mut export.name, &mut names);
    }
    wasm.emit_wasm_file(module).map_err(|cause| format!("{}: {cause}", module.display()))?;
    if let Some(name) = names.iter().find(|name| !script.contains(&***name)) {
        return Err(format!("{name} is in the WASM and not in its script"));
    }
    // Some are the beginning of others.
    let mut longest: Vec<(usize, &String)> = names.iter().enumerate().collect();
    longest.sort_by_key(|(_, name)| std::cmp::Reverse(name.len()));
    let renamed = |script: String, (number, name): &(usize, &String)| script.replace(*name, &short(*number));
    Ok(longest.iter().fold(script.replace(SCRIPT, SHORT), renamed))
}

/// The name of the script, and what short names begin with: no other name in it does.
const SHORT: &str = "$";

fn short(number: usize) -> String {
    format!("{SHORT}{number}")
}

/// A name that ends with a hash, or with one and a number behind it, gets a short one.
fn shorten(name: &mut String, names: &mut Vec<String>) {
    let hashed = |name: &str| {
        let hash = name.len().checked_sub(HASH).and_then(|begin| name.get(begin..));
        hash.is_some_and(|hash| hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let numbered = |(before, number): (&str, &str)| hashed(before) && number.parse::<u16>().is_ok();
    if hashed(name) || name.rsplit_once('_').is_some_and(numbered) {
        names.push(std::mem::replace(name, short(names.len())));
    }
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

/// What panics would say, which a browser is never shown: where in whose source, and long sentences of libraries. Blank, they cost
/// next to nothing compressed, and nobody learns where this was built. (Written anew the functions stand by size, the largest
/// first: what is alike is of one size, and compresses better side by side.)
pub fn without_last_words(module: &Path, registry: &str) -> Outcome {
    let mut config = ModuleConfig::new();
    config.generate_name_section(false).generate_producers_section(false);
    let mut wasm = config.parse_file(module).map_err(|cause| format!("{}: {cause}", module.display()))?;
    let mut files = HashMap::new();
    let all: Vec<DataId> = wasm.data.iter().map(Data::id).collect();
    for id in &all {
        let data = wasm.data.get_mut(*id);
        let begin = address(data);
        let blanked = blank(&mut data.value, registry);
        files.extend(
            begin.into_iter().flat_map(|begin| blanked.iter().map(move |(at, len)| (begin + at, *len))),
        );
    }
    for id in &all {
        let data = wasm.data.get_mut(*id);
        if let Some(begin) = address(data) {
            forget_places(&mut data.value, begin, &files);
        }
    }
    wasm.emit_wasm_file(module).map_err(|cause| format!("{}: {cause}", module.display()))
}

/// Where in the memory a piece of data stands.
fn address(data: &Data) -> Option<usize> {
    match data.kind {
        DataKind::Active { offset: ConstExpr::Value(Value::I32(at)), .. } => usize::try_from(at).ok(),
        _ => None,
    }
}

/// Blanks them, and tells where the names of source files stood and how long they were.
fn blank(data: &mut [u8], registry: &str) -> Vec<(usize, usize)> {
    for (begin, end) in SENTENCES {
        blank_each(data, begin.as_bytes(), |byte| (b' '..0x7f).contains(&byte), end.as_bytes());
    }
    [registry, "/rustc/", "/rust/deps/", "app/src/", "domain/src/"]
        .iter()
        .flat_map(|begin| blank_each(data, begin.as_bytes(), |byte| byte.is_ascii_graphic(), b".rs"))
        .collect()
}

/// A place in a source is four numbers: where the name of its file stands, how long that is (with the zero behind it), line and
/// column. Those that name one of these files are forgotten.
fn forget_places(data: &mut [u8], begin: usize, files: &HashMap<usize, usize>) {
    let aligned = begin.wrapping_neg() % 4;
    let mut at = aligned;
    while let Some(place) = data.get_mut(at..at + 16) {
        let number = |index: usize| {
            let bytes = place[4 * index..].first_chunk().copied().unwrap_or_default();
            usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(usize::MAX)
        };
        let length = files.get(&number(0)).copied();
        if length.is_some_and(|length| [length, length + 1].contains(&number(1)))
            && number(2) < LINES
            && number(3) < LINES
        {
            place.fill(0);
        }
        at += 4;
    }
}

/// No source file of anybody has more.
const LINES: usize = 1 << 16;

/// How they begin and end.
const SENTENCES: [(&str, &str); 9] = [
    ("entity not foundpermission denied", "uncategorized error"),
    ("Value is None because the `ssr` feature", "identify the source."),
    ("Tried to access a reactive value that", "disposed."),
    ("attempted to take ownership of Rust value", "borrowed"),
    ("null pointer passed to rust", "in rust"),
    ("Dereferenced SendWrapper<T> variable", "created with."),
    ("Dropped SendWrapper<T> variable", "created with."),
    ("use of std::thread::current() is not", "destroyed"),
    ("a formatting trait implementation returned", "did not"),
];

/// Longer than any of them.
const LONGEST: usize = 1_000;

/// Where what was blanked stood, and how long it was.
fn blank_each(
    module: &mut [u8],
    begin: &[u8],
    within: impl Fn(u8) -> bool,
    end: &[u8],
) -> Vec<(usize, usize)> {
    let mut blanked = Vec::new();
    let find = |part: &[u8], wanted: &[u8]| part.windows(wanted.len()).position(|found| found == wanted);
    let mut at = 0;
    while let Some(found) = find(&module[at..], begin) {
        let start = at + found;
        let run = module[start..].iter().take(LONGEST).take_while(|byte| within(**byte)).count();
        let whole = find(&module[start..start + run], end).map(|place| place + end.len());
        if let Some(whole) = whole {
            module[start..start + whole].fill(b'.');
            blanked.push((start, whole));
        }
        at = start + begin.len();
    }
    blanked
}

#[cfg(test)]
mod tests {
    use super::{blank, forget_places, plain, shorten};
    use std::collections::HashMap;

    #[test]
    fn only_a_name_with_a_hash_is_shortened() {
        let mut all =
            ["memory", "__wbg_get_2080c49015e35254", "__wbindgen_malloc", "invoke__h10c7cea53597491f"]
                .map(ToOwned::to_owned);
        let mut names = Vec::new();
        for name in &mut all {
            shorten(name, &mut names);
        }
        assert_eq!(all, ["memory", "$0", "__wbindgen_malloc", "$1"]);
        assert_eq!(names, ["__wbg_get_2080c49015e35254", "invoke__h10c7cea53597491f"]);
    }

    #[test]
    fn what_is_left_is_what_is_run() {
        let script = "/**\n * said\n */\nexport class IntoUnderlyingSink {\n  close() {\n  }\n}\nif (Symbol.dispose) IntoUnderlyingSink.x = 1;\nexport function hydrate() {\n    // why\n    wasm.hydrate();\n}\n";
        assert_eq!(plain(script), "export function hydrate() {\nwasm.hydrate();\n}\n");
    }

    #[test]
    fn only_what_a_panic_says_is_blank() {
        let mut module = b"Redis answersapp/src/live/mod.rs\0/home/ann/.cargo/registry/src/x/core-1/lib.rsdone /rustc/ab \0".to_vec();
        let before = module.len();
        let files = blank(&mut module, "/home/ann/.cargo/registry/src/");
        assert_eq!(files, [(33, 45), (13, 19)], "names of files");
        assert_eq!(module.len(), before, "nothing moves");
        let text = String::from_utf8_lossy(&module).into_owned();
        assert_eq!(text.replace('.', ""), "Redis answers\0done /rustc/ab \0");
    }
    #[test]
    fn a_place_in_a_source_is_forgotten_and_nothing_else_is() {
        let numbers = |all: [u32; 8]| all.into_iter().flat_map(u32::to_le_bytes).collect::<Vec<u8>>();
        // A place, with the zero behind the file's name; the same name as a text of its own; and another text.
        let mut data = numbers([1024, 20, 7, 9, 1024, 19, 2048, 70_000]);
        forget_places(&mut data, 4096, &HashMap::from([(1024, 19)]));
        assert_eq!(data, numbers([0, 0, 0, 0, 1024, 19, 2048, 70_000]));
    }
}
