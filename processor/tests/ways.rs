//! The real processor on a real private Redis: what goes which way. Whoever listens and whoever reads the stream get the very
//! same bytes in the same order, also when they are no JSON at all.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::process::Command;
use std::thread::JoinHandle;
use support::redis::{PATIENCE, Redis};

/// Published by the test when the processor has ended.
const END: &str = "tests:end";
/// A channel and a message.
type Sent = (String, Vec<u8>);

/// What is done with it here.
trait Ways {
    fn listen(&self) -> JoinHandle<Vec<Sent>>;
    fn stream(&self) -> Vec<Sent>;
    fn processor(&self, arguments: &[&str]) -> (bool, Vec<Sent>, String);
}

impl Ways for Redis {
    /// Hears every channel until [`END`]. Returns when it is subscribed.
    fn listen(&self) -> JoinHandle<Vec<Sent>> {
        let mut connection = self.client().get_connection().unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        let (tell, subscribed) = std::sync::mpsc::channel();
        let listener = std::thread::spawn(move || {
            let mut channels = connection.as_pubsub();
            channels.psubscribe("*").unwrap();
            tell.send(()).unwrap();
            let mut heard = Vec::new();
            loop {
                let message = channels.get_message().unwrap();
                if message.get_channel_name() == END {
                    return heard;
                }
                heard.push((message.get_channel_name().to_owned(), message.get_payload_bytes().to_vec()));
            }
        });
        subscribed.recv_timeout(PATIENCE).unwrap();
        listener
    }

    /// Everything in the stream, oldest first.
    fn stream(&self) -> Vec<Sent> {
        let mut connection = self.client().get_connection().unwrap();
        let all = redis::cmd("XRANGE").arg("closing-bell:events").arg("-").arg("+").to_owned();
        let all: Vec<(String, Vec<Vec<u8>>)> = all.query(&mut connection).unwrap();
        let read = all.into_iter().map(|(_, fields)| {
            let [name, channel, body, message] = <[Vec<u8>; 4]>::try_from(fields).unwrap();
            assert_eq!((&*name, &*body), (&b"channel"[..], &b"message"[..]));
            (String::from_utf8(channel).unwrap(), message)
        });
        read.collect()
    }

    /// Runs the processor to its end. Returns how it ended, what was heard meanwhile, and what it said about errors.
    fn processor(&self, arguments: &[&str]) -> (bool, Vec<Sent>, String) {
        let listener = self.listen();
        let url = format!("redis://127.0.0.1:{}", self.port);
        let mut command = Command::new(env!("CARGO_BIN_EXE_processor"));
        let output = command.args(arguments).env("REDIS_URL", url).output().unwrap();
        let mut connection = self.client().get_connection().unwrap();
        redis::cmd("PUBLISH").arg(END).arg("").exec(&mut connection).unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), listener.join().unwrap(), said)
    }
}

const NIGHT: [&str; 6] = ["simulate", "--auto", "--symbols", "5", "--speed", "1000000"];

#[test]
fn by_default_the_stream_holds_what_was_heard() {
    let redis = Redis::start();
    let (ended, heard, said) = redis.processor(&NIGHT);
    assert!(ended && heard.len() > 20, "{} heard; {said}", heard.len());
    assert_eq!(redis.stream(), heard);
}

#[test]
fn by_the_stream_nothing_is_heard() {
    let redis = Redis::start();
    let (ended, heard, said) = redis.processor(&[&NIGHT[..], &["--via", "stream"]].concat());
    assert!(ended && heard.is_empty(), "{heard:?}; {said}");
    assert!(redis.stream().len() > 20, "{} in the stream", redis.stream().len());
}

#[test]
fn by_the_channels_there_is_no_stream() {
    let redis = Redis::start();
    let (ended, heard, said) = redis.processor(&[&["--via", "channels"], &NIGHT[..]].concat());
    assert!(ended && heard.len() > 20, "{} heard; {said}", heard.len());
    assert!(redis.stream().is_empty());
}

#[test]
fn bytes_that_are_no_event_go_both_ways_unchanged() {
    let redis = Redis::start();
    let night = ["simulate", "--scenario", "hostile", "--symbols", "5", "--speed", "1000000"];
    let (ended, heard, said) = redis.processor(&night);
    assert!(ended, "{said}");
    assert!(heard.iter().any(|(_, message)| message.is_empty()), "the empty one");
    assert!(
        heard.iter().any(|(_, message)| std::str::from_utf8(message).is_err()),
        "the one that is no text"
    );
    assert!(heard.iter().any(|(_, message)| message.len() > 1 << 20), "the large one");
    assert!(redis.stream() == heard, "the stream holds what was heard");
}

/// A refusal is not taken for an absence: nothing is said again and again, and the reason is named.
#[test]
fn a_stream_that_is_none_ends_it_with_the_reason() {
    let redis = Redis::start();
    let mut connection = redis.client().get_connection().unwrap();
    redis::cmd("SET").arg("closing-bell:events").arg("taken").exec(&mut connection).unwrap();
    let (ended, heard, said) = redis.processor(&NIGHT);
    assert!(!ended && said.contains("WRONGTYPE") && said.contains("--via channels"), "{said}");
    let mut once = heard.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), heard.len(), "no message twice");
}
