//! How often something may be tried: a bucket that fills with time and is emptied by tries.
//!
//! Pure: time is an argument. Used for guesses of passwords and for commands.

use crate::time::Millis;

/// How large a bucket is and how fast it fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Tries that may come at once.
    pub burst: u32,
    /// One more may come each so many milliseconds.
    pub each: Millis,
}

/// What is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// When it is full again: the one number that says everything.
    full: Millis,
}

impl Bucket {
    /// A full one.
    #[must_use]
    pub fn new(now: Millis) -> Self {
        Self { full: now }
    }

    /// Takes a try out of it.
    ///
    /// # Errors
    /// Milliseconds to wait, when there is none. Asking in vain costs nothing.
    pub fn take(&mut self, limit: Limit, now: Millis) -> Result<(), Millis> {
        let each = limit.each.max(1);
        let full = self.full.max(now) + each;
        let most = each * i64::from(limit.burst.max(1));
        // A clock that was set back leaves nobody outside for longer than a whole filling.
        let full = full.min(now + most + each);
        if full - now > most {
            return Err(full - now - most);
        }
        self.full = full;
        Ok(())
    }

    /// Gives a try back.
    pub fn give(&mut self, limit: Limit) {
        self.full -= limit.each.max(1);
    }

    /// Whether it is full: nothing is lost by forgetting it.
    #[must_use]
    pub fn is_full(&self, now: Millis) -> bool {
        self.full <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMIT: Limit = Limit { burst: 3, each: 1_000 };

    #[test]
    fn a_burst_then_one_at_a_time_and_whoever_waits_is_let_in() {
        let mut bucket = Bucket::new(0);
        assert!((0..3).all(|_| bucket.take(LIMIT, 0).is_ok()));
        assert_eq!(bucket.take(LIMIT, 0), Err(1_000));
        assert_eq!(bucket.take(LIMIT, 400), Err(600), "and the try in vain has cost nothing");
        assert_eq!(bucket.take(LIMIT, 1_000), Ok(()));
        assert_eq!(bucket.take(LIMIT, 1_000), Err(1_000));
        bucket.give(LIMIT);
        assert_eq!(bucket.take(LIMIT, 1_000), Ok(()));
        assert!(!bucket.is_full(3_999) && bucket.is_full(4_000));
    }

    proptest! {
        #[test]
        fn never_more_than_the_burst_and_what_time_has_filled(steps in prop::collection::vec(0_i64..3_000, 1..200)) {
            let (mut bucket, mut now, mut taken) = (Bucket::new(0), 0, 0_i64);
            for step in steps {
                now += step;
                taken += i64::from(bucket.take(LIMIT, now).is_ok());
                prop_assert!(taken <= 3 + now / LIMIT.each);
            }
        }

        #[test]
        fn a_clock_set_back_keeps_nobody_out_for_ever(back in 0_i64..1_000_000_000) {
            let mut bucket = Bucket::new(back);
            for _ in 0..5 { let _ = bucket.take(LIMIT, back); }
            let wait = bucket.take(LIMIT, 0).err().unwrap_or(0);
            prop_assert!(wait <= LIMIT.each * 4);
        }
    }
}
