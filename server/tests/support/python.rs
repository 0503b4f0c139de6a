//! Examples in `docs/`, run as they stand there: cut out of the page, in a Python with the library that the page names.
//!
//! The environment is made once per target folder, under a lock: test programs run beside each other.

use super::{Redis, locked};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;
use tokio::process::Command;

/// The library of the examples, in the version that is tested.
const LIBRARY: &str = "redis==5.2.1";
/// What makes requests of a description.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";
/// The library comes over the network, once.
const PATIENCE: Duration = Duration::from_mins(3);
const MISSING: &str = "python3 with venv is missing: cargo xtask test installs it or names it (Debian: apt-get install python3 python3-venv)";

/// The first fenced block of that language in a page of `docs/`.
pub fn block(page: &str, language: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()));
    let (_, rest) = text
        .split_once(&format!("```{language}\n"))
        .unwrap_or_else(|| panic!("{page} has no block of {language}"));
    let (block, _) = rest.split_once("```").unwrap_or_else(|| panic!("the block in {page} has no end"));
    block.to_owned()
}

/// Generates requests from the description of the API and sends them as somebody; fails when an answer is a fault of the server's or
/// of a status that is not described.
pub async fn schemathesis(url: &str, asker: &super::people::Asker) {
    let description = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let mut run = Command::new(environment(SCHEMATHESIS).await.join("bin/schemathesis"));
    run.arg("run").arg(description).args([
        "--url",
        url,
        "--phases",
        "coverage,fuzzing",
        "--max-examples",
        "10",
    ]);
    run.args(["--checks", "not_a_server_error,status_code_conformance", "--seed", "1", "--no-shrink"]);
    // What is refused is not read to its end, and closes: whoever asks again on that connection asks anew.
    run.args(["--request-retries", "3"]);
    let (name, value) = asker.header();
    run.args(["--header", &format!("{name}:{value}"), "--header", &format!("Origin:{url}")]);
    // It writes what it remembers where it stands.
    run.current_dir(env!("CARGO_TARGET_TMPDIR"));
    succeeds(&format!("schemathesis as {}", asker.name), &mut run).await;
}

/// Runs this code to its end, with this Redis as its `REDIS_URL`.
pub async fn run(code: &str, redis: &Redis) {
    let mut python = Command::new(environment(LIBRARY).await.join("bin/python"));
    succeeds("the example", python.args(["-c", code]).env("REDIS_URL", redis.url())).await;
}

/// The folder of the environment, made if this is the first to need it.
async fn environment(library: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = target.join(format!("python-{}", library.split('=').next().unwrap_or_default()));
    // Written last: what was interrupted before is made again.
    let made = folder.join(library);
    let _lock = locked("python.lock").await;
    if made.exists() {
        return folder;
    }
    let usable = Command::new("python3").args(["-c", "import ensurepip, venv"]).output().await;
    assert!(usable.is_ok_and(|output| output.status.success()), "{MISSING}");
    succeeds("python3 -m venv", Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder)).await;
    let mut pip = Command::new(folder.join("bin/pip"));
    succeeds("pip install", pip.args(["install", "--quiet", "--disable-pip-version-check", library])).await;
    File::create(made).unwrap();
    folder
}

async fn succeeds(what: &str, command: &mut Command) {
    let output: Output = tokio::time::timeout(PATIENCE, command.kill_on_drop(true).output())
        .await
        .unwrap_or_else(|_| panic!("{what} did not end"))
        .unwrap_or_else(|cause| panic!("{what}: {cause}"));
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&said));
}
