//! What forms of several pages are made of. Plain HTML: each works without script.
//!
//! Invariant: a field keeps what was filled in, and what is wrong with it stands beside it and is bound to it for who cannot see.

mod inputs;
mod step;

pub(crate) use inputs::{Inputs, Words};
pub(crate) use step::{Step, button};
