//! The ways of a message to the server: by channel, by stream, or both.
//!
//! Invariant: what goes both ways is the very same bytes, the stream first. So the server knows the second for the first's twin,
//! and one that is killed between the two finds the message in the stream.

use clap::ValueEnum;
use redis::Pipeline;

/// The stream that the server reads (`docs/stream.md`).
pub const STREAM: &str = "closing-bell:events";
/// About this many entries are kept: weeks of nights, and a bound on Redis' memory.
const KEPT: u32 = 1_000_000;

/// How a message goes out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// `PUBLISH` on its channel alone: heard by whoever listens now, at most once.
    Channels,
    /// `XADD` to the stream alone: read also by a server that was away, at least once.
    Stream,
    /// `XADD`, then `PUBLISH`, of the same bytes.
    #[default]
    Both,
}

impl Way {
    /// Appends to a batch what sends these bytes this way. They may be any bytes: both commands are safe for binary.
    pub(super) fn append(self, batch: &mut Pipeline, channel: &str, message: &[u8]) {
        if self != Self::Channels {
            batch.cmd("XADD").arg(STREAM).arg("MAXLEN").arg("~").arg(KEPT).arg("*");
            batch.arg("channel").arg(channel).arg("message").arg(message).ignore();
        }
        if self != Self::Stream {
            batch.cmd("PUBLISH").arg(channel).arg(message).ignore();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The commands of a batch, as Redis reads them, lengths left out.
    fn words(way: Way, message: &[u8]) -> Vec<Vec<u8>> {
        let mut batch = redis::pipe();
        way.append(&mut batch, "c", message);
        let packed = batch.get_packed_pipeline();
        let lines = packed.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        lines.filter(|line| !line.is_empty() && !b"$*".contains(&line[0])).map(<[u8]>::to_vec).collect()
    }

    #[test]
    fn each_way_has_its_commands_the_stream_first() {
        let message = b"\xff\0{}";
        let add: [&[u8]; 9] = [
            b"XADD",
            b"closing-bell:events",
            b"MAXLEN",
            b"~",
            b"1000000",
            b"channel",
            b"c",
            b"message",
            message,
        ];
        let publish: [&[u8]; 3] = [b"PUBLISH", b"c", message];
        assert_eq!(words(Way::Channels, message), publish);
        // The id's `*` looks like a length here, and is left out with them.
        assert_eq!(words(Way::Stream, message), add);
        assert_eq!(words(Way::Both, message), [&add[..], &publish[..]].concat());
    }
}
