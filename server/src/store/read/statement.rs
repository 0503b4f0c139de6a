//! A statement that is put together from parts, with its values. It numbers the placeholders, which no engine-neutral builder of
//! the library does; what comes from outside is always a value and never a part.

use crate::store::StoreError;
use sqlx::AnyPool;
use sqlx::any::AnyRow;
use std::fmt::Write;

#[derive(Debug)]
enum Value {
    Whole(i64),
    Number(f64),
    Text(String),
}

/// The statement so far.
#[derive(Debug)]
pub(in crate::store) struct Statement {
    text: String,
    values: Vec<Value>,
    kept: bool,
}

impl Statement {
    /// Begins one.
    pub(in crate::store) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), values: Vec::new(), kept: true }
    }

    /// One whose text is hardly ever the same twice: no connection remembers it.
    pub(in crate::store) fn once(text: String) -> Self {
        Self { text, values: Vec::new(), kept: false }
    }

    /// A part of ours.
    pub(in crate::store) fn sql(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A whole number.
    pub(in crate::store) fn whole(&mut self, value: i64) -> &mut Self {
        self.value(Value::Whole(value))
    }

    /// Any number.
    pub(in crate::store) fn number(&mut self, value: f64) -> &mut Self {
        self.value(Value::Number(value))
    }

    /// A text.
    pub(in crate::store) fn text(&mut self, value: &str) -> &mut Self {
        self.value(Value::Text(value.to_owned()))
    }

    fn value(&mut self, value: Value) -> &mut Self {
        self.values.push(value);
        // Writing to a String cannot fail.
        let _ = write!(self.text, "${}", self.values.len());
        self
    }

    /// What it finds.
    pub(in crate::store) async fn rows(&self, pool: &AnyPool) -> Result<Vec<AnyRow>, StoreError> {
        let mut query = sqlx::query(&self.text).persistent(self.kept);
        for value in &self.values {
            query = match value {
                Value::Whole(value) => query.bind(*value),
                Value::Number(value) => query.bind(*value),
                Value::Text(value) => query.bind(value.as_str()),
            };
        }
        Ok(query.fetch_all(pool).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered() {
        let mut statement = Statement::new("SELECT 1 FROM runs WHERE 1 = 1");
        statement.sql(" AND night >= ").whole(7).sql(" AND id = ").text("' OR 1=1").sql(" LIMIT ").whole(2);
        assert_eq!(statement.text, "SELECT 1 FROM runs WHERE 1 = 1 AND night >= $1 AND id = $2 LIMIT $3");
    }
}
