//! The manifest of the built assets, read once at start.

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
        Err(cause) => {
            tracing::warn!(%cause, path = %path.display(), "no assets: pages are served without script and style (cargo xtask build makes them)");
            Assets::default()
        }
    }
}
