//! Where things are: the repository, cargo's target folder, the site.

use std::path::{Path, PathBuf};

/// The repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's target folder, wherever `CARGO_TARGET_DIR` puts it.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The built site.
pub fn site() -> PathBuf {
    target().join("site")
}

/// A release binary of ours.
pub fn release(name: &str) -> PathBuf {
    target().join("release").join(name)
}

/// Where cargo keeps the sources of libraries, as their panics name it.
pub fn registry() -> String {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    format!("{}/", home.join("registry/src").display())
}
