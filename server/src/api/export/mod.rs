//! Exports: the same lists as files, `.csv` for spreadsheets and `.jsonl` (an object a line) for programs.
//!
//! They are streamed page by page and never whole in memory. The first page is read before anything is answered, so that what goes
//! wrong has a status; what goes wrong later ends the connection, and the file is not mistaken for a whole one. Nobody gets more than
//! [`MOST`] rows: the last line then says so.
//!
//! Tests: `server/tests/exports.rs`, and beside the writer of tables.

mod audit;
mod csv;
mod of_nights;
mod routes;
mod sheet;

pub(super) use audit::{__path_audit_csv, __path_audit_jsonl};
pub use audit::{audit_csv, audit_jsonl};
pub(super) use of_nights::{
    __path_compare_csv, __path_compare_jsonl, __path_symbol_nights_csv, __path_symbol_nights_jsonl,
    __path_trends_csv, __path_trends_jsonl,
};
pub use of_nights::{
    compare_csv, compare_jsonl, symbol_nights_csv, symbol_nights_jsonl, trends_csv, trends_jsonl,
};
pub(super) use routes::{
    __path_events_csv, __path_events_jsonl, __path_nights_csv, __path_nights_jsonl, __path_problems_csv,
    __path_problems_jsonl, __path_runs_csv, __path_runs_jsonl, __path_symbols_csv, __path_symbols_jsonl,
};
pub use routes::{
    events_csv, events_jsonl, nights_csv, nights_jsonl, problems_csv, problems_jsonl, runs_csv, runs_jsonl,
    symbols_csv, symbols_jsonl,
};

use crate::error::ApiError;
use crate::state::App;
use crate::store::StoreError;
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde_json::Value;
use sheet::Sheet;

/// Most rows of a file.
pub const MOST: usize = 1_000_000;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Csv,
    JsonLines,
}

impl Format {
    fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/jsonl",
        }
    }

    /// What stands above the rows.
    fn head(self, columns: &[&str]) -> String {
        match self {
            Self::Csv => csv::line(columns.iter().map(|column| (*column).to_owned())),
            Self::JsonLines => String::new(),
        }
    }

    fn row(self, columns: &[&str], row: &Value) -> String {
        match self {
            Self::Csv => csv::line(columns.iter().map(|column| csv::cell(row.get(column)))),
            Self::JsonLines => format!("{row}\n"),
        }
    }

    /// The last line of a file that is not whole.
    fn cut(self) -> String {
        let said = format!("cut after {MOST} rows");
        match self {
            Self::Csv => csv::line(std::iter::once(said)),
            Self::JsonLines => format!("{}\n", serde_json::json!({ "cut": said })),
        }
    }
}

/// A file on its way.
struct Export {
    app: App,
    sheet: Sheet,
    format: Format,
    rows: usize,
    done: bool,
}

impl Export {
    /// The next piece; `None`: it was the last.
    async fn next(&mut self) -> Result<Option<String>, StoreError> {
        if self.done {
            return Ok(None);
        }
        let page = self.sheet.page(&self.app.store).await?;
        let (taken, cut) = room(self.rows, page.rows.len(), page.last);
        let columns = self.sheet.columns();
        let rows = page.rows.iter().take(taken);
        let mut text: String = rows.map(|row| self.format.row(columns, row)).collect();
        if cut {
            text.push_str(&self.format.cut());
        }
        self.rows += taken;
        self.done = page.last || cut;
        Ok(Some(text))
    }
}

/// How many of a page's rows there is room for behind those that were written, and whether the file is cut there.
fn room(written: usize, rows: usize, last: bool) -> (usize, bool) {
    let left = MOST.saturating_sub(written);
    (rows.min(left), rows > left || (rows == left && !last))
}

/// A file as the answer.
async fn answer(app: App, sheet: Sheet, format: Format) -> Result<Response, ApiError> {
    let name = format!("attachment; filename=\"closing-bell-{}.{}\"", sheet.name(), format.ending());
    let mut export = Export { app, sheet, format, rows: 0, done: false };
    let first = export.next().await?.unwrap_or_default();
    let head = format.head(export.sheet.columns()) + &first;
    let pieces = stream::unfold((Some(head), export), async |(first, mut export)| {
        if let Some(first) = first {
            return Some((Ok(first), (None, export)));
        }
        match export.next().await {
            Ok(piece) => piece.map(|piece| (Ok(piece), (None, export))),
            Err(cause) => {
                tracing::warn!(code = cause.code(), "an export ended early");
                export.done = true;
                Some((Err(std::io::Error::other(cause)), (None, export)))
            }
        }
    })
    // What compresses it asks once more after the end.
    .fuse();
    let headers = [(header::CONTENT_TYPE, format.kind().to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_cut_after_the_last_row_that_it_may_have() {
        assert_eq!(room(0, 1_000, false), (1_000, false));
        assert_eq!(room(MOST - 1_000, 1_000, true), (1_000, false), "it has just room enough");
        assert_eq!(room(MOST - 1_000, 1_000, false), (1_000, true), "more would come");
        assert_eq!(room(MOST - 1_000, 1_001, true), (1_000, true));
        assert_eq!(Format::Csv.cut(), "cut after 1000000 rows\r\n");
        assert_eq!(Format::JsonLines.cut(), "{\"cut\":\"cut after 1000000 rows\"}\n");
    }
}
