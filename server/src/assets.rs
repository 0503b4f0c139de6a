//! The manifest of the built assets, read once at start; or the names that `cargo leptos` gives them.

use app::shell::Assets;
use std::path::Path;

/// Reads `manifest.json` of the site folder. Without one the pages still work, as snapshots without script or style.
#[must_use]
pub fn load(site: &Path) -> Assets {
    let path = site.join("manifest.json");
    let read = std::fs::read(&path).map_err(|cause| cause.to_string());
    let parsed = read.and_then(|bytes| serde_json::from_slice(&bytes).map_err(|cause| cause.to_string()));
    match parsed {
        Ok(assets) => assets,
        Err(_) if site.join("pkg/closing-bell.js").exists() => cargo_leptos(),
        Err(cause) => {
            tracing::warn!(%cause, path = %path.display(), "no assets: pages are served without script and style (cargo xtask build makes them)");
            Assets::default()
        }
    }
}

/// What `cargo leptos watch` writes has no manifest and no hashes.
fn cargo_leptos() -> Assets {
    let named = |ending: &str| format!("/pkg/closing-bell.{ending}");
    Assets {
        build: "cargo-leptos".to_owned(),
        js: named("js"),
        wasm: named("wasm"),
        css: named("css"),
        archive: String::new(),
        dialog: String::new(),
        schedule: String::new(),
        fonts: Vec::new(),
    }
}
