//! Playing a recording back: `closing-bell record` writes it, one JSON object a line. Lines without a channel are passed over.

use crate::error::Error;
use crate::publish::{Message, Publisher};
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::fs::File;
use tokio::io::{AsyncBufReadExt, BufReader};

/// Between two lines that do not say when they were recorded.
const BEAT: f64 = 0.1;

/// Plays a recording, `speed` times as fast as it was.
///
/// # Errors
/// When the file cannot be read, or Redis stays away.
pub async fn recording(path: &Path, speed: f64, publisher: &mut Publisher) -> Result<(), Error> {
    let unreadable = |cause: std::io::Error| Error::Recording(format!("{}: {cause}", path.display()));
    let file = File::open(path).await.map_err(unreadable)?;
    let mut lines = BufReader::new(file).lines();
    let (mut first, mut due, mut played, mut skipped) = (None, 0.0, 0_u64, 0_u64);
    let began = Instant::now();
    while let Some(text) = lines.next_line().await.map_err(unreadable)? {
        let Some((at, message)) = line(&text) else {
            skipped += 1;
            continue;
        };
        due = match at {
            Some(at) => at - *first.get_or_insert(at),
            None => due + BEAT,
        };
        if let Some(wait) = Duration::try_from_secs_f64(due.max(0.0) / speed)
            .ok()
            .and_then(|due| due.checked_sub(began.elapsed()))
        {
            tokio::time::sleep(wait).await;
        }
        publisher.send(&message).await?;
        played += 1;
    }
    if played == 0 && skipped > 0 {
        return Err(Error::Recording(format!("{}: none of its lines is a recorded message", path.display())));
    }
    println!("Played {played} messages of {}, passed over {skipped} lines", path.display());
    Ok(())
}

/// When a line was recorded, in seconds, and its message.
fn line(text: &str) -> Option<(Option<f64>, Message)> {
    let line: Value = serde_json::from_str(text).ok()?;
    let channel = line.get("channel")?.as_str()?.to_owned();
    let bytes = match line.get("message").and_then(Value::as_str) {
        Some(text) => text.as_bytes().to_vec(),
        None => bytes_of(line.get("hex")?.as_str()?)?,
    };
    let at = line.get("at").and_then(Value::as_f64).map(|millis| millis / 1_000.0);
    Some((at, Message::raw(channel, bytes)))
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = hex.chars().map(|digit| digit.to_digit(16)).collect();
    digits?.chunks(2).map(|pair| u8::try_from(pair.first()? * 16 + pair.get(1)?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_recording_and_of_the_contract_are_read_and_others_passed_over() {
        let (at, message) = line(r#"{"at":1500,"channel":"c","size":2,"message":"{}"}"#).expect("a line");
        assert_eq!((at, &*message.channel, message.bytes(0)), (Some(1.5), "c", b"{}".to_vec()));
        let (at, message) = line(r#"{"channel":"c","hex":"ff00"}"#).expect("a line");
        assert_eq!((at, message.bytes(0)), (None, vec![0xff, 0]));
        for other in
            ["", "{}", r#"{"at":1,"gap":"overflow"}"#, r#"{"channel":"c"}"#, r#"{"channel":"c","hex":"f"}"#]
        {
            assert!(line(other).is_none(), "{other}");
        }
    }
}
