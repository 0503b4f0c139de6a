//! What pages, the API and a restart read.

mod log;

pub use log::{Logged, Seen};
