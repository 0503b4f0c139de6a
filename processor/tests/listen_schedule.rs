//! The schedule of the real processor, listening: told, changed, and said again, as the server understands it.

mod support;

use serde_json::{Value, json};
use support::stage::{SCHEDULE, Stage, Way};

#[test]
fn the_schedule_is_told_changed_and_said_again_by_whichever_way() {
    for way in [Way::Http, Way::Redis] {
        let mut stage = Stage::start(&["--symbols", "40", "--speed", "1000000"]);
        let before = stage.get("schedule");
        assert_eq!(
            before,
            json!({ "enabled": false, "trigger_time": "16:10", "timezone": "America/New_York", "market_check": true,
                "universes": ["sp500"], "next_run": null })
        );
        let asked = json!({ "enabled": true, "trigger_time": "16:25" });
        let answer = match way {
            Way::Http => stage.post(&SCHEDULE, &asked).json()["schedule"].clone(),
            Way::Redis => {
                stage.publish(&SCHEDULE, None, &asked);
                Value::Null
            }
        };
        let said = stage.until(|heard| heard.event() == "schedule_updated");
        let now = stage.get("schedule");
        assert_eq!(
            (&said.payload()["schedule"], &said.channel),
            (&now, &"tickstock:processing:schedule".into())
        );
        assert!(way == Way::Redis || answer == now, "{answer}");
        let known = stage.board.producer_schedule().unwrap();
        assert_eq!((known.enabled, known.time.as_deref()), (Some(true), Some("16:25")), "{way:?} {known:?}");
        assert!(known.next_run.is_some() && known.market_check == Some(true), "the rest stays: {known:?}");
        if way == Way::Redis {
            stage.publish(&SCHEDULE, None, &json!({ "trigger_time": "12:00" }));
            let refused = stage.next();
            assert_eq!(refused.payload()["error_code"], "COMMAND_REFUSED", "{refused:?}");
            assert_eq!(stage.get("schedule"), now);
        }
        // What it says itself, and others where it listens, is no command.
        stage.publish_bytes(
            "tickstock:processing:schedule",
            br#"{"event":"schedule_updated","payload":{},"source":"TickStockPL-Simulator"}"#,
        );
        stage.until(|heard| heard.event() == "schedule_updated");
        stage.silence();
        assert_eq!(stage.get("status")["is_running"], false, "it only says when");
    }
}
