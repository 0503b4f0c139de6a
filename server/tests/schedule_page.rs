//! The page of the schedule by the real process, as a browser without script uses it: entries, days that are skipped, who fires, and
//! what is told of it to the audit log and over Redis.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "schedule_page/days.rs"]
mod days;
#[path = "schedule_page/stage.rs"]
mod stage;
mod support;

use futures_util::StreamExt;
use serde_json::Value;
use stage::{FIRST, NEW, PAGE, Stage, address_of, entry};
use support::people::status;
use support::within;

#[tokio::test]
async fn it_shows_who_fires_what_comes_and_asks_before_it_is_changed() {
    let stage = Stage::start().await;
    let page = stage.page().await;
    assert!(page.contains("The producer fires by its own schedule; this server looks on."), "{page}");
    assert!(page.contains("The producer has not said its schedule yet.") && page.contains("They rest"));
    assert!(!page.contains("Skip…"), "what the producer does on one day alone it takes no orders for");
    stage.does("/admin/schedule/by", &[("do", "server")], "server").await;
    stage.does("/admin/schedule/by", &[("do", "server")], "same").await;
    let page = stage.page().await;
    assert!(page.contains("This server fires: its entries ask the producer for runs."), "{page}");
    assert!(page.contains("16:10 ET, trading days") && page.contains("The next 10 fires"), "{page}");
    assert_eq!(page.matches("Skip…").count(), 10, "{page}");

    stage.does("/admin/schedule/all", &[("do", "pause")], "paused").await;
    let page = stage.page().await;
    assert!(page.contains("All is paused by admin, since ") && page.contains(">Resume</button>"), "{page}");
    assert!(page.contains("none of these fires until it is resumed"), "{page}");
    stage.does("/admin/schedule/all", &[("do", "resume")], "resumed").await;
    let (head, _) = stage.server.submit("/admin/schedule/all", &stage.admin, &[("do", "explode")]).await;
    assert_eq!(status(&head), 400, "{head}");
    let (status_of, nowhere) = stage.get(&stage.admin, "/admin/schedule/nowhere").await;
    assert!(status_of == 404 && nowhere.contains("Nothing has this address."), "{nowhere}");
    let lines = stage.lines().await;
    let lines: Vec<&str> = lines.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(
        lines,
        ["schedule_by", "schedule_pause", "schedule_resume"],
        "nothing is written of what is not done"
    );
}

#[tokio::test]
async fn an_entry_is_added_changed_and_removed_with_what_it_was_in_the_audit_log() {
    let stage = Stage::ours().await;
    let (_, form) = stage.get(&stage.admin, NEW).await;
    assert!(form.contains("value=\"16:10\"") && form.contains("value=\"America/New_York\""), "{form}");
    assert!(form.contains("Next: "), "what it comes to stands beside it: {form}");
    stage.does(NEW, &entry(&[]), "added").await;
    let page = stage.page().await;
    assert!(page.contains("18:30 ET, trading days"), "{page}");
    let early = address_of(&page, "Early");
    let (_, form) = stage.get(&stage.admin, &early).await;
    assert!(form.contains("Edit Early") && form.contains("value=\"18:30\""), "{form}");
    stage.does(&early, &entry(&[]), "same").await;
    let monday = [
        ("days", "weekdays"),
        ("weekdays", "mon"),
        ("weekdays", "wed"),
        ("zone", "Europe/Berlin"),
        ("trigger_time", "23:05"),
    ];
    stage.does(&early, &entry(&monday), "changed").await;
    let page = stage.page().await;
    assert!(page.contains("23:05 Berlin, Mon, Wed"), "{page}");
    // Twenty minutes after the other one's day, whose runs nobody has seen yet.
    stage.does(&early, &entry(&[("trigger_time", "16:30")]), "changed").await;
    let page = stage.page().await;
    let warning = "Early fires 20 min after Nightly, whose runs are taken to last 1 h 00 min, because none is known yet: it would be refused.";
    assert!(page.contains(warning), "{page}");
    stage.does(&early, &[("do", "remove")], "removed").await;
    assert!(!stage.page().await.contains("<h3>Early"));
    assert_eq!(status(&stage.server.submit(&early, &stage.admin, &entry(&[])).await.0), 404);
    assert_eq!(stage.get(&stage.admin, &early).await.0, 404);
    let lines: Vec<String> = stage.lines().await.into_iter().map(|(action, _)| action).collect();
    assert_eq!(lines[1..], ["schedule_add", "schedule_change", "schedule_change", "schedule_remove"]);
    let (_, audit) = stage.get(&stage.admin, "/admin/audit?action=schedule_change").await;
    assert!(audit.contains("changed the schedule") && audit.contains("Europe/Berlin"), "{audit}");
}

