//! The parts of a page. One public component per file; its style stands in `style/components/` under the same name.

mod around;
mod bar;
mod failures;
mod feed;
mod hatches;
pub mod icon;
mod keys;
mod map;
mod nights;
mod phases;
mod problems;
mod toasts;
mod verdict;
mod view_state;

pub use around::Around;
pub use bar::Bar;
pub use failures::Failures;
pub use feed::Feed;
pub use hatches::Hatches;
pub use keys::KeySheet;
pub use map::SymbolMap;
pub use nights::Nights;
pub use phases::Phases;
pub use problems::Problems;
pub use toasts::Toasts;
pub use verdict::VerdictCard;
pub use view_state::ViewBadge;
