//! Everything that is said goes out here, in the order in which it was said.
//!
//! While Redis is away it is kept in the store and sent when Redis is back, also by the next process. So much is kept and no more
//! ([`KEPT`]): beyond it whoever speaks waits, and the work with them.
//!
//! Invariant: a message is sent only when nothing older waits. It is written as it was when it was said, with the time of then.

use crate::publish::{Link, Message, now};
use crate::simulate::{Speller, Spelling};
use domain::backoff::Backoff;
use processor::store::{KEPT, Store};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// Messages that wait in memory.
const WAITING: usize = 1_024;
/// Messages that are sent, or kept, in one go.
const BATCH: usize = 256;
const WAITS: Backoff = Backoff { base: 500, cap: 10_000 };

enum Item {
    Message(Said),
    Flush(oneshot::Sender<()>),
}

/// What is said.
struct Said {
    channel: String,
    bytes: Vec<u8>,
    /// It is about now: it is not kept.
    passing: bool,
}

impl Said {
    fn parts(&self) -> (&str, &[u8]) {
        (&self.channel, &self.bytes)
    }
}

/// Says things. Cheap to clone.
#[derive(Clone)]
pub struct Outbox {
    items: mpsc::Sender<Item>,
    speller: Arc<Mutex<Speller>>,
}

impl Outbox {
    /// An outbox, and the work that empties it.
    pub fn new(link: Link, store: Store, spelling: Spelling) -> (Self, Postman) {
        let (items, said) = mpsc::channel(WAITING);
        let speller = Arc::new(Mutex::new(Speller::new(spelling, 1)));
        (Self { items, speller }, Postman { said, link, store, most: KEPT, waiting: 0, tries: 0 })
    }

    fn item(&self, message: Message, passing: bool) -> Item {
        let spelled = self.speller.lock().unwrap_or_else(PoisonError::into_inner).spell(message);
        Item::Message(Said { channel: spelled.channel.to_string(), bytes: spelled.bytes(now()), passing })
    }

    /// Says it, after everything that was said before.
    pub async fn say(&self, message: Message) {
        // The postman ends with the process only.
        let _ = self.items.send(self.item(message, false)).await;
    }

    /// Says it if there is room. Returns whether there was.
    pub fn try_say(&self, message: Message) -> bool {
        self.items.try_send(self.item(message, false)).is_ok()
    }

    /// Says what is only about now, if it can be said now.
    pub fn mention(&self, message: Message) {
        let _ = self.items.try_send(self.item(message, true));
    }

    /// Returns when everything that was said before is sent, or kept.
    pub async fn flush(&self) {
        let (done, wait) = oneshot::channel();
        if self.items.send(Item::Flush(done)).await.is_ok() {
            let _ = wait.await;
        }
    }
}

/// Empties the outbox.
pub struct Postman {
    said: mpsc::Receiver<Item>,
    link: Link,
    store: Store,
    /// How many are kept at most.
    most: i64,
    /// How many are kept.
    waiting: i64,
    tries: u32,
}

impl Postman {
    /// Works for ever.
    pub async fn work(mut self) {
        self.waiting = self.count().await;
        let mut again = Instant::now();
        loop {
            if self.waiting > 0 && Instant::now() >= again {
                again = if self.send_kept().await { Instant::now() } else { Instant::now() + self.pause() };
            }
            tokio::select! {
                item = self.said.recv(), if self.waiting + i64::try_from(BATCH).unwrap_or(0) <= self.most => match item {
                    Some(item) => self.deliver(item).await,
                    None => return,
                },
                () = tokio::time::sleep_until(again), if self.waiting > 0 => {}
            }
        }
    }

    async fn count(&mut self) -> i64 {
        loop {
            match self.store.waiting().await {
                Ok(count) => return count,
                Err(cause) => self.trouble(&cause.to_string()).await,
            }
        }
    }

