//! Keyframes: the board as it was after some event, compressed part by part.
//!
//! The part of the board begins with a line that says where each run's part is: a run that had not changed has none of its own.

use super::{Store, StoreError};
use domain::board::Board;
use domain::time::{Millis, Zone};
use sqlx::Row;
use std::io::Write;

/// Compression: the fastest, which is enough for JSON.
const LEVEL: u32 = 1;
/// Largest part, uncompressed.
const LARGEST: usize = 64 << 20;

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

fn unpacked(bytes: &[u8]) -> Option<String> {
    let mut text = Vec::new();
    let mut reader = brotli::Decompressor::new(bytes, 4_096);
    std::io::copy(&mut std::io::Read::take(&mut reader, LARGEST as u64), &mut text).ok()?;
    String::from_utf8(text).ok()
}

/// The board's part with the places of its runs.
#[must_use]
pub fn board_part(places: &Places, text: &str) -> String {
    let places = serde_json::to_string(places).unwrap_or_default();
    format!("{places}\n{text}")
}

impl Store {
    /// The newest keyframe that is no newer than a moment: the event after which it was, and the board; `whole`, or as it is looked
    /// at. A keyframe that cannot be read (of another version) counts as none.
    ///
    /// # Errors
    /// What the database says.
    pub async fn keyframe(
        &self,
        before: Millis,
        exchange: Zone,
        whole: bool,
    ) -> Result<Option<(i64, Board)>, StoreError> {
        let newest = "SELECT n, body FROM keyframes WHERE part = 'board' AND at <= $1 ORDER BY at DESC, n DESC LIMIT 1";
        let Some(row) = sqlx::query(newest).bind(before).fetch_optional(&self.readers).await? else {
            return Ok(None);
        };
        let (n, body): (i64, Vec<u8>) = (row.get(0), row.get(1));
        let Some(text) = unpacked(&body) else { return Ok(None) };
        let Some((places, board)) = text.split_once('\n') else { return Ok(None) };
        let places: Places = serde_json::from_str(places).unwrap_or_default();
        let mut runs = Vec::with_capacity(places.len());
        for (slot, n) in places {
            let part = sqlx::query("SELECT body FROM keyframes WHERE n = $1 AND part = $2")
                .bind(n)
                .bind(slot.to_string())
                .fetch_optional(&self.readers)
                .await?;
            let Some(text) = part.and_then(|row| unpacked(row.get(0))) else {
                tracing::warn!(n, slot, "a part of a keyframe is missing or cannot be read");
                return Ok(None);
            };
            runs.push(text);
        }
        let board = if whole {
            Board::restored(exchange, board, &runs)
        } else {
            Board::sketched(exchange, board, &runs, before)
        };
        if board.is_none() {
            tracing::warn!(n, "a keyframe cannot be read; it may be of another version");
        }
        Ok(board.map(|board| (n, board)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked() {
        let text = "[\"r1\",{}]".repeat(10_000);
        let bytes = packed(&text);
        assert!(bytes.len() < text.len() / 50);
        assert_eq!(unpacked(&bytes), Some(text));
        assert_eq!(unpacked(b"no brotli"), None);
    }
}
