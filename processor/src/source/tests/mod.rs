//! Tests of what no other room sees.

mod columns;
mod csv;
mod limits;
mod sorted;
