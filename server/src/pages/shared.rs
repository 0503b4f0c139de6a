//! A page is rendered and compressed once for all who ask for it meanwhile.
//!
//! A thousand browsers that come back after a deployment ask for the same page in the same second. Whoever asks waits for its
//! turn; what was rendered after he came, or still is the newest, is his. So nobody gets a page that is older than his question,
//! and the work does not grow with the number of those who ask.
//!
//! Invariant: a page is handed out only to who asked before it was begun, or while the board is still at its number and its
//! clock is less than [`FRESH`] behind. The store changes without that number (the journal writes a moment behind the board), and
//! is asked after the page was begun: so what a page of the archive says is never older than that either.

use crate::error::ApiError;
use axum::body::Bytes;
use axum::http::StatusCode;
use domain::permission::Grant;
use domain::record::Seq;
use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, OnceCell};

/// A page shows seconds: older than this it would show the wrong one.
const FRESH: Duration = Duration::from_millis(500);
/// Different pages that are kept: addresses, zones and themes of those who asked last.
const KEPT: usize = 16;
/// Compression: one level more costs a quarter more time and saves one percent.
const LEVEL: u32 = 5;
/// Window of the compression, as a power of two: larger than any page.
const WINDOW: u32 = 20;

/// What makes a page different from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// Path and query.
    pub(super) path: String,
    /// Who looks at it, and by what they may.
    pub(super) who: (String, Grant),
    /// The viewer's zone.
    pub(super) zone: Option<String>,
    /// The viewer's theme.
    pub(super) theme: Option<String>,
}

/// A page as it was rendered.
#[derive(Debug)]
pub(super) struct Rendered {
    began: Instant,
    seq: Seq,
    status: StatusCode,
    html: Bytes,
    compressed: OnceCell<Bytes>,
}

impl Rendered {
    /// One of the board at this number.
    pub(super) fn new(began: Instant, seq: Seq, status: StatusCode, html: Bytes) -> Self {
        Self { began, seq, status, html, compressed: OnceCell::new() }
    }

    /// What it is answered with.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// Its HTML.
    pub(super) fn html(&self) -> Bytes {
        self.html.clone()
    }

    /// Its HTML in brotli; the first who asks compresses it.
    pub(super) async fn brotli(&self) -> Result<Bytes, ApiError> {
        let compress = async || {
            let html = self.html.clone();
            tokio::task::spawn_blocking(move || brotli(&html)).await.ok().flatten().ok_or(ApiError::Internal)
        };
        self.compressed.get_or_try_init(compress).await.cloned()
    }
}

fn brotli(html: &[u8]) -> Option<Bytes> {
    let mut writer = brotli::CompressorWriter::new(Vec::with_capacity(html.len() / 4), 4_096, LEVEL, WINDOW);
    // Memory does not fail.
    writer.write_all(html).ok()?;
    Some(writer.into_inner().into())
}

type Place = Arc<Mutex<Option<Arc<Rendered>>>>;

/// The pages that were asked for last.
#[derive(Debug, Default)]
pub struct Pages(StdMutex<VecDeque<(Key, Place)>>);

impl Pages {
    /// The page under this key. `newest` tells the number of the board, `render` makes the page.
    pub(super) async fn get(
        &self,
        key: Key,
        newest: Seq,
        render: impl AsyncFnOnce() -> Result<Rendered, ApiError>,
    ) -> Result<Arc<Rendered>, ApiError> {
        let asked = Instant::now();
        let place = self.place(key);
        let mut held = place.lock().await;
        if let Some(page) = &*held
            && (page.began >= asked || (page.seq == newest && page.began.elapsed() < FRESH))
        {
            return Ok(page.clone());
        }
        let page = Arc::new(render().await?);
        *held = Some(page.clone());
        Ok(page)
    }

