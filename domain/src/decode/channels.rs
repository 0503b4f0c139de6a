//! The channels that are watched by default (contract.md §1.1, §1.2).
//!
//! A family is subscribed either by name or by pattern, never both: Redis delivers a message once per matching
//! subscription, and every copy would cost twice.

/// Subscribed by name.
pub const CHANNELS: &[&str] = &[
    "tickstock:processing:status",
    "tickstock:processing:schedule",
    "tickstock:monitoring",
    "tickstock:errors",
    "tickstock:data:import:status",
    "tickstock:data:import:errors",
    "tickstock:universe:updated",
    "tickstock:eod:completion",
    "tickstock.processing.daily",
    "tickstock.events.processing",
    "tickstock.cache.sync_complete",
    "tickstock.universe.updated",
    "tickstock.cache.ipo_assignment",
    "tickstock.cache.delisting_cleanup",
    "job_progress_update",
    "job_status_update",
    "cache_sync_complete",
    "universe_updated",
];

/// Subscribed by pattern: whole families, so that a name nobody told us of is heard too.
pub const PATTERNS: &[&str] =
    &["tickstock:import:*", "tickstock:cache:*", "tickstock:indicators:*", "tickstock:patterns:*"];
