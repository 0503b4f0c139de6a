//! Pages: each composes components, in the order in which it is read aloud and stands on a phone.

mod archive;
mod channels;
mod not_found;
mod run;
mod tonight;
mod wall;

pub use archive::{Above, Archive, ArchiveHtml};
pub use channels::Channels;
pub use not_found::NotFound;
pub use run::Run;
pub use tonight::Tonight;
pub use wall::Wall;
