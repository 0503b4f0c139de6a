//! The parts of the page Channels.

mod lists;
mod raw;
mod understood;

pub use lists::Lists;
pub use raw::Raw;
pub use understood::Understood;

use crate::live::Live;
use domain::record::{ChannelState, Record};

/// Channels on which something was heard.
fn states(live: Live) -> Vec<ChannelState> {
    let of = |(_, record): (_, std::sync::Arc<Record>)| match &*record {
        Record::Channel(state) => Some(state.clone()),
        _ => None,
    };
    live.of_channels('h').into_iter().filter_map(of).collect()
}
