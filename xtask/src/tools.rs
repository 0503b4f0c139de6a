//! Tools of the machine: found, installed where that is ours to do, or named in one line.

use crate::Outcome;
use crate::child::{output, run};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Packages that start a server of their own: ours are private, and nobody asked for those.
const SERVICES: [&str; 3] = ["redis-server", "postgresql", "nginx-light"];

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
    debian_as(names.first().copied().unwrap_or(package), &[package], || find(names))
}

/// Something of Debian's packages, found in a way of its own; else installed or named.
fn debian_as(name: &str, packages: &[&str], found: impl Fn() -> Option<PathBuf>) -> Outcome<PathBuf> {
    if let Some(found) = found() {
        return Ok(found);
    }
    let listed = packages.join(" ");
    let root = output(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    if !root || find(&["apt-get"]).is_none() {
        return Err(format!("{name} is missing; install it (Debian: apt-get install {listed})"));
    }
    println!("      installing {listed}");
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
        run(&mut command)
    };
    let install = [&["install", "-y", "-qq", "--no-install-recommends"], packages].concat();
    if apt(&install).is_err() {
        apt(&["update", "-qq"])?;
        apt(&install)?;
    }
    for service in SERVICES.iter().filter(|service| packages.contains(service)) {
        if Path::new("/run/systemd/system").exists() {
            let _ = run(Command::new("systemctl").args([
                "disable",
                "--quiet",
                "--now",
                service.trim_end_matches("-light"),
            ]));
        }
    }
    found().ok_or_else(|| format!("{listed} was installed, but {name} is still not found"))
}

/// The folder of PostgreSQL's programs. Debian keeps them beside PATH, in a folder per version: the newest is taken.
pub fn postgres() -> Outcome<PathBuf> {
    debian_as("PostgreSQL", &["postgresql"], || {
        let beside = find(&["initdb"]).and_then(|program| program.parent().map(Path::to_path_buf));
        beside.or_else(|| newest(Path::new("/usr/lib/postgresql")))
    })
}

/// The programs of the version with the highest number that has a server; a client alone has a folder too.
fn newest(versions: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(versions).ok()?.flatten();
    let numbered = entries.filter_map(|entry| {
        let number: u32 = entry.file_name().to_str()?.parse().ok()?;
        Some((number, entry.path().join("bin")))
    });
    numbered.filter(|(_, programs)| programs.join("initdb").exists()).max().map(|(_, programs)| programs)
}

/// Python that can make an environment of its own; Debian keeps that in a package apart.
pub fn python() -> Outcome<PathBuf> {
    debian_as("python3 with venv", &["python3", "python3-venv"], || {
        let python = find(&["python3"])?;
        output(Command::new(&python).args(["-c", "import ensurepip, venv"])).map(|_| python)
    })
}

/// nginx, before which the server is tried as `docs/operating.md` says. It is not on everybody's PATH.
pub fn nginx() -> Outcome<PathBuf> {
    debian_as("nginx", &["nginx-light"], || {
        find(&["nginx", "/usr/sbin/nginx", "/usr/local/sbin/nginx", "/opt/homebrew/bin/nginx"])
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_server_is_the_highest_number_and_not_the_last_name() {
        let folder = std::env::temp_dir().join(format!("closing-bell-newest-{}", std::process::id()));
        for version in ["9", "15", "common"] {
            std::fs::create_dir_all(folder.join(version).join("bin")).expect("a folder");
            std::fs::write(folder.join(version).join("bin/initdb"), "").expect("a file");
        }
        std::fs::create_dir_all(folder.join("16/bin")).expect("a client alone");
        let found = newest(&folder);
        std::fs::remove_dir_all(&folder).expect("our own folder");
        assert_eq!(found, Some(folder.join("15/bin")));
        assert_eq!(newest(&folder), None);
    }
}