    fn place(&self, key: Key) -> Place {
        // Every step below is complete in itself.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.iter().position(|(known, _)| *known == key);
        let entry = known.and_then(|index| kept.remove(index)).unwrap_or_else(|| (key, Place::default()));
        let place = entry.1.clone();
        kept.push_front(entry);
        kept.truncate(KEPT);
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::permission::Role;

    fn key(path: &str) -> Key {
        let who = ("ann".to_owned(), Grant::Role(Role::Viewer));
        Key { path: path.to_owned(), who, zone: None, theme: None }
    }

    fn page(began: Instant, seq: Seq, html: &str) -> Rendered {
        Rendered::new(began, seq, StatusCode::OK, Bytes::copy_from_slice(html.as_bytes()))
    }

    async fn ask(pages: &Pages, path: &str, newest: Seq) -> (Bytes, bool) {
        let mut rendered = false;
        let render = async || {
            rendered = true;
            Ok(page(Instant::now(), newest, &format!("{path} at {newest}")))
        };
        let found = pages.get(key(path), newest, render).await;
        (found.map(|page| page.html()).unwrap_or_default(), rendered)
    }

    #[tokio::test]
    async fn it_is_rendered_again_when_the_board_has_moved_on() {
        let pages = Pages::default();
        assert_eq!(ask(&pages, "a", 1).await, ("a at 1".into(), true));
        assert_eq!(ask(&pages, "a", 1).await, ("a at 1".into(), false));
        assert_eq!(ask(&pages, "a", 2).await, ("a at 2".into(), true));
        assert_eq!(ask(&pages, "b", 2).await, ("b at 2".into(), true));
    }

    #[tokio::test]
    async fn it_is_rendered_again_when_it_is_old_though_the_board_stands_still() {
        let pages = Pages::default();
        let old = async || Ok(page(Instant::now() - FRESH, 1, "old"));
        assert_eq!(pages.get(key("a"), 1, old).await.map(|page| page.html()).unwrap_or_default(), "old");
        assert_eq!(ask(&pages, "a", 1).await, ("a at 1".into(), true));
    }

    #[tokio::test]
    async fn who_came_before_it_was_begun_shares_it_and_who_came_later_does_not() {
        let pages = Arc::new(Pages::default());
        let (release, released) = tokio::sync::oneshot::channel::<()>();
        let slow = async || {
            let _ = released.await;
            Ok(page(Instant::now(), 1, "slow"))
        };
        // All three are at the same place; the board moves on in between.
        let (first, second, third) = tokio::join!(
            pages.get(key("a"), 1, slow),
            pages.get(key("a"), 2, async || Ok(page(Instant::now(), 2, "second"))),
            async {
                let _ = release.send(());
                pages.get(key("a"), 3, async || Ok(page(Instant::now(), 3, "third"))).await
            },
        );
        let html = |page: Result<Arc<Rendered>, ApiError>| page.map(|page| page.html()).unwrap_or_default();
        assert_eq!((html(first), html(second)), ("slow".into(), "slow".into()), "begun after both had come");
        assert_eq!(html(third), Bytes::from("slow"), "begun after the third had come as well");
        assert_eq!(ask(&pages, "a", 4).await.0, Bytes::from("a at 4"), "he came later");
    }

    #[tokio::test]
    async fn only_so_many_are_kept() {
        let pages = Pages::default();
        for number in 0..2 * KEPT {
            ask(&pages, &number.to_string(), 1).await;
        }
        assert!(ask(&pages, "0", 1).await.1, "it was forgotten");
        assert_eq!(pages.0.lock().map(|kept| kept.len()).unwrap_or_default(), KEPT);
    }

    #[tokio::test]
    async fn compressed_it_is_the_same() {
        let page = page(Instant::now(), 1, &"<p>".repeat(1_000));
        let mut text = Vec::new();
        let compressed = page.brotli().await.unwrap_or_default();
        brotli::BrotliDecompress(&mut &compressed[..], &mut text).unwrap_or_default();
        assert_eq!((text, compressed.len() < 100), (b"<p>".repeat(1_000), true));
    }
}