#[tokio::test]
async fn what_will_not_do_is_said_beside_its_field_and_nothing_is_lost() {
    let stage = Stage::ours().await;
    let long = "x".repeat(41);
    let cases: [(&[(&str, &str)], &str); 13] = [
        (&[("name", "NIGHTLY")], "It is that of another entry."),
        (&[("name", "")], "It is needed: what the entry is called."),
        (&[("name", &long)], "It must be at most 40 characters of text."),
        (
            &[("zone", "Mars/Olympus")],
            "It must be the name of a time zone, such as America/New_York or Europe/Berlin.",
        ),
        (&[("trigger_time", "24:00")], "It must be a time of day from 00:00 to 23:59, such as 16:10."),
        (&[("trigger_time", "99999-02-31T16:10")], "It must be"),
        (&[("trigger_time", "")], "It must be a time of day"),
        (&[("days", "weekdays")], "It is needed: at least one day of the week."),
        (&[("days", "weekdays"), ("weekdays", "someday")], "It must be of: mon, tue"),
        (&[("early_close", "after"), ("early_minutes", "99999")], "It must be a whole number from 1 to 720."),
        (&[("missed", "late"), ("late_minutes", "-1")], "It must be a whole number from 1 to 720."),
        (&[("trigger_time", "09:00")], "It would never fire: before the close."),
        (&[("days", "weekdays"), ("weekdays", "sat")], "It would never fire: no trading on Saturday."),
    ];
    for (wrong, words) in cases {
        let fields = entry(&[wrong, &[("universe", "sp500")]].concat());
        let (head, form) = stage.server.submit(NEW, &stage.admin, &fields).await;
        assert_eq!(status(&head), 422, "{wrong:?}");
        assert!(form.contains(words), "{wrong:?}: {form}");
        assert!(form.contains("value=\"sp500\""), "what was filled in stays: {form}");
    }
    // A field that is none, and one that carries a script.
    let (head, form) = stage.server.submit(NEW, &stage.admin, &entry(&[("cron", "* * * * *")])).await;
    assert_eq!(status(&head), 422, "{form}");
    let hostile = "<script>alert(1)</script>";
    stage.does(NEW, &entry(&[("name", hostile)]), "added").await;
    assert!(!stage.page().await.contains(hostile));
    assert_eq!(stage.lines().await.len(), 2, "nothing is written of what was not taken");
}

#[tokio::test]
async fn there_are_twenty_entries_at_most() {
    let stage = Stage::ours().await;
    for number in 1..20 {
        let name = format!("E{number}");
        stage.does(NEW, &entry(&[("name", &name), ("enabled", "")]), "added").await;
    }
    let page = stage.page().await;
    assert!(page.contains("There are 20, as many as there can be") && !page.contains(NEW), "{page}");
    let (head, form) = stage.server.submit(NEW, &stage.admin, &entry(&[("name", "One more")])).await;
    assert_eq!(status(&head), 409, "{head}");
    assert!(
        form.contains("as many as there can be: remove one first.") && form.contains("value=\"One more\"")
    );
}

