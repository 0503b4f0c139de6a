//! Who fires, and whether anything does: what an admin sets on the page.

use crate::store::settings::Setting;
use crate::store::{Store, StoreError};
use domain::time::Millis;

/// Who fires: `server` or `producer`.
pub const BY: &str = "schedule.by";
/// Whether all pauses: `yes` or nothing.
pub const PAUSED: &str = "schedule.paused";

/// As they are now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// This server fires; else the producer does, and we look on.
    pub ours: bool,
    /// Who has paused all of it, and when.
    pub paused: Option<Setting>,
    /// Since when it is as it is: what was due before was not missed.
    pub since: Millis,
}

impl Settings {
    /// Reads them.
    ///
    /// # Errors
    /// What the database says.
    pub async fn read(store: &Store) -> Result<Self, StoreError> {
        let (by, paused) = (store.setting(BY).await?, store.setting(PAUSED).await?);
        let changed = |setting: &Option<Setting>| setting.as_ref().map_or(0, |setting| setting.changed);
        let since = changed(&by).max(changed(&paused));
        Ok(Self {
            ours: by.is_some_and(|by| by.value == "server"),
            paused: paused.filter(|paused| paused.value == "yes"),
            since,
        })
    }

    /// Whether this server fires anything.
    #[must_use]
    pub fn fires(&self) -> bool {
        self.ours && self.paused.is_none()
    }
}
