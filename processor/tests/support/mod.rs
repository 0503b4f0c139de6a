//! The stage of these tests: the real processor and a real Redis of each test alone, on ports that the system chose.

#![allow(dead_code, reason = "each test file uses its part")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

pub mod http;
pub mod redis;
pub mod stage;

/// The key of a provider that every processor is given.
pub const PROVIDER_KEY: &str = "s3cret-k3y";
