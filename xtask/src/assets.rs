//! The assets: WASM and its script, style, fonts; hashed, compressed, listed in a manifest that the server reads once.
//!
//! Names carry the hash of their content and are served as immutable, so a deploy never meets a stale cache. Those of the
//! previous build stay, because a page of a minute ago may still ask for them.

use crate::child::run;
use crate::{Outcome, paths, slim, tools, unused};
use serde_json::json;
use std::ffi::OsStr;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

/// What wasm-opt does. What travels is what counts: its harder levels make the module smaller on disk and six percent larger when
/// compressed; these passes over what its first level leaves make both smaller. (Flattened and put together anew, what is alike
/// looks alike.)
const PASSES: [&str; 9] = [
    "-O1",
    "--duplicate-function-elimination",
    "--dae-optimizing",
    "--precompute-propagate",
    "--duplicate-function-elimination",
    "--optimize-instructions",
    "--flatten",
    "--rereloop",
    "-O1",
];
/// What else is done to the WASM and its script: when it changes they are made anew.
const SLIMMING: &str = concat!(include_str!("slim.rs"), include_str!("unused.rs"));
use wasm_bindgen_cli_support::Bindgen;

/// The version of npm's binaryen (Debian's makes a module that traps at start).
const BINARYEN: &str = "binaryen@132.0.0";
/// Assets of earlier builds are kept for this long.
const KEPT: Duration = Duration::from_secs(14 * 24 * 3600);

/// Builds everything into the site folder and returns its path.
pub fn build(fast: bool) -> Outcome<PathBuf> {
    let site = paths::site();
    let pkg = site.join("pkg");
    make_folder(&pkg)?;
    let fonts = fonts(&pkg)?;
    let css = style(&pkg, "main", &fonts)?;
    let archive = style(&pkg, "archive", &fonts)?;
    let (js, wasm) = wasm(&pkg, fast)?;
    let script = |name: &str| place(&pkg, &paths::root().join("public").join(name), "js", fast);
    let (dialog, schedule) = (script("dialog.js")?, script("schedule.js")?);
    let build = hash(format!("{js}{wasm}{css}{archive}{dialog}{schedule}").as_bytes());
    let preload: Vec<String> = fonts.iter().map(|(_, name)| format!("/pkg/{name}")).collect();
    let manifest = json!({
        "build": build, "js": format!("/pkg/{js}"), "wasm": format!("/pkg/{wasm}"), "css": format!("/pkg/{css}"),
        "archive": format!("/pkg/{archive}"), "dialog": format!("/pkg/{dialog}"),
        "schedule": format!("/pkg/{schedule}"), "fonts": preload
    });
    let path = site.join("manifest.json");
    let previous = fs::read_to_string(&path).unwrap_or_default();
    write(&path, manifest.to_string().as_bytes())?;
    forget_old(&pkg, &format!("{manifest}{previous}"));
    let size = |name: &str| fs::metadata(pkg.join(format!("{name}.br"))).map_or(0, |meta| meta.len());
    let font_bytes: u64 =
        fonts.iter().filter_map(|(_, name)| fs::metadata(pkg.join(name)).ok()).map(|meta| meta.len()).sum();
    let (wasm_bytes, js_bytes, css_bytes) = (size(&wasm), size(&js), size(&css));
    println!(
        "      first load, brotli: wasm {wasm_bytes} + js {js_bytes} + css {css_bytes} + fonts {font_bytes} = {} bytes",
        wasm_bytes + js_bytes + css_bytes + font_bytes
    );
    Ok(site)
}

/// Fonts under names that carry their hash: (name in `public/fonts`, name in `pkg`).
fn fonts(pkg: &Path) -> Outcome<Vec<(String, String)>> {
    let mut fonts = Vec::new();
    for path in files(&paths::root().join("public/fonts"), "woff2") {
        let bytes = read(&path)?;
        let name = file_name(&path);
        let stem = name.trim_end_matches(".woff2");
        let hashed = format!("{stem}.{}.woff2", hash(&bytes));
        write_new(&pkg.join(&hashed), &bytes)?;
        fonts.push((name, hashed));
    }
    fonts.sort();
    Ok(fonts)
}

fn style(pkg: &Path, sheet: &str, fonts: &[(String, String)]) -> Outcome<String> {
    let options = grass::Options::default().style(grass::OutputStyle::Compressed);
    let mut css = grass::from_path(paths::root().join(format!("style/{sheet}.scss")), &options)
        .map_err(|cause| format!("style: {cause}"))?;
    for (name, hashed) in fonts {
        css = css.replace(&format!("/fonts/{name}"), &format!("/pkg/{hashed}"));
    }
    let name = format!("closing-bell.{}.css", hash(css.as_bytes()));
    write_new(&pkg.join(&name), css.as_bytes())?;
    compress(&pkg.join(&name))?;
    Ok(name)
}

