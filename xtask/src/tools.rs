//! Tools of the machine: found, installed where that is ours to do, or named in one line.

use crate::Outcome;
use crate::child::{output, run};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The WASM target of this toolchain, added if it is missing (an automatic installation may be switched off).
pub fn wasm_target() -> Outcome {
    let installed = output(Command::new("rustup").args(["target", "list", "--installed"]));
    match installed {
        Some(list) if list.contains("wasm32-unknown-unknown") => Ok(()),
        Some(_) => {
            println!("      adding the WASM target");
            run(Command::new("rustup").args(["target", "add", "wasm32-unknown-unknown"]))
        }
        None => {
            Err("rustup is not installed; it is needed for the WASM target (https://rustup.rs)".to_owned())
        }
    }
}

/// A program on PATH, or at one of these places.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().find_map(|name| {
        let direct = Path::new(name);
        if direct.is_absolute() {
            return direct.exists().then(|| direct.to_path_buf());
        }
        folders.iter().map(|folder| folder.join(name)).find(|candidate| candidate.exists())
    })
}

/// A program of a Debian package: found, else installed when we are root on Debian, else named.
pub fn debian(names: &[&str], package: &str) -> Outcome<PathBuf> {
    if let Some(found) = find(names) {
        return Ok(found);
    }
    let name = names.first().copied().unwrap_or(package);
    let root = output(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    if !root || find(&["apt-get"]).is_none() {
        return Err(format!("{name} is missing; install it (Debian: apt-get install {package})"));
    }
    println!("      installing {package}");
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
        run(&mut command)
    };
    let first = apt(&["install", "-y", "-qq", "--no-install-recommends", package]);
    if first.is_err() {
        apt(&["update", "-qq"])?;
        apt(&["install", "-y", "-qq", "--no-install-recommends", package])?;
    }
    if package == "redis-server" && Path::new("/run/systemd/system").exists() {
        // Its package starts a server of its own: ours are private, and nobody asked for that one.
        let _ = run(Command::new("systemctl").args(["disable", "--quiet", "--now", "redis-server"]));
    }
    find(names).ok_or_else(|| format!("{package} was installed, but {name} is still not found"))
}

/// npm with Node 18 or newer.
pub fn npm() -> Outcome<PathBuf> {
    let version = output(Command::new("node").arg("--version")).unwrap_or_default();
    let major: u32 = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0);
    if major < 18 {
        return Err("Node 18 or newer is missing (Debian: apt-get install nodejs npm)".to_owned());
    }
    find(&["npm"]).ok_or_else(|| "npm is missing (Debian: apt-get install npm)".to_owned())
}

/// npm, with Node installed where that is ours to do.
pub fn npm_installed() -> Outcome<PathBuf> {
    npm().or_else(|_| {
        debian(&["node"], "nodejs")?;
        debian(&["npm"], "npm")?;
        npm()
    })
}
