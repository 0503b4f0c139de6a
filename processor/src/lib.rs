//! What the producer knows of the market, without a word of Redis: bars and what is wrong with them, weeks and months, indicators,
//! patterns, the sample universe, and the store. The program (`main.rs`) and the bench use it.

pub mod bar;
pub mod check;
pub mod frames;
pub mod indicators;
pub mod listed;
pub mod patterns;
pub mod sample;
pub mod sessions;
pub mod source;
pub mod store;
