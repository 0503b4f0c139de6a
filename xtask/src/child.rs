//! Commands and children: run to the end with a sentence when they fail, or kept running and ended in order.

use crate::Outcome;
use std::io::ErrorKind;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Runs a command in the repository to its end.
pub fn run(command: &mut Command) -> Outcome {
    let shown = show(command);
    let status = command.current_dir(crate::paths::root()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{shown}` ended with {status}")),
        Err(cause) if cause.kind() == ErrorKind::NotFound => {
            Err(format!("`{shown}`: the program is not installed"))
        }
        Err(cause) => Err(format!("`{shown}`: {cause}")),
    }
}

/// Its standard output, if it succeeds.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.current_dir(crate::paths::root()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn show(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

/// Children that are ended when this goes out of scope, the last started first.
#[derive(Default)]
pub struct Children(Vec<(String, Child)>);

impl Children {
    /// Starts a child in a process group of its own, so that Ctrl-C reaches it through us, in our order.
    pub fn start(&mut self, name: &str, command: &mut Command) -> Outcome {
        let child = command.current_dir(crate::paths::root()).process_group(0).spawn();
        let child = child.map_err(|cause| format!("{name} could not be started: {cause}"))?;
        self.0.push((name.to_owned(), child));
        Ok(())
    }

    /// The first child that has ended by itself, if any; it is no longer ours.
    pub fn ended(&mut self) -> Option<(String, ExitStatus)> {
        for index in 0..self.0.len() {
            if let Ok(Some(status)) = self.0[index].1.try_wait() {
                return Some((self.0.remove(index).0, status));
            }
        }
        None
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        while let Some((name, mut child)) = self.0.pop() {
            let id = child.id().to_string();
            // The shell's own kill: the program of that name is not on every machine.
            let _ = Command::new("sh").args(["-c", "kill -TERM \"$0\"", &id]).stderr(Stdio::null()).status();
            let asked = Instant::now();
            while asked.elapsed() < Duration::from_secs(8) {
                if matches!(child.try_wait(), Ok(Some(_)) | Err(_)) {
                    break;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            if matches!(child.try_wait(), Ok(None)) {
                eprintln!("{name} did not end when asked; killed");
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }
}
