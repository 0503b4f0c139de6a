//! Many rows in one statement, which is ten to sixty times as fast as one statement for each.

use super::Dialect;
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection};

/// Rows of a statement. Few different sizes, so that few statements are prepared.
const SIZES: [usize; 4] = [1_000, 100, 10, 1];

/// A statement with its values.
pub type Bound<'q> = Query<'q, Any, AnyArguments<'q>>;

/// Where rows go.
#[derive(Debug)]
pub struct Table {
    /// `events (n, at)`.
    pub into: &'static str,
    /// How many columns.
    pub columns: usize,
    /// What happens when the row is there: `ON CONFLICT …`, or nothing.
    pub conflict: &'static str,
}

impl Table {
    fn statement(&self, dialect: Dialect, rows: usize) -> String {
        let mut text = format!("INSERT INTO {} VALUES ", self.into);
        for row in 0..rows {
            text.push_str(if row == 0 { "(" } else { ", (" });
            for column in 0..self.columns {
                text.push_str(if column == 0 { "" } else { ", " });
                dialect.place(&mut text, row * self.columns + column + 1);
            }
            text.push(')');
        }
        text.push(' ');
        text.push_str(self.conflict);
        text
    }

    /// Writes the rows. `bind` gives a statement the values of one row, in the order of the columns.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert<R>(
        &self,
        connection: &mut AnyConnection,
        mut rows: &[R],
        bind: impl for<'q> Fn(Bound<'q>, &'q R) -> Bound<'q>,
    ) -> Result<(), sqlx::Error> {
        let dialect = Dialect::behind(connection);
        for size in SIZES {
            // A thousand rows of many columns have more values than a statement may.
            let size = size.min(30_000 / self.columns.max(1));
            if rows.len() < size {
                continue;
            }
            let statement = self.statement(dialect, size);
            while rows.len() >= size {
                let (now, later) = rows.split_at(size);
                rows = later;
                let query = now.iter().fold(sqlx::query(&statement), &bind);
                query.execute(&mut *connection).await?;
            }
        }
        Ok(())
    }
}
