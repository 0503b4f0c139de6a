//! What these tests stand on: nights told to the real board, and the pages that are rendered from them.

pub mod night;
pub mod page;
mod plans;
mod stories;

pub use night::{Night, berlin};
pub use page::{page, page_in, render, says, says_not};
pub use stories::{ended, running, through, tickers};
