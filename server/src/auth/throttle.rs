//! How often a password may be guessed: per address, and per account for addresses it was never signed in from.
//!
//! A guesser is slowed and its victim is not: whoever comes from an address from which this account has signed in is counted by that
//! pair alone. Bounded, and forgetting a full bucket loses nothing.

use super::address::counted;
use domain::bucket::{Bucket, Limit};
use domain::time::{MINUTE, Millis, SECOND};
use std::collections::HashMap;
use std::sync::Mutex;

/// From one address.
const ADDRESS: Limit = Limit { burst: 10, each: 6 * SECOND };
/// At one account, from anywhere it is not known.
const ACCOUNT: Limit = Limit { burst: 20, each: 30 * SECOND };
/// Changes that one caller may make.
const CHANGES: Limit = Limit { burst: 60, each: SECOND };
/// Buckets that are kept.
const MOST: usize = 20_000;
/// Addresses that accounts have signed in from.
const FAMILIAR: usize = 10_000;
/// The longest that anybody is told to wait.
const LONGEST: Millis = 15 * MINUTE;

/// Who must wait, and how many milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slowed {
    /// Whoever comes from that address.
    Address(Millis),
    /// Whoever tries that account from where it was never signed in.
    Account(Millis),
}

/// An account and where it is tried from.
fn pair(account: &str, address: &str) -> String {
    format!("{account} {}", counted(address))
}

/// Who has tried how often.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    buckets: HashMap<String, Bucket>,
    /// Addresses that were slowed: when that was told last, and how often since.
    slowed: HashMap<String, (Millis, u32)>,
    /// Account and address of sign-ins that succeeded, with when.
    familiar: HashMap<String, Millis>,
    familiar_buckets: HashMap<String, Bucket>,
    /// Of those who are signed in: bounded by how many there may be.
    changes: HashMap<String, Bucket>,
}

impl Throttle {
    /// A guess at an account from an address. Returns whether the two are familiar.
    ///
    /// # Errors
    /// Who must wait, and how long.
    pub fn guess(&self, account: &str, address: &str, now: Millis) -> Result<bool, Slowed> {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (pair, address) = (pair(account, address), counted(address));
        if state.familiar.contains_key(&pair) {
            // As many as there are pairs: these never lack room.
            let bucket = state.familiar_buckets.entry(pair).or_insert_with(|| Bucket::new(now));
            return bucket.take(ADDRESS, now).map(|()| true).map_err(Slowed::Address);
        }
        state.take(&format!("a {address}"), ADDRESS, now).map_err(Slowed::Address)?;
        state.take(&format!("n {account}"), ACCOUNT, now).map(|()| false).map_err(Slowed::Account)
    }

    /// This account has signed in from this address before: it is counted by the pair from now on.
    pub fn is_familiar(&self, account: &str, address: &str, now: Millis) {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if state.familiar.len() >= FAMILIAR
            && let Some(oldest) =
                state.familiar.iter().min_by_key(|(_, at)| **at).map(|(name, _)| name.clone())
        {
            state.familiar.remove(&oldest);
            state.familiar_buckets.remove(&oldest);
        }
        state.familiar.insert(pair(account, address), now);
    }

    /// A guess was not even looked at. Returns how many were not since this was told last, at most once a minute for each address:
    /// what is written down of a flood is no flood.
    pub fn slowed(&self, address: &str, now: Millis) -> Option<u32> {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let address = counted(address);
        if state.slowed.len() >= MOST && !state.slowed.contains_key(&address) {
            state.slowed.retain(|_, (told, _)| now - *told < MINUTE);
            if state.slowed.len() >= MOST {
                return None;
            }
        }
        let (told, count) = state.slowed.entry(address).or_insert((now - MINUTE, 0));
        *count = count.saturating_add(1);
        (now - *told >= MINUTE).then(|| {
            *told = now;
            std::mem::take(count)
        })
    }

    /// It was right: the guess is given back, and the address is familiar from now on.
    pub fn succeeded(&self, account: &str, address: &str, now: Millis) {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let pair = pair(account, address);
        let familiar = state.familiar.contains_key(&pair);
        if familiar {
            if let Some(bucket) = state.familiar_buckets.get_mut(&pair) {
                bucket.give(ADDRESS);
            }
        } else {
            for (name, limit) in
                [(format!("a {}", counted(address)), ADDRESS), (format!("n {account}"), ACCOUNT)]
            {
                if let Some(bucket) = state.buckets.get_mut(&name) {
                    bucket.give(limit);
                }
            }
        }
        drop(state);
        self.is_familiar(account, address, now);
    }

    /// Somebody changes something.
    ///
    /// # Errors
    /// Milliseconds to wait.
    pub fn change(&self, holder: &str, now: Millis) -> Result<(), Millis> {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        state.changes.retain(|known, bucket| known == holder || !bucket.is_full(now));
        state.changes.entry(holder.to_owned()).or_insert_with(|| Bucket::new(now)).take(CHANGES, now)
    }
}

impl State {
    fn take(&mut self, name: &str, limit: Limit, now: Millis) -> Result<(), Millis> {
        if self.buckets.len() >= MOST && !self.buckets.contains_key(name) {
            self.buckets.retain(|_, bucket| !bucket.is_full(now));
            if self.buckets.len() >= MOST {
                // Twenty thousand guessers at a time: a new one waits for some of them to stop.
                return Err(MINUTE);
            }
        }
        let bucket = self.buckets.entry(name.to_owned()).or_insert_with(|| Bucket::new(now));
        bucket.take(limit, now).map_err(|wait| wait.min(LONGEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guesser_is_slowed_and_its_victim_is_not() {
        let throttle = Throttle::default();
        throttle.succeeded("ann", "10.0.0.1", 0);
        let guesses = |address: &str| (0..100).filter(|_| throttle.guess("ann", address, 0).is_ok()).count();
        assert_eq!(guesses("10.0.0.66"), 10);
        let elsewhere: usize = (0..50).map(|n| guesses(&format!("10.0.1.{n}"))).sum();
        assert_eq!(elsewhere, 10, "many addresses, one account");
        assert_eq!((throttle.slowed("10.0.0.66", 0), throttle.slowed("10.0.0.66", 1)), (Some(1), None));
        assert_eq!(throttle.slowed("10.0.0.66", MINUTE), Some(2));
        assert_eq!(throttle.guess("ann", "10.0.0.1", 0), Ok(true), "where she signs in she is not kept out");
        assert_eq!(throttle.guess("bob", "10.0.0.2", 0), Ok(false), "and nobody else is");
        assert!(
            throttle
                .guess("ann", "10.0.0.66", 0)
                .is_err_and(|slowed| slowed == Slowed::Address(ADDRESS.each))
        );
    }

    #[test]
    fn of_ipv6_a_network_counts_as_one_address() {
        let throttle = Throttle::default();
        let guessed =
            (0..100).filter(|n| throttle.guess("ann", &format!("2001:db8:1:2::{n}"), 0).is_ok()).count();
        assert_eq!(guessed, 10);
        throttle.succeeded("bob", "2001:db8:7:7::1", 0);
        assert_eq!(throttle.guess("bob", "2001:db8:7:7::2", 0), Ok(true));
    }

    #[test]
    fn a_flood_of_addresses_is_bounded() {
        let throttle = Throttle::default();
        for number in 0..2 * MOST {
            let _ = throttle.guess("ann", &format!("{number}"), 0);
        }
        assert!(throttle.0.lock().unwrap().buckets.len() <= MOST);
        assert_eq!(throttle.guess("bob", "new", 20 * MINUTE), Ok(false), "what is full again is forgotten");
    }
}
