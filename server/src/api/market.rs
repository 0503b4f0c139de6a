//! The market: its calendar, and how it is now (contract.md §5, row 5). By the exchange's calendar and clock, never the machine's.

use super::params::{Params, bad, date};
use super::shapes::{Refusal, iso};
use crate::clock;
use crate::error::ApiError;
use axum::Json;
use axum::response::{IntoResponse, Response};
use domain::calendar::{Day, FIRST, LAST, Session, XNYS};
use domain::schedule::{clock_of, day_in};
use domain::time::Millis;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// Most days of an answer.
const MOST: i64 = 400;

/// A day of the exchange.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarketDay {
    /// Its date.
    date: String,
    /// Whether it trades.
    trading_day: bool,
    /// When it opens, on the exchange's clock.
    open: Option<String>,
    /// When it closes.
    close: Option<String>,
    /// Whether that is earlier than usual.
    early_close: bool,
    /// For what it is closed.
    holiday: Option<&'static str>,
}

impl From<Day> for MarketDay {
    fn from(day: Day) -> Self {
        let at = |minute: fn(domain::calendar::Hours) -> u16| day.hours.map(|hours| clock_of(minute(hours)));
        Self {
            date: date(day.days),
            trading_day: day.hours.is_some(),
            open: at(|hours| hours.open),
            close: at(|hours| hours.close),
            early_close: day.hours.is_some_and(|hours| hours.early),
            holiday: day.name.filter(|_| day.hours.is_none()),
        }
    }
}

/// The days from one date to another, both included; at most 400.
#[utoipa::path(get, path = "/api/processing/market/calendar", operation_id = "market_calendar", tag = "processing",
    params(
        ("from" = Option<String>, Query, description = "the first date, like 2026-11-20; without it today"),
        ("to" = Option<String>, Query, description = "the last date; without it 30 days later")
    ),
    responses((status = 200, description = "`{days: […]}`, by date; times are New York's", body = Vec<MarketDay>), (status = 400, body = Refusal)))]
pub async fn calendar(params: Params) -> Result<Response, ApiError> {
    params.only(&["from", "to"])?;
    let today = day_in(XNYS.zone, clock::now()).unwrap_or(FIRST);
    let from = params.night("from")?.unwrap_or(today);
    let to = params.night("to")?.unwrap_or(from.saturating_add(30));
    for (name, day) in [("from", from), ("to", to)] {
        if !(FIRST..=LAST).contains(&day) {
            return Err(bad(
                name,
                "must be within 1990-01-01 and 2035-12-31: the calendar is known for these years",
            ));
        }
    }
    if to < from {
        return Err(bad("to", "must not be before `from`"));
    }
    if to - from >= MOST {
        return Err(bad("to", "must be less than 400 days after `from`"));
    }
    let days: Vec<MarketDay> = (from..=to).map(|day| XNYS.day(day).into()).collect();
    Ok(Json(json!({ "days": days })).into_response())
}

/// How the market is now.
#[utoipa::path(get, path = "/api/processing/market/status", operation_id = "market_status", tag = "processing",
    responses((status = 200, description = "`{success, market_status}`: the fields of the old system, by the calendar; besides `state` (open, pre_market, closed), `trading_day`, `early_close`, `holiday`, and the next bells as instants in `next_open_at` and `next_close_at`")))]
pub async fn status() -> Response {
    Json(json!({ "success": true, "market_status": told(clock::now()) })).into_response()
}

fn told(now: Millis) -> serde_json::Value {
    let exchange = domain::calendar::exchange(now);
    let today = exchange.civil(now).days;
    let day = XNYS.day(today);
    // No exchange was ever closed for longer.
    let sessions: Vec<Session> = (today..today + 15).filter_map(|day| XNYS.session(day)).collect();
    let open = sessions.first().is_some_and(|session| session.open <= now && now < session.close);
    let before = sessions.first().is_some_and(|session| session.days == today && now < session.open);
    let next_open = sessions.iter().map(|session| session.open).find(|open| *open > now);
    let next_close = sessions.iter().map(|session| session.close).find(|close| *close > now);
    let words = |at: Millis| {
        let there = exchange.civil(at);
        let (hour, half) = (there.hour % 12, if there.hour < 12 { "AM" } else { "PM" });
        let hour = if hour == 0 { 12 } else { hour };
        let day = if there.days == today { String::new() } else { format!("{} ", there.day_label()) };
        format!("{day}{hour:02}:{:02} {half} ET", there.minute)
    };
    json!({
        "is_open": open,
        "is_weekday": exchange.civil(now).weekday() < 5,
        "current_time": words(now),
        "next_open": next_open.map(words),
        "next_close": next_close.map(words),
        "state": if open { "open" } else if before { "pre_market" } else { "closed" },
        "trading_day": day.hours.is_some(),
        "early_close": day.hours.is_some_and(|hours| hours.early),
        "holiday": day.name.filter(|_| day.hours.is_none()),
        "next_open_at": next_open.map(iso),
        "next_close_at": next_close.map(iso),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::{DAY, HOUR, MINUTE, days_of};

    /// A moment of November 2026, by New York's winter clock.
    fn at(day: u8, hour: i64, minute: i64) -> serde_json::Value {
        told(days_of(2026, 11, day) * DAY + (hour + 5) * HOUR + minute * MINUTE)
    }

    #[test]
    fn the_days_around_thanksgiving_are_what_they_are() {
        let field = |told: &serde_json::Value, names: &[&str]| {
            names.iter().map(|name| told[*name].clone()).collect::<Vec<_>>()
        };
        let bells = ["is_open", "state", "current_time", "next_open", "next_close"];
        let wednesday = at(25, 12, 30);
        assert_eq!(
            field(&wednesday, &bells),
            [
                json!(true),
                json!("open"),
                json!("12:30 PM ET"),
                json!("Fri 27 Nov 09:30 AM ET"),
                json!("04:00 PM ET")
            ]
        );
        let holiday = at(26, 10, 0);
        assert_eq!(
            field(&holiday, &bells),
            [
                json!(false),
                json!("closed"),
                json!("10:00 AM ET"),
                json!("Fri 27 Nov 09:30 AM ET"),
                json!("Fri 27 Nov 01:00 PM ET")
            ]
        );
        assert_eq!(
            field(&holiday, &["trading_day", "is_weekday", "holiday"]),
            [json!(false), json!(true), json!("Thanksgiving")]
        );
        let early = at(27, 8, 0);
        assert_eq!(
            field(&early, &bells),
            [
                json!(false),
                json!("pre_market"),
                json!("08:00 AM ET"),
                json!("09:30 AM ET"),
                json!("01:00 PM ET")
            ]
        );
        assert_eq!(field(&early, &["early_close", "holiday"]), [json!(true), json!(null)]);
        let after = at(27, 13, 0);
        assert_eq!(
            field(&after, &bells),
            [
                json!(false),
                json!("closed"),
                json!("01:00 PM ET"),
                json!("Mon 30 Nov 09:30 AM ET"),
                json!("Mon 30 Nov 04:00 PM ET")
            ]
        );
        assert_eq!(
            field(&at(28, 12, 0), &["is_weekday", "trading_day", "next_open_at"]),
            [json!(false), json!(false), json!("2026-11-30T14:30:00Z")]
        );
    }
}
