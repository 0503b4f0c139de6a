//! Days: one that is not wanted and fires after all, those that were, and one that comes into a run's way.

use crate::stage::{NEW, PAGE, Stage, entry, skippable};
use crate::support;
use crate::support::people::status;
use crate::support::within;

#[tokio::test]
async fn a_day_is_skipped_with_a_reason_and_fires_after_all() {
    let stage = Stage::ours().await;
    let skip = format!("{PAGE}/skip");
    let (id, day) = skippable(&stage.page().await);
    let (_, asked) = stage.get(&stage.admin, &skip).await;
    assert!(
        asked.contains(&format!("name=\"day\" value=\"{day}\"")),
        "without a day it is the next one: {asked}"
    );
    let fields = |reason| [("entry", id.as_str()), ("day", day.as_str()), ("reason", reason), ("do", "skip")];
    let (head, form) = stage.server.submit(&skip, &stage.admin, &fields("  ")).await;
    assert!(status(&head) == 422 && form.contains("It is needed: whoever looks"), "{form}");
    stage.does(&skip, &fields("the provider moves house"), "skipped").await;
    stage.does(&skip, &fields("the provider moves house"), "skipped").await;
    let page = stage.page().await;
    assert!(page.contains("by admin: the provider moves house") && page.contains("Fire after all"), "{page}");
    assert_eq!(page.matches("Skip…").count(), 10, "ten fire all the same");
    let (_, next) = stage.get(&stage.admin, &skip).await;
    assert!(!next.contains(&format!("name=\"day\" value=\"{day}\"")), "the next one is another: {next}");
    let (_, tonight) = stage.get(&stage.admin, "/admin/daily-processing").await;
    assert!(tonight.contains("the provider moves house"), "the board knows: {tonight}");

    let back = [("entry", id.as_str()), ("day", day.as_str()), ("do", "unskip")];
    stage.does(&skip, &back, "unskipped").await;
    let (head, _) = stage.server.submit(&skip, &stage.admin, &back).await;
    assert_eq!(status(&head), 409, "it is not skipped any more");
    assert!(!stage.page().await.contains("the provider moves house"));
    // Days that are none: of no entry, of no number, long ago, far away.
    for (entry, day) in
        [("nobody", day.as_str()), (&id, "31 February"), (&id, "1"), (&id, "9223372036854775807")]
    {
        let fields = [("entry", entry), ("day", day), ("reason", "x"), ("do", "skip")];
        let (head, page) = stage.server.submit(&skip, &stage.admin, &fields).await;
        assert!(status(&head) == 409 && page.contains("Nothing to skip"), "{entry} {day}: {head}");
    }
    let lines = stage.lines().await;
    let lines: Vec<&str> = lines.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(lines, ["schedule_by", "schedule_skip", "schedule_resume"]);
}

#[tokio::test]
async fn what_was_due_is_told_with_why_and_what_is_in_the_way_is_told_before() {
    let stage = Stage::ours().await;
    let pool = support::database::database(&stage.server.database).await;
    let now = server::clock::now();
    let rows = [
        ("fired", None, Some("5 min late: no server was there before"), Some("c1")),
        ("refused", None, Some("a run is in progress: 7f3a"), Some("c2")),
        ("skipped", Some("ann"), Some("the provider moves house"), None),
        ("missed", None, Some("9 h 00 min late: no server was there to fire it"), None),
    ];
    for (day, (state, who, reason, command)) in (1_i64..).zip(rows) {
        let due = now - day * domain::time::DAY;
        let statement = "INSERT INTO schedule_days (entry, day, name, due, state, at, who, reason, command) \
                         VALUES ('nightly', $1, 'Nightly', $2, $3, $2, $4, $5, $6)";
        let row = sqlx::query(statement).bind(day).bind(due).bind(state).bind(who).bind(reason).bind(command);
        row.execute(&pool).await.unwrap();
    }
    pool.close().await;
    let page = stage.page().await;
    for words in [
        "fired, 5 min late: no server was there before",
        "/admin/commands/c1",
        "refused: a run is in progress: 7f3a",
        "skipped: by ann: the provider moves house",
        "missed: 9 h 00 min late",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // A run goes on, and another one is due in ten minutes.
    stage.redis.run_started("7f3a90c2", 505).await;
    let soon = domain::time::Civil::from_utc(now + 10 * domain::time::MINUTE).hm();
    let week: Vec<(&str, &str)> =
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(|day| ("weekdays", day)).to_vec();
    let other =
        [("trigger_time", soon.as_str()), ("zone", "UTC"), ("days", "weekdays"), ("market_check", "")];
    stage.does(NEW, &entry(&[&other[..], &week].concat()), "added").await;
    let warned = within("it is said", async {
        loop {
            let page = stage.page().await;
            if page.contains("A run is in progress: ") {
                return page;
            }
            tokio::task::yield_now().await;
        }
    });
    let page = warned.await;
    assert!(page.contains("it would be refused unless the run has ended by then"), "{page}");
}

#[tokio::test]
async fn whoever_starts_a_run_by_hand_is_told_that_one_is_due_all_the_same() {
    let stage = Stage::ours().await;
    let asks = "/admin/commands/new?do=run";
    // One that fires every day is due within the next, whenever this is run.
    let daily = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(|day| ("weekdays", day));
    let every = [&[("days", "weekdays"), ("market_check", "")], daily.as_slice()].concat();
    stage.does(NEW, &entry(&every), "added").await;
    let (_, form) = stage.get(&stage.admin, asks).await;
    assert!(
        form.contains("Due all the same") && form.contains("ET, by the schedule; refused while"),
        "{form}"
    );
    stage.does("/admin/schedule/all", &[("do", "pause")], "paused").await;
    let (_, form) = stage.get(&stage.admin, asks).await;
    assert!(!form.contains("Due all the same"), "what is paused is not due: {form}");
}