#[tokio::test]
async fn the_preview_is_what_is_filled_in_and_names_what_the_clocks_do() {
    let stage = Stage::start().await;
    let preview = async |query: &str| {
        let (status, html) = stage.get(&stage.admin, &format!("{PAGE}/preview?{query}")).await;
        assert_eq!(status, 200, "{query}: {html}");
        assert!(!html.contains("<html"), "{html}");
        html
    };
    let html = preview("name=N&trigger_time=16:10&market_check=on&enabled=on").await;
    assert_eq!(html.matches("<tr").count() - html.matches("class=\"off\"").count() - 1, 10, "{html}");
    // Ten fires of a Sunday's night in Berlin: within a year of them both changes of its clock.
    let sundays = "name=N&trigger_time=02:30&zone=Europe/Berlin&days=weekdays&weekdays=sun";
    let ten = preview(sundays).await;
    let named =
        ten.contains("clocks go") || ten.contains("the clock skips 02:30 on this day: it fires at 03:30");
    let changes = domain::calendar::zone("Europe/Berlin", server::clock::now()).unwrap();
    let within =
        |(from, _): &(i64, i32)| (0..70 * domain::time::DAY).contains(&(from - server::clock::now()));
    assert_eq!(named, changes.offsets.iter().any(within), "{ten}");
    let html = preview("name=N&trigger_time=09:00&market_check=on").await;
    assert!(html.contains("It would never fire: before the close."), "{html}");
    let html = preview("name=N&trigger_time=16:10&zone=Nowhere").await;
    assert!(html.contains("The zone must be the name of a time zone"), "{html}");
    assert!(preview("").await.contains("The time must be a time of day"), "its name can wait");
    // Without script the form itself shows it, with what is filled in.
    let (status, form) = stage.get(&stage.admin, &format!("{NEW}?name=N&trigger_time=19:45")).await;
    assert!(status == 200 && form.contains("value=\"19:45\"") && form.contains("Next: "), "{form}");
    assert_eq!(stage.lines().await, [], "nothing is changed by looking");
}

#[tokio::test]
async fn a_change_is_published_as_the_producers_spell_it() {
    let stage = Stage::ours().await;
    let client = redis::Client::open(stage.redis.url()).unwrap();
    let mut heard = client.get_async_pubsub().await.unwrap();
    heard.subscribe("tickstock:processing:schedule").await.unwrap();
    stage
        .does(
            FIRST,
            &entry(&[("name", "Nightly"), ("trigger_time", "16:45"), ("universe", "sp500")]),
            "changed",
        )
        .await;
    let message = within("it is published", heard.on_message().next()).await.unwrap();
    let told: Value = serde_json::from_slice(message.get_payload_bytes()).unwrap();
    let schedule = &told["payload"]["schedule"];
    assert_eq!(
        (&told["event"], &schedule["trigger_time"]),
        (&"schedule_updated".into(), &"16:45".into()),
        "{told}"
    );
    assert_eq!(
        (&schedule["enabled"], &schedule["universes"]),
        (&true.into(), &serde_json::json!(["sp500"])),
        "{told}"
    );
}

#[tokio::test]
async fn who_may_only_look_sees_no_form_and_posts_nothing() {
    let stage = Stage::ours().await;
    let people = [
        stage.server.person("vera", "viewer").await,
        stage.server.person("olaf", "operator").await,
        stage.server.token("reads", "read").await,
        stage.server.token("operates", "operate").await,
    ];
    let before = stage.lines().await;
    for who in &people {
        let (status_of, page) = stage.get(who, PAGE).await;
        assert!(status_of == 200 && page.contains("16:10 ET, trading days"), "{}: {page}", who.name);
        let main = &page[page.find("<main").unwrap()..page.find("</main>").unwrap()];
        assert!(!main.contains("<form") && !main.contains("Skip…") && !main.contains("/entries/"), "{main}");
        for path in [NEW, FIRST, "/admin/schedule/skip", "/admin/schedule/preview"] {
            assert_eq!(stage.get(who, path).await.0, 403, "{} {path}", who.name);
        }
        for path in [
            NEW,
            FIRST,
            "/admin/schedule/skip",
            "/admin/schedule/all",
            "/admin/schedule/by",
            "/admin/schedule/producer",
        ] {
            let (head, _) = stage.server.submit(path, who, &[("do", "pause")]).await;
            assert_eq!(status(&head), 403, "{} {path}", who.name);
        }
    }
    assert_eq!(stage.lines().await, before);
}
