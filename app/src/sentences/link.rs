//! What the page says about itself: whether it can vouch for what it shows, since when not, and what follows from that.

use crate::format::{age, duration, hm, hms, thousands};
use crate::live::ViewState;
use domain::record::Saving;
use domain::time::{MINUTE, Millis, SECOND, Zone};

/// The view state in words, for the bar. `heard`: when the last message of any kind came.
#[must_use]
pub fn wording(state: &ViewState, now: Millis, heard: Option<Millis>, zone: &Zone) -> String {
    match state {
        ViewState::Snapshot { at } => format!("Snapshot of {}", hms(*at, zone)),
        ViewState::Replay { at } => format!("As it was at {}", hms(*at, zone)),
        ViewState::Live => format!("Live · {}", age(heard.map_or(0, |heard| now - heard))),
        ViewState::CatchingUp { changes } => format!("Catching up, {} changes", thousands(*changes)),
        ViewState::Restarted { at } => format!("Server restarted {}; all data sent again", hm(*at, zone)),
        ViewState::RedisDown { since } => {
            format!(
                "Server is up; Redis not reachable since {}. Events published now may be lost, those on the stream will be caught up",
                hms(*since, zone)
            )
        }
        ViewState::Lost { since, next_try } => {
            // Rounded up: a countdown that says 0 s and waits is not believed.
            let left = (next_try - now).max(0).saturating_add(SECOND - 1);
            format!("Not live since {}. Trying again in {}", hms(*since, zone), duration(left))
        }
        ViewState::SignedOut { idle: 0, .. } => "You are signed out".to_owned(),
        ViewState::SignedOut { idle, .. } => {
            format!("You are signed out (idle for {})", duration(i64::from(*idle) * MINUTE))
        }
        ViewState::Offline { since } => format!("This device is offline since {}", hms(*since, zone)),
        ViewState::Blocked { since, tries } => {
            let since = hms(*since, zone);
            format!(
                "Snapshot of {since}. The live link is blocked between this browser and the server (try {tries})"
            )
        }
    }
}

/// What is live is not being saved: since when, why, and how much waits.
#[must_use]
pub fn unsaved(saving: &Saving, zone: &Zone) -> String {
    let (since, reason) = (hm(saving.since, zone), saving.reason.as_deref().unwrap_or_default());
    format!(
        "Live, but not being saved since {since} ({reason}). {} events are waiting",
        thousands(saving.waiting)
    )
}

/// The same in a word or two, for the phone.
#[must_use]
pub fn brief(state: &ViewState) -> &'static str {
    match state {
        ViewState::Snapshot { .. } => "Snapshot",
        ViewState::Replay { .. } => "As it was",
        ViewState::Live => "Live",
        ViewState::CatchingUp { .. } => "Catching up",
        ViewState::Restarted { .. } => "Restarted",
        ViewState::RedisDown { .. } => "Redis down",
        ViewState::Lost { .. } => "Not live",
        ViewState::SignedOut { .. } => "Signed out",
        ViewState::Offline { .. } => "Offline",
        ViewState::Blocked { .. } => "Blocked",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_countdown_reaches_one_and_not_zero() {
        let lost = |next_try| wording(&ViewState::Lost { since: 0, next_try }, 10_000, None, &Zone::utc());
        assert_eq!(lost(13_001), "Not live since 00:00:00. Trying again in 4 s");
        assert_eq!(lost(10_001), "Not live since 00:00:00. Trying again in 1 s");
    }

    #[test]
    fn live_says_how_fresh_it_is() {
        let live = |heard| wording(&ViewState::Live, 20_000, heard, &Zone::utc());
        assert_eq!(
            [live(Some(19_000)), live(Some(8_000)), live(None)],
            ["Live · just now", "Live · 12 s ago", "Live · just now"]
        );
    }
}
