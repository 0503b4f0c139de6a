//! Keyframes: the board as it was after some event, compressed part by part.
//!
//! The part of the board begins with a line that says where each run's part is: a run that had not changed has none of its own.
//!
//! Its name carries the version in which the keyframe is written. Invariant: no build reads what a later one wrote, and loses what
//! it does not know; it does not even find it, and goes on from the last that it can read.

use super::{Store, StoreError};
use domain::board::{Board, Extent};
use domain::nights::Nights;
use domain::time::{DAY, Millis};
use sqlx::Row;
use std::io::{Read, Write};

/// Compression: the fastest, which is enough for JSON.
const LEVEL: u32 = 1;
/// Bytes that are unpacked at a time.
const CHUNK: usize = 16 << 10;
/// Largest part, uncompressed.
const LARGEST: usize = 64 << 20;

/// A part older than this is written again, so that what is old can be forgotten: a keyframe needs no part that is older.
pub const PART_AGE: Millis = 3 * DAY;

/// The part of the board, as it is written now. Whoever changes what stands in a part, so that an earlier build would read it and
/// lose something, raises the number.
pub const BOARD: &str = "board-2";
/// Parts of boards that are read: `board` has a night's values one by one.
pub(super) const IS_BOARD: &str = "part IN ('board', 'board-2')";

/// Where the part of each run is: its slot, and the event after which it was written.
pub type Places = Vec<(u32, i64)>;

/// A text, compressed.
#[must_use]
pub fn packed(text: &str) -> Vec<u8> {
    let mut writer = brotli::CompressorWriter::new(Vec::with_capacity(text.len() / 6), 4_096, LEVEL, 22);
    // Memory does not fail.
    let _ = writer.write_all(text.as_bytes());
    writer.into_inner()
}

/// The text, or no more of it than its first so many lines: what stands behind them is not even unpacked.
fn unpacked(bytes: &[u8], lines: usize) -> Option<String> {
    let mut reader = brotli::Decompressor::new(bytes, 4_096).take(LARGEST as u64);
    let (mut text, mut chunk, mut left) = (Vec::new(), vec![0; CHUNK], lines);
    loop {
        let length = reader.read(&mut chunk).ok()?;
        let got = chunk.get(..length)?;
        let mut ends = got.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at);
        if let Some(end) = ends.nth(left - 1) {
            text.extend_from_slice(got.get(..end)?);
            break;
        }
        left -= got.iter().filter(|byte| **byte == b'\n').count();
        text.extend_from_slice(got);
        if got.is_empty() {
            break;
        }
    }
    String::from_utf8(text).ok()
}

/// A part that is read for a board.
fn part(bytes: &[u8], extent: Extent) -> Option<String> {
    unpacked(bytes, if extent == Extent::Head { 2 } else { usize::MAX })
}

/// The board's part with the places of its runs.
#[must_use]
pub fn board_part(places: &Places, text: &str) -> String {
    let places = serde_json::to_string(places).unwrap_or_default();
    format!("{places}\n{text}")
}

impl Store {
    /// The newest keyframe that is no newer than a moment: the event after which it was.
    ///
    /// # Errors
    /// What the database says.
    pub async fn keyframe_by(&self, until: Millis) -> Result<Option<i64>, StoreError> {
        let newest =
            format!("SELECT n FROM keyframes WHERE {IS_BOARD} AND at <= $1 ORDER BY at DESC, n DESC LIMIT 1");
        let row = sqlx::query(&newest).bind(until).fetch_optional(&self.readers).await?;
        Ok(row.map(|row| row.get(0)))
    }

    /// The board of a keyframe: whole, or as one looks at it at a moment. A keyframe that cannot be read counts as none.
    ///
    /// # Errors
    /// What the database says.
    pub async fn keyframe(
        &self,
        n: i64,
        nights: Nights,
        looked_at: Option<Millis>,
    ) -> Result<Option<Board>, StoreError> {
        let board =
            format!("SELECT body FROM keyframes WHERE n = $1 AND {IS_BOARD} ORDER BY part DESC LIMIT 1");
        let Some(row) = sqlx::query(&board).bind(n).fetch_optional(&self.readers).await? else {
            return Ok(None);
        };
        let Some(text) = part(row.get(0), Extent::Whole) else { return Ok(None) };
        let Some((places, board)) = text.split_once('\n') else { return Ok(None) };
        let Ok(places) = serde_json::from_str::<Places>(places) else { return Ok(None) };
        let runs = self.parts(&places).await?;
        if runs.len() < places.len() {
            tracing::warn!(n, "a part of a keyframe is missing");
            return Ok(None);
        }
        let board = match looked_at {
            None => {
                let texts: Option<Vec<String>> = runs.iter().map(|body| part(body, Extent::Whole)).collect();
                texts.and_then(|texts| Board::restored(nights, board, &texts))
            }
            Some(at) => Board::sketched(nights, board, &runs, |body, extent| part(body, extent), at),
        };
        if board.is_none() {
            tracing::warn!(n, "a keyframe cannot be read");
        }
        Ok(board)
    }

    /// The parts of runs, still packed, by one question: a board has some twenty.
    async fn parts(&self, places: &Places) -> Result<Vec<Vec<u8>>, StoreError> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let one = |index: usize| format!("(n = ${} AND part = ${})", 2 * index + 1, 2 * index + 2);
        let wanted: Vec<String> = (0..places.len()).map(one).collect();
        let statement = format!("SELECT body FROM keyframes WHERE {}", wanted.join(" OR "));
        let mut query = sqlx::query(&statement);
        for (slot, n) in places {
            query = query.bind(*n).bind(slot.to_string());
        }
        Ok(query.fetch_all(&self.readers).await?.iter().map(|row| row.get(0)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        assert!(IS_BOARD.contains(&format!("'{BOARD}'")));
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let text = "[\"r1\",{}]".repeat(10_000);
        let bytes = packed(&text);
        assert!(bytes.len() < text.len() / 50);
        assert_eq!(part(&bytes, Extent::Whole), Some(text));
        assert_eq!(part(b"no brotli", Extent::Whole), None);
    }

    #[test]
    fn a_head_is_the_first_two_lines_wherever_they_end() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let head = format!("{}\n{}", "a".repeat(length), "b".repeat(length));
            for text in [format!("{head}\n{}", "c\n".repeat(length)), head.clone()] {
                assert_eq!(part(&packed(&text), Extent::Head).as_ref(), Some(&head), "{length}");
                assert_eq!(part(&packed(&text), Extent::Whole), Some(text), "{length}");
            }
        }
    }
}
