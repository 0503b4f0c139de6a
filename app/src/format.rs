//! Numbers, durations, ages and times, as the screens write them.
//!
//! Pure, and the same on both sides: the first client render must equal the server's to the digit. Nothing here reads a clock.

use domain::time::{HOUR, MINUTE, Millis, SECOND, Zone};
pub use domain::words::{plural, thousands};

/// A count, thousands set apart.
#[must_use]
pub fn count(number: u32) -> String {
    thousands(u64::from(number))
}

/// "38 s", "47 min", "1 h 07 min".
#[must_use]
pub fn duration(span: Millis) -> String {
    let span = span.max(0);
    if span < MINUTE {
        return format!("{} s", span / SECOND);
    }
    if span < HOUR {
        return format!("{} min", span / MINUTE);
    }
    format!("{} h {:02} min", span / HOUR, span % HOUR / MINUTE)
}

/// With seconds below ten minutes: "2 min 05 s". A night of minutes is not told in whole ones.
#[must_use]
pub fn duration_exact(span: Millis) -> String {
    if (MINUTE..10 * MINUTE).contains(&span) {
        return format!("{} min {:02} s", span / MINUTE, span % MINUTE / SECOND);
    }
    duration(span)
}

/// "just now" below 2 s, then "14 s ago", "3 min ago".
#[must_use]
pub fn age(span: Millis) -> String {
    if span < 2 * SECOND { "just now".to_owned() } else { format!("{} ago", duration(span)) }
}

/// A percentage: "62 %".
#[must_use]
pub fn percent(whole: u8) -> String {
    format!("{whole}\u{2009}%")
}

/// "22:05 (16:05 ET)"; once where both clocks agree: "16:05 ET". A day is named when it isn't today's.
#[must_use]
pub fn time(at: Millis, now: Millis, zone: &Zone, exchange: &Zone) -> String {
    let (local, there) = (zone.civil(at), exchange.civil(at));
    let day =
        if local.days == zone.civil(now).days { String::new() } else { format!("{} ", local.day_label()) };
    if zone.agrees_with(exchange, at) {
        format!("{day}{} {}", there.hm(), exchange.label)
    } else {
        format!("{day}{} ({} {})", local.hm(), there.hm(), exchange.label)
    }
}

/// A time within a sentence: "16:59", and where the viewer's clock is not the exchange's "22:59 (16:59 ET)".
#[must_use]
pub fn told(at: Millis, zone: &Zone, exchange: &Zone) -> String {
    let here = zone.civil(at).hm();
    if zone.agrees_with(exchange, at) {
        return here;
    }
    format!("{here} ({} {})", exchange.civil(at).hm(), exchange.label)
}

/// How long a run or phase took: with seconds where minutes alone would say too little.
#[must_use]
pub fn took(from: Millis, to: Millis) -> String {
    duration_exact((to - from).max(0))
}

/// "16:41" in the viewer's zone.
#[must_use]
pub fn hm(at: Millis, zone: &Zone) -> String {
    zone.civil(at).hm()
}

/// "16:41:07" in the viewer's zone.
#[must_use]
pub fn hms(at: Millis, zone: &Zone) -> String {
    zone.civil(at).hms()
}

/// "Fri 20 Nov" of a night.
#[must_use]
pub fn night(days: i64) -> String {
    domain::time::Civil::from_utc(days * domain::time::DAY).day_label()
}

/// "Friday" of a night.
#[must_use]
pub fn weekday(days: i64) -> &'static str {
    domain::time::Civil::from_utc(days * domain::time::DAY).long_weekday()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zone(label: &str, minutes: i32) -> Zone {
        Zone { name: label.into(), label: label.into(), offsets: vec![(Millis::MIN, minutes)] }
    }

    #[test]
    fn durations_as_the_screens_write_them() {
        assert_eq!(
            [38 * SECOND, 47 * MINUTE + 59 * SECOND, 67 * MINUTE].map(duration),
            ["38 s", "47 min", "1 h 07 min"]
        );
        assert_eq!([1_999, 14 * SECOND, 3 * MINUTE].map(age), ["just now", "14 s ago", "3 min ago"]);
        assert_eq!([125 * SECOND, 12 * MINUTE + SECOND].map(duration_exact), ["2 min 05 s", "12 min"]);
        assert_eq!(took(5_000, 1_000), "0 s", "clocks that run backwards are not shown");
    }

    #[test]
    fn both_clocks_once_where_they_agree() {
        let (et, berlin) = (zone("ET", -300), zone("Berlin", 60));
        let close = 21 * HOUR;
        assert_eq!(time(close, close, &berlin, &et), "22:00 (16:00 ET)");
        assert_eq!(time(close, close, &et, &et), "16:00 ET");
        assert_eq!(time(close, close + 24 * HOUR, &et, &et), "Thu 1 Jan 16:00 ET");
        assert_eq!([told(close, &berlin, &et), told(close, &et, &et)], ["22:00 (16:00 ET)", "16:00"]);
    }

    proptest! {
        #[test]
        fn a_longer_span_is_never_written_as_nothing(span in 0_i64..400 * HOUR) {
            let words = duration(span);
            prop_assert_eq!(words.starts_with("0 s"), span < SECOND, "{}", words);
            prop_assert!(!words.contains("60 s") && !words.contains("60 min"), "{}", words);
        }

        #[test]
        fn thousands_keep_their_digits(number in any::<u64>()) {
            let words = thousands(number);
            prop_assert_eq!(words.replace('\u{2009}', ""), number.to_string());
            let whole = words.split('\u{2009}').skip(1).all(|group| group.len() == 3);
            prop_assert!(whole);
        }
    }
}
