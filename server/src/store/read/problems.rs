//! Why symbols of a run failed, and what went wrong besides.

use super::super::{Store, StoreError};
use super::statement::Statement;
use domain::record::{FailureCode, Problem};
use domain::wire::read;
use sqlx::Row;

/// More than a run keeps.
const MOST: i64 = 1_000;

/// Both, the most frequent first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Problems {
    /// Failed symbols by cause.
    pub causes: Vec<FailureCode>,
    /// Error messages by code.
    pub problems: Vec<Problem>,
}

impl Store {
    /// Causes and problems of a run.
    ///
    /// # Errors
    /// What the database says.
    pub async fn problems(&self, run: i64) -> Result<Problems, StoreError> {
        let mut statement = Statement::new("SELECT kind, record FROM problems WHERE run = ");
        statement.whole(run).sql(" ORDER BY kind, code LIMIT ").whole(MOST);
        let mut found = Problems::default();
        for row in statement.rows(&self.readers).await? {
            match row.get(0) {
                "c" => found.causes.extend(read::<FailureCode>(row.get(1))),
                _ => found.problems.extend(read::<Problem>(row.get(1))),
            }
        }
        found.causes.sort_by_key(|cause| std::cmp::Reverse(cause.count));
        found.problems.sort_by_key(|problem| std::cmp::Reverse((problem.severity, problem.count)));
        Ok(found)
    }
}
