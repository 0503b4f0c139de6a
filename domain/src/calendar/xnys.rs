//! The New York Stock Exchange, as data.
//!
//! Source: the exchange's own holiday pages; held against `exchange_calendars` XNYS by `domain/tests/calendar.rs`.

use super::exchange::Exchange;
use super::rules::{Moved, On, Rule};
use crate::time::days_of;

/// The first day for which the calendar is known to be right.
pub const FIRST: i64 = days_of(1990, 1, 1);
/// The last one.
pub const LAST: i64 = days_of(2035, 12, 31);

const ALWAYS: (i32, i32) = (1971, 9_999);
const MON_TO_THU: u8 = 0b000_1111;
const MON_TUE_THU: u8 = 0b000_1011;
const WED: u8 = 0b000_0100;
const FRI: u8 = 0b001_0000;

const fn holiday(name: &'static str, years: (i32, i32), on: On, moved: Moved) -> Rule {
    Rule { name, years, on, moved, only: Rule::ANY }
}

const fn early(name: &'static str, years: (i32, i32), on: On, only: u8) -> Rule {
    Rule { name, years, on, moved: Moved::Never, only }
}

/// Two in the afternoon, until 1992; one o'clock since.
const TWO: u16 = 14 * 60;
const ONE: u16 = 13 * 60;

/// The New York Stock Exchange (and with it Nasdaq).
pub const XNYS: Exchange = Exchange {
    name: "New York Stock Exchange",
    zone: "America/New_York",
    open: 9 * 60 + 30,
    close: 16 * 60,
    trades: 0b001_1111,
    holidays: &[
        holiday("New Year’s Day", ALWAYS, On::Date(1, 1), Moved::SundayToMonday),
        holiday("Martin Luther King Day", (1998, 9_999), On::Nth(1, 0, 3, 0), Moved::Never),
        holiday("Presidents’ Day", ALWAYS, On::Nth(2, 0, 3, 0), Moved::Never),
        holiday("Good Friday", ALWAYS, On::Easter(-2), Moved::Never),
        holiday("Memorial Day", ALWAYS, On::Last(5, 0), Moved::Never),
        holiday("Juneteenth", (2022, 9_999), On::Date(6, 19), Moved::Nearest),
        holiday("Independence Day", ALWAYS, On::Date(7, 4), Moved::Nearest),
        holiday("Labor Day", ALWAYS, On::Nth(9, 0, 1, 0), Moved::Never),
        holiday("Thanksgiving", ALWAYS, On::Nth(11, 3, 4, 0), Moved::Never),
        holiday("Christmas", ALWAYS, On::Date(12, 25), Moved::Nearest),
    ],
    early: &[
        (ONE, early("the eve of Independence Day", (1995, 9_999), On::Date(7, 3), MON_TUE_THU)),
        (ONE, early("the eve of Independence Day", (2013, 9_999), On::Date(7, 3), WED)),
        (ONE, early("the day after Independence Day", (1995, 2012), On::Date(7, 5), FRI)),
        (TWO, early("the day after Thanksgiving", (1992, 1992), On::Nth(11, 3, 4, 1), Rule::ANY)),
        (ONE, early("the day after Thanksgiving", (1993, 9_999), On::Nth(11, 3, 4, 1), Rule::ANY)),
        (TWO, early("Christmas Eve", (1990, 1992), On::Date(12, 24), MON_TO_THU)),
        (ONE, early("Christmas Eve", (1993, 9_999), On::Date(12, 24), MON_TO_THU)),
    ],
    closures: &[
        (days_of(1994, 4, 27), "the mourning for Richard Nixon"),
        (days_of(2001, 9, 11), "the attacks of 11 September"),
        (days_of(2001, 9, 12), "the attacks of 11 September"),
        (days_of(2001, 9, 13), "the attacks of 11 September"),
        (days_of(2001, 9, 14), "the attacks of 11 September"),
        (days_of(2004, 6, 11), "the mourning for Ronald Reagan"),
        (days_of(2007, 1, 2), "the mourning for Gerald Ford"),
        (days_of(2012, 10, 29), "Hurricane Sandy"),
        (days_of(2012, 10, 30), "Hurricane Sandy"),
        (days_of(2018, 12, 5), "the mourning for George H. W. Bush"),
        (days_of(2025, 1, 9), "the mourning for Jimmy Carter"),
    ],
    early_once: &[
        (days_of(1997, 12, 26), ONE, "the day after Christmas"),
        (days_of(1999, 12, 31), ONE, "New Year’s Eve"),
        (days_of(2003, 12, 26), ONE, "the day after Christmas"),
    ],
};
