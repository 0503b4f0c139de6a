//! The producer's schedule, as its API answered, becomes the message that would have told it; and nothing where it is no news.

use domain::board::Board;
use domain::decode::{NoAnswer, decode, schedule};
use domain::reconcile;
use domain::time::{MINUTE, Millis, Zone};
use serde_json::{Value, json};

/// 2026-11-20T22:10:00Z.
const ASKED: Millis = 1_795_212_600_000;

#[test]
fn a_schedule_that_was_answered_is_adopted_once() {
    let answer = json!({ "enabled": true, "trigger_time": "16:10", "timezone": "America/New_York", "market_check": true,
        "universes": ["sp500"], "next_run": "2026-11-23T21:10:00Z" });
    let mut board = Board::new(Zone::utc());
    for nested in [answer.clone(), json!({ "success": true, "schedule": answer })] {
        let told = schedule(nested.to_string().as_bytes(), ASKED).unwrap();
        let message = reconcile::schedule(&told, board.producer_schedule().as_ref());
        if let Some(message) = &message {
            board.apply(&decode("c", message.as_bytes(), ASKED).expect("it is JSON"));
        }
        assert_eq!(board.producer_schedule(), Some(told), "{message:?}");
    }
    let again = schedule(answer.to_string().as_bytes(), ASKED + MINUTE).unwrap();
    assert_eq!(reconcile::schedule(&again, board.producer_schedule().as_ref()), None, "it is no news");
    let mut off = answer;
    off["enabled"] = json!(false);
    let off = schedule(off.to_string().as_bytes(), ASKED + MINUTE).unwrap();
    let message = reconcile::schedule(&off, board.producer_schedule().as_ref()).unwrap();
    let said: Value = serde_json::from_str(&message).unwrap();
    assert_eq!((&said["event"], &said["source"]), (&json!("schedule_updated"), &json!(reconcile::SOURCE)));
    for (body, wrong) in [
        ("<html>", NoAnswer::NotJson),
        ("[]", NoAnswer::Strange),
        ("{}", NoAnswer::Strange),
        (r#"{"detail":"Not Found"}"#, NoAnswer::Strange),
        (r#"{"enabled":"perhaps","trigger_time":"9:5"}"#, NoAnswer::Strange),
    ] {
        assert_eq!(schedule(body.as_bytes(), ASKED).err(), Some(wrong), "{body}");
    }
}
