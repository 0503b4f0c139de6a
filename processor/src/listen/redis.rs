//! Commands over Redis (contract §1.3, §4.1).
//!
//! The client's own stream of messages is buffered without bound; so messages come by a push sender, into a queue that is bounded.

use super::Desk;
use super::command::Command;
use super::fault::Fault;
use super::fields::Fields;
use super::refusal::Refusal;
use super::timetable;
use crate::error::Error;
use domain::backoff::Backoff;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ProtocolVersion, PushInfo, PushKind, RedisResult, Value};
use serde_json::Map;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, mpsc};

/// Where commands come, in both spellings.
const CHANNELS: [&str; 10] = [
    "tickstock:commands:trigger",
    "tickstock:commands:cancel",
    "tickstock:commands:retry",
    "tickstock:commands:status",
    "tickstock.commands.trigger",
    "tickstock.commands.cancel",
    "tickstock.commands.retry",
    "tickstock.commands.status",
    timetable::CHANNEL,
    "tickstock.processing.schedule",
];
/// Most commands that wait to be read.
const WAITING: usize = 256;
/// Most commands that are slow at a time.
const SLOW: usize = 64;
/// Longest command.
const LARGEST: usize = 1 << 20;
/// A connection that does not answer for this long is dead.
const PATIENCE: Duration = Duration::from_secs(5);
const WAITS: Backoff = Backoff { base: 2_000, cap: 30_000 };

/// Hears commands.
pub struct Ear {
    client: Client,
    commands: mpsc::Sender<Vec<u8>>,
    heard: mpsc::Receiver<Vec<u8>>,
    lost: Arc<Notify>,
    connection: MultiplexedConnection,
}

impl Ear {
    /// Subscribes. When this returns, no command is missed.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub async fn open(client: &Client) -> Result<Self, Error> {
        let info = client.get_connection_info().clone();
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let client = Client::open(info.set_redis_settings(settings))?;
        let (commands, heard) = mpsc::channel(WAITING);
        let lost = Arc::new(Notify::new());
        let connection = subscribe(&client, commands.clone(), lost.clone()).await?;
        Ok(Self { client, commands, heard, lost, connection })
    }

    /// Obeys what it hears, for ever. `up`: whether it can hear.
    pub async fn listen<D: Desk>(mut self, desk: Arc<D>, up: Arc<AtomicBool>) {
        let slow = Arc::new(Semaphore::new(SLOW));
        loop {
            tokio::select! {
                Some(bytes) = self.heard.recv() => obey(&desk, &slow, &bytes).await,
                () = self.lost.notified() => self.again(&up).await,
                () = tokio::time::sleep(PATIENCE) => {
                    if redis::cmd("PING").query_async::<()>(&mut self.connection).await.is_err() {
                        self.again(&up).await;
                    }
                }
            }
        }
    }

    async fn again(&mut self, up: &AtomicBool) {
        up.store(false, Ordering::Relaxed);
        eprintln!("processor: commands over Redis are not heard; connecting again");
        let mut tries = 0;
        loop {
            self.lost = Arc::new(Notify::new());
            match subscribe(&self.client, self.commands.clone(), self.lost.clone()).await {
                Ok(connection) => {
                    self.connection = connection;
                    return up.store(true, Ordering::Relaxed);
                }
                Err(_) => {
                    let wait = WAITS.delay(tries, rand::random::<f64>());
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
                }
            }
        }
    }
}

async fn subscribe(
    client: &Client,
    commands: mpsc::Sender<Vec<u8>>,
    lost: Arc<Notify>,
) -> RedisResult<MultiplexedConnection> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE))
        .set_push_sender(move |push: PushInfo| -> Result<(), std::convert::Infallible> {
            if push.kind == PushKind::Disconnection {
                lost.notify_one();
            } else if push.kind == PushKind::Message
                && let Some(Value::BulkString(bytes)) = push.data.into_iter().nth(1)
                && commands.try_send(bytes).is_err()
            {
                eprintln!("processor: too many commands at once; one is lost");
            }
            Ok(())
        });
    let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
    connection.subscribe(&CHANNELS).await?;
    Ok(connection)
}

/// Obeys one command; who asked hears of a refusal on the channel of errors.
async fn obey<D: Desk>(desk: &Arc<D>, slow: &Arc<Semaphore>, bytes: &[u8]) {
    let Some(top) = object(bytes) else {
        return desk.refuse("", None, &Refusal::field("command", "is a JSON object of at most 1 MiB"));
    };
    // Where a schedule is changed it is told too, by everybody who has one.
    if top.contains_key("event") && !top.contains_key("command") {
        return;
    }
    let none = Map::new();
    let parameters = top.get("parameters").and_then(serde_json::Value::as_object).unwrap_or(&none);
    let name: String =
        top.get("command").and_then(|name| name.as_str()).unwrap_or_default().chars().take(64).collect();
    let read = || {
        let id = Fields(&top).id("run_id")?;
        let id = id.map_or_else(|| Fields(parameters).id("run_id"), |id| Ok(Some(id)))?;
        Ok((Command::read(&name, parameters)?, id))
    };
    let (command, id) = match read() {
        Ok(read) => read,
        Err(refusal) => {
            let id = top.get("run_id").and_then(|id| id.as_str()).filter(|id| id.len() <= 64);
            return desk.refuse(&name, id, &refusal);
        }
    };
    let fault = desk.fault(&command);
    if fault.is_some_and(Fault::silences) {
        return;
    }
    if fault != Some(Fault::Slow) {
        return begin(&**desk, command, &name, id, fault).await;
    }
    let Ok(room) = slow.clone().try_acquire_owned() else {
        return desk.refuse(&name, id.as_deref(), &Refusal::Busy);
    };
    let desk = desk.clone();
    tokio::spawn(async move {
        tokio::time::sleep(desk.slow()).await;
        begin(&*desk, command, &name, id, fault).await;
        drop(room);
    });
}

async fn begin<D: Desk>(desk: &D, command: Command, name: &str, id: Option<String>, fault: Option<Fault>) {
    if let Err(refusal) = desk.obey(command, id.clone(), fault).await {
        desk.refuse(name, id.as_deref(), &refusal);
    }
}

fn object(bytes: &[u8]) -> Option<Map<String, serde_json::Value>> {
    (bytes.len() <= LARGEST).then(|| serde_json::from_slice(bytes).ok()).flatten()
}