    /// Sends all that is kept. Returns whether that was done.
    async fn send_kept(&mut self) -> bool {
        loop {
            let kept = match self.store.kept(u32::try_from(BATCH).unwrap_or(256)).await {
                Ok(kept) => kept,
                Err(cause) => {
                    self.trouble(&cause.to_string()).await;
                    return false;
                }
            };
            let Some(last) = kept.last().map(|kept| kept.n) else {
                (self.waiting, self.tries) = (0, 0);
                return true;
            };
            let messages = kept.iter().map(|kept| (kept.channel.as_str(), kept.message.as_slice()));
            if self.link.send(messages).await.is_err() {
                return false;
            }
            while let Err(cause) = self.store.sent(last).await {
                self.trouble(&cause.to_string()).await;
            }
            self.waiting = (self.waiting - i64::try_from(kept.len()).unwrap_or(0)).max(0);
        }
    }

    /// Sends, or keeps, a message and what came with it.
    async fn deliver(&mut self, first: Item) {
        let (mut batch, mut flushed, mut next) = (Vec::new(), Vec::new(), Some(first));
        while let Some(item) = next {
            match item {
                Item::Message(said) => batch.push(said),
                Item::Flush(done) => flushed.push(done),
            }
            next = if batch.len() < BATCH { self.said.try_recv().ok() } else { None };
        }
        while !batch.is_empty() {
            if self.waiting == 0 && self.link.send(batch.iter().map(Said::parts)).await.is_ok() {
                break;
            }
            batch.retain(|said| !said.passing);
            match self.store.keep(&batch.iter().map(Said::parts).collect::<Vec<_>>()).await {
                Ok(_) => {
                    if self.waiting == 0 && !batch.is_empty() {
                        eprintln!("processor: Redis is away; what is to be said is kept");
                    }
                    self.waiting += i64::try_from(batch.len()).unwrap_or(0);
                    break;
                }
                // Neither Redis nor the store: the work waits until one of them is back.
                Err(cause) => self.trouble(&cause.to_string()).await,
            }
        }
        for done in flushed {
            let _ = done.send(());
        }
    }

    async fn trouble(&mut self, cause: &str) {
        eprintln!("processor: {cause}; trying again");
        tokio::time::sleep(self.pause()).await;
    }

    fn pause(&mut self) -> Duration {
        let wait = WAITS.delay(self.tries, rand::random::<f64>());
        self.tries = self.tries.saturating_add(1);
        Duration::from_millis(wait.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::Way;
    use serde_json::json;

    fn message(number: u64) -> Message {
        Message::new("c", "test", "test", json!({ "number": number }))
    }

    #[tokio::test]
    async fn so_much_is_kept_and_no_more_and_then_whoever_speaks_waits() {
        let folder = std::env::temp_dir().join(format!("closing-bell-outbox-{}", std::process::id()));
        let store = Store::open(&format!("sqlite://{}/outbox.db", folder.display())).await.unwrap();
        // Nobody listens at the port of nothing.
        let link = Link::new(redis::Client::open("redis://127.0.0.1:1").unwrap(), Way::Both);
        let (outbox, mut postman) = Outbox::new(link, store.clone(), Spelling::Current);
        postman.most = 1_000;
        let work = tokio::spawn(postman.work());
        let mut said = 0;
        loop {
            let room = outbox.try_say(message(said));
            said += u64::from(room);
            // A full batch more would not fit: nothing is taken any more.
            if !room && store.waiting().await.unwrap() > 1_000 - 256 {
                break;
            }
            tokio::task::yield_now().await;
        }
        let waiting = store.waiting().await.unwrap();
        assert!(waiting <= 1_000, "{waiting}");
        assert_eq!(
            said,
            u64::try_from(waiting).unwrap() + 1_024,
            "the rest waits in memory, and nothing is lost"
        );
        let kept = store.kept(2_000).await.unwrap();
        let numbers =
            kept.iter().map(|kept| serde_json::from_slice::<serde_json::Value>(&kept.message).unwrap());
        let numbers: Vec<u64> =
            numbers.map(|message| message["payload"]["number"].as_u64().unwrap()).collect();
        assert!(
            numbers.iter().copied().eq(0..u64::try_from(waiting).unwrap()),
            "in the order in which it was said"
        );
        work.abort();
        store.close().await;
        std::fs::remove_dir_all(folder).unwrap();
    }
}
