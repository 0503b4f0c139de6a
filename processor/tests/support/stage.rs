//! A processor that listens, on a Redis of its own; everything that it says is heard and understood by the server's own board.

use super::http::{Answer, Sent, send};
use super::redis::{PATIENCE, Redis};
use domain::board::Board;
use domain::time::Zone;
use domain::verdict::{RunView, Verdict, judge};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

/// Which way commands go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    Http,
    Redis,
}

/// A command by both its names, and its channel.
pub struct Named(&'static str, &'static str, &'static str);

pub const NIGHT: Named = Named("trigger-manual", "trigger_daily_processing", "tickstock:commands:trigger");
pub const IMPORT: Named = Named("trigger-import", "trigger_data_import", "tickstock.commands.trigger");
pub const INDICATORS: Named =
    Named("trigger-indicators", "trigger_indicator_processing", "tickstock:commands:trigger");
pub const PATTERNS: Named =
    Named("trigger-patterns", "trigger_pattern_processing", "tickstock:commands:trigger");
pub const RETRY: Named = Named("retry-imports", "retry_failed_imports", "tickstock:commands:retry");
pub const SYNC: Named = Named("cache-sync/trigger", "trigger_cache_sync", "tickstock:commands:trigger");
pub const CANCEL: Named = Named("cancel", "cancel_processing", "tickstock:commands:cancel");
pub const SCHEDULE: Named = Named("schedule", "update_schedule", "tickstock:processing:schedule");
pub const STATUS: Named = Named("status", "request_status", "tickstock.commands.status");

/// A message as JSON, and where it came.
#[derive(Clone, Debug)]
pub struct Heard {
    pub channel: String,
    pub said: Value,
}

impl Heard {
    pub fn event(&self) -> &str {
        self.said["event"].as_str().unwrap_or_default()
    }

    pub fn payload(&self) -> &Value {
        &self.said["payload"]
    }

    /// Whether it is about this run or job.
    pub fn of(&self, run: &str) -> bool {
        ["run_id", "job_id"].iter().any(|id| self.payload()[id] == run)
    }
}

pub struct Stage {
    pub redis: Redis,
    processor: Child,
    pub port: u16,
    /// How it is started.
    command: Vec<String>,
    commands: redis::Connection,
    ear: Receiver<(String, Vec<u8>)>,
    /// Whether everything that is said is said to be simulated.
    simulated: bool,
    /// Everything that was heard so far.
    pub heard: Vec<Heard>,
    pub board: Board,
}

impl Stage {
    /// A simulator that listens, with these options. Returns when its line says so.
    pub fn start(options: &[&str]) -> Self {
        Self::with(Redis::start(), &[&["simulate"], options].concat(), true)
    }

    /// A real producer over the sample universe, whose store is in a folder of this test alone, with these options.
    pub fn serve(options: &[&str]) -> Self {
        let redis = Redis::start();
        let store = format!("sqlite://{}/processor.db", redis.folder.display());
        Self::with(redis, &[&["serve", "--db", &store], options].concat(), false)
    }

    fn with(redis: Redis, command: &[&str], simulated: bool) -> Self {
        let command: Vec<String> = command.iter().map(ToString::to_string).collect();
        let ear = listen(&redis);
        let (processor, port) = processor(&redis, &command, None);
        let commands = redis.client().get_connection().unwrap();
        let board = Board::new(Zone::utc());
        Self { redis, processor, port, command, commands, ear, simulated, heard: Vec::new(), board }
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.processor.kill().unwrap();
        self.processor.wait().unwrap();
    }

    /// The same processor once more; `limit`: no file may be larger, in blocks of the shell.
    pub fn again(&mut self, limit: Option<u32>) {
        self.kill();
        (self.processor, self.port) = processor(&self.redis, &self.command, limit);
    }

    /// Redis is back, and is listened to again.
    pub fn redis_back(&mut self) {
        self.redis.back();
        self.ear = listen(&self.redis);
        self.commands = self.redis.client().get_connection().unwrap();
    }

    /// Sends a request and does not wait.
    pub fn send(&self, method: &str, path: &str, body: &Value) -> Sent {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        send(self.port, method, path, &[], body.as_bytes())
    }

    pub fn get(&self, what: &str) -> Value {
        let answer = self.send("GET", &format!("/api/processing/{what}"), &Value::Null).answer();
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    pub fn post(&self, command: &Named, body: &Value) -> Answer {
        let method = if command.0 == "cancel" { "DELETE" } else { "POST" };
        self.send(method, &format!("/api/processing/{}", command.0), body).answer()
    }

    /// Publishes on Redis what the old App publishes.
    pub fn publish(&mut self, command: &Named, run: Option<&str>, parameters: &Value) {
        let envelope = json!({
            "command": command.1, "run_id": run, "parameters": parameters, "source": "TickStockAppV2",
            "timestamp": "2026-11-20T19:00:00.000001Z"
        });
        self.publish_bytes(command.2, envelope.to_string().as_bytes());
    }

    pub fn publish_bytes(&mut self, channel: &str, bytes: &[u8]) {
        redis::cmd("PUBLISH").arg(channel).arg(bytes).exec(&mut self.commands).unwrap();
    }

    /// Gives a command that begins a run of this id.
    pub fn begin(&mut self, way: Way, command: &Named, run: &str, parameters: Value) {
        if way == Way::Redis {
            return self.publish(command, Some(run), &parameters);
        }
        let mut body = parameters;
        body["run_id"] = run.into();
        let answer = self.post(command, &body);
        let said = answer.json();
        if command.1 == SYNC.1 {
            assert_eq!((answer.status, &said["job_id"]), (202, &json!(run)), "{answer:?}");
        } else {
            assert_eq!((answer.status, &said["run_id"]), (200, &json!(run)), "{answer:?}");
            assert_eq!(said["status"], "started");
        }
    }

    pub fn fault(&self, fault: &str, times: u64) {
        let body = json!({ "fault": fault, "times": times });
        assert_eq!(self.send("POST", "/simulate/fault", &body).answer().status, 200);
    }

    /// The next message that is no command.
    pub fn next(&mut self) -> Heard {
        loop {
            let (channel, bytes) = self.ear.recv_timeout(PATIENCE).expect("nothing more is said");
            let said: Value = serde_json::from_slice(&bytes).unwrap_or_default();
            if channel.contains("commands") || said.get("command").is_some() {
                continue;
            }
            let reading = domain::decode::read(&channel, &bytes, now()).unwrap();
            // What a retry retries is a word of ours.
            let known = reading.strange.iter().all(|(field, _)| *field == "retry_of");
            assert!(reading.event.simulated == self.simulated && known, "{reading:?}");
            self.board.apply(&reading.event);
            let heard = Heard { channel, said };
            self.heard.push(heard.clone());
            return heard;
        }
    }

    /// Listens until this is said.
    pub fn until(&mut self, wanted: impl Fn(&Heard) -> bool) -> Heard {
        loop {
            let heard = self.next();
            if wanted(&heard) {
                return heard;
            }
        }
    }

    /// Listens until a run is over, and the processor is ready for another. Returns it as the server understands it.
    pub fn ended(&mut self, run: &str) -> RunView {
        while self.view(run).is_none_or(|view| !view.run.status.ended()) {
            self.next();
        }
        while self.get("status")["is_running"] == true {
            std::thread::yield_now();
        }
        self.view(run).unwrap()
    }

    pub fn view(&self, run: &str) -> Option<RunView> {
        self.board.run_view(run)
    }

    /// The messages of a run.
    pub fn of(&self, run: &str) -> Vec<&Heard> {
        self.heard.iter().filter(|heard| heard.of(run)).collect()
    }

    /// Why symbols failed in a run: each with its code, in the order in which it was said.
    pub fn failures(&self, run: &str) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let final_word = |heard: &&Heard| {
            let payload = heard.payload();
            ["error", "critical_error"].contains(&heard.event())
                && payload["context"]["run_id"] == run
                && payload["severity"] == "error"
        };
        let failed = self.heard.iter().filter(final_word).map(Heard::payload);
        failed.map(|said| (text(&said["context"]["symbol"]), text(&said["error_code"]))).collect()
    }

    /// The answer to a command that nobody knows: everything before it has been heard, and nothing of it was a run's.
    pub fn silence(&mut self) {
        self.publish(&Named("", "dance", "tickstock:commands:trigger"), None, &json!({}));
        let next = self.next();
        assert_eq!(next.payload()["context"]["command"], "dance", "{next:?}");
    }
}

/// Hears everything.
fn listen(redis: &Redis) -> Receiver<(String, Vec<u8>)> {
    let mut subscription = redis.client().get_connection().unwrap();
    let (tell, subscribed) = channel();
    let (hears, ear) = channel();
    std::thread::spawn(move || {
        let mut channels = subscription.as_pubsub();
        channels.psubscribe("*").unwrap();
        tell.send(()).unwrap();
        while let Ok(message) = channels.get_message() {
            let name = message.get_channel_name().to_owned();
            if hears.send((name, message.get_payload_bytes().to_vec())).is_err() {
                return;
            }
        }
    });
    subscribed.recv_timeout(PATIENCE).unwrap();
    ear
}

/// Starts a processor. Returns it and its port when its line says that it listens.
fn processor(redis: &Redis, arguments: &[String], limit: Option<u32>) -> (Child, u16) {
    let url = format!("redis://127.0.0.1:{}", redis.port);
    let program = env!("CARGO_BIN_EXE_processor");
    let mut command = match limit {
        None => Command::new(program),
        Some(blocks) => {
            // Who writes more gets an error and is not killed for it.
            let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
            let mut shell = Command::new("sh");
            shell.args(["-c", &script, program]);
            shell
        }
    };
    command.args(arguments).args(["--listen", "127.0.0.1:0"]);
    command.env("REDIS_URL", &url).env("MASSIVE_API_KEY", super::PROVIDER_KEY);
    command.env_remove("PROCESSOR_API_KEY").stdout(Stdio::piped());
    let mut processor = command.spawn().unwrap();
    let mut lines = BufReader::new(processor.stdout.take().unwrap()).lines();
    let line =
        lines.find(|line| line.as_ref().is_ok_and(|line| line.starts_with("Listening"))).unwrap().unwrap();
    let said = line.strip_prefix("Listening for commands at http://127.0.0.1:").unwrap();
    let (port, on) = said.split_once(" and on ").unwrap();
    assert_eq!(on.trim_end_matches('/'), url, "{line}");
    // Nobody reads the rest, and it must not wait for a reader.
    std::thread::spawn(move || lines.for_each(drop));
    (processor, port.parse().unwrap())
}

/// The word about a run that has ended.
pub fn word(view: &RunView) -> Verdict {
    judge(Some(view), view.heard())
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    since.as_millis().try_into().unwrap()
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.processor.kill();
        let _ = self.processor.wait();
    }
}