/// Builds the WASM and its script. What did not change is not made again.
fn wasm(pkg: &Path, fast: bool) -> Outcome<(String, String)> {
    let profile = if fast { "dev" } else { "wasm-release" };
    let mut cargo = Command::new("cargo");
    cargo.args([
        "build",
        "--quiet",
        "--package",
        "frontend",
        "--target",
        "wasm32-unknown-unknown",
        "--profile",
        profile,
    ]);
    run(&mut cargo)?;
    let folder = if fast { "debug" } else { profile };
    let raw = paths::target().join("wasm32-unknown-unknown").join(folder).join("frontend.wasm");
    let optimiser = if fast { None } else { optimiser() };
    let passes = optimiser.as_ref().map_or(String::new(), |_| PASSES.concat());
    let stamp_text = format!("{} {fast} {passes} {}", hash(&read(&raw)?), hash(SLIMMING.as_bytes()));
    let stamp = paths::target().join("site/wasm.stamp");
    if let Ok(text) = fs::read_to_string(&stamp) {
        let mut lines = text.lines();
        if lines.next() == Some(stamp_text.as_str())
            && let (Some(js), Some(wasm)) = (lines.next(), lines.next())
            && pkg.join(js).exists()
            && pkg.join(wasm).exists()
        {
            return Ok((js.to_owned(), wasm.to_owned()));
        }
    }
    let work = paths::target().join("bindgen");
    make_folder(&work)?;
    let mut bindgen = Bindgen::new();
    if fast {
        bindgen.input_path(&raw);
    } else {
        bindgen.input_bytes("app", unused::without(&raw)?);
    }
    bindgen.typescript(false).out_name("app");
    bindgen.remove_name_section(!fast).remove_producers_section(!fast);
    let mode = bindgen.web(true).map_err(|cause| format!("wasm-bindgen: {cause}"))?;
    mode.generate(&work).map_err(|cause| format!("wasm-bindgen: {cause}"))?;
    let (module, script) = (work.join("app_bg.wasm"), work.join("app.js"));
    if !fast {
        let text = String::from_utf8_lossy(&read(&script)?).into_owned();
        write(&script, slim::with_short_names(&module, &slim::plain(&text))?.as_bytes())?;
    }
    match &optimiser {
        Some(wasm_opt) => {
            println!("      wasm-opt");
            slim::without_streams(&module)?;
            let mut command = Command::new("node");
            let features = [
                "--enable-bulk-memory",
                "--enable-nontrapping-float-to-int",
                "--enable-sign-ext",
                "--enable-mutable-globals",
                "--enable-reference-types",
                "--enable-multivalue",
            ];
            command.arg(wasm_opt).args(PASSES).args(features).arg(&module).arg("-o").arg(&module);
            run(&mut command)?;
        }
        None if !fast => {
            println!("      no Node here: the WASM is not optimised (it works, and is a little larger)")
        }
        None => {}
    }
    if !fast {
        slim::without_last_words(&module, &paths::registry())?;
    }
    let wasm = place(pkg, &module, "wasm", fast)?;
    let js = place(pkg, &script, "js", fast)?;
    write(&stamp, format!("{stamp_text}\n{js}\n{wasm}\n").as_bytes())?;
    Ok((js, wasm))
}

fn place(pkg: &Path, from: &Path, ending: &str, fast: bool) -> Outcome<String> {
    let bytes = read(from)?;
    let name = format!("closing-bell.{}.{ending}", hash(&bytes));
    write_new(&pkg.join(&name), &bytes)?;
    if !fast {
        compress(&pkg.join(&name))?;
    }
    Ok(name)
}

/// npm's wasm-opt, installed under the target folder, if there is a Node.
fn optimiser() -> Option<PathBuf> {
    let folder = paths::target().join("binaryen");
    let script = folder.join("node_modules/binaryen/bin/wasm-opt");
    let found = |script: &Path| {
        [script.to_path_buf(), script.with_extension("js")].into_iter().find(|path| path.exists())
    };
    let npm = tools::npm().ok()?;
    if let Some(script) = found(&script) {
        return Some(script);
    }
    println!("      installing {BINARYEN}");
    fs::create_dir_all(&folder).ok()?;
    let mut command = Command::new(npm);
    command
        .args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"])
        .arg(&folder)
        .arg(BINARYEN)
        .stdout(Stdio::null());
    run(&mut command).ok()?;
    found(&script)
}

/// Writes `.br` and `.gz` beside a file, unless they are there.
fn compress(path: &Path) -> Outcome {
    let bytes = read(path)?;
    let beside = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    if !beside(".br").exists() {
        let mut small = Vec::new();
        let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 24, ..Default::default() };
        brotli::BrotliCompress(&mut bytes.as_slice(), &mut small, &parameters)
            .map_err(|cause| format!("brotli: {cause}"))?;
        write(&beside(".br"), &small)?;
    }
    if !beside(".gz").exists() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        let small = encoder
            .write_all(&bytes)
            .and_then(|()| encoder.finish())
            .map_err(|cause| format!("gzip: {cause}"))?;
        write(&beside(".gz"), &small)?;
    }
    Ok(())
}

/// Removes files of builds that nobody can still be looking at.
/// What this build's or the previous build's manifest names stays, however old.
fn forget_old(pkg: &Path, manifests: &str) {
    for entry in fs::read_dir(pkg).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let age = entry
            .metadata()
            .and_then(|meta| meta.modified())
            .ok()
            .and_then(|at| SystemTime::now().duration_since(at).ok());
        let named = manifests.contains(name.trim_end_matches(".br").trim_end_matches(".gz"));
        if age.is_some_and(|age| age > KEPT) && !named {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// A short hash of content, for names.
fn hash(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(|path| path.extension() == Some(OsStr::new(ending))).collect()
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn make_folder(path: &Path) -> Outcome {
    fs::create_dir_all(path).map_err(|cause| format!("{}: {cause}", path.display()))
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).map_err(|cause| format!("{}: {cause}", path.display()))
}

pub(crate) fn write(path: &Path, bytes: &[u8]) -> Outcome {
    fs::write(path, bytes).map_err(|cause| format!("{}: {cause}", path.display()))
}

/// Touches nothing when the very file is there already: its name is its content.
fn write_new(path: &Path, bytes: &[u8]) -> Outcome {
    if path.exists() { Ok(()) } else { write(path, bytes) }
}
