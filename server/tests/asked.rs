//! The pages that ask and their form, as a browser posts it: what was seen is what is sent, twice pressed is once asked, and nothing
//! is sent by looking.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::{Value, json};
use support::people::{Asker, header_of, status};
use support::producer::{By, FAST, STILL, Told, became, heard};

const FORM: &str = "/admin/commands/new";

async fn commands(stage: &Told) -> Vec<Value> {
    stage.server.json("/api/commands").await["commands"].as_array().unwrap().clone()
}

async fn page(stage: &Told, who: &Asker, path: &str) -> (String, String) {
    stage.server.send("GET", path, &[who.header(), ("Accept", "text/html")], &[]).await
}

/// A night that is over and has something left, and how many that are.
async fn left(stage: &Told) -> (String, u32) {
    let (told, run) = stage.played("daily/trigger", Value::Null).await;
    let left = run["failing"].as_u64().unwrap();
    (told["run_id"].as_str().unwrap().to_owned(), u32::try_from(left).unwrap())
}

#[tokio::test]
async fn what_was_seen_is_what_is_sent_and_pressed_twice_is_asked_once() {
    let stage = Told::start(By::Http, &FAST).await;
    let (run, left) = left(&stage).await;
    let ann = stage.server.person("ann", "operator").await;
    let (head, html) = page(&stage, &ann, &format!("{FORM}?do=retry&run_id={run}")).await;
    assert_eq!(status(&head), 200, "{head}");
    assert!(html.contains(&format!("Retry {left} symbols?")) && html.contains("name=\"key\""), "{html}");
    assert_eq!(commands(&stage).await.len(), 1, "looking asks for nothing");

    let other = (left - 1).to_string();
    let seen = left.to_string();
    let fields =
        |seen| [("do", "retry"), ("run_id", run.as_str()), ("key", "once"), ("seen", seen), ("act", "send")];
    let (head, html) = stage.server.submit(FORM, &ann, &fields(&other)).await;
    assert_eq!(status(&head), 409, "{head}");
    assert!(html.contains(&format!("It was {other} when you looked; it is {left} now.")), "{html}");
    assert_eq!(commands(&stage).await.len(), 1, "nothing was sent");

    let (head, _) = stage.server.submit(FORM, &ann, &fields(&seen)).await;
    assert_eq!(
        (status(&head), header_of(&head, "location")),
        (303, Some("/admin/daily-processing")),
        "{head}"
    );
    let command = commands(&stage).await.remove(0);
    assert_eq!((&command["who"], &command["symbols"]), (&json!("ann"), &json!(left)), "{command}");
    became(&stage.server, command["id"].as_str().unwrap(), "started").await;
    // By now nothing is left, and the second press is still the first one's repetition.
    let (head, _) = stage.server.submit(FORM, &ann, &fields(&seen)).await;
    assert_eq!(status(&head), 303, "{head}");
    assert_eq!(commands(&stage).await.len(), 2);
    let (_, list) = page(&stage, &ann, "/admin/commands").await;
    assert!(list.contains(&format!("Retry of {left} symbols")), "{list}");
    let (head, one) =
        page(&stage, &ann, &format!("/admin/commands/{}", command["id"].as_str().unwrap())).await;
    assert!(status(&head) == 200 && one.contains("original_run_id"), "{head} {one}");
    assert!(!one.contains("127.0.0.1</dd>"), "from where is for who administers");
    assert_eq!(status(&page(&stage, &ann, "/admin/commands/none").await.0), 404);
}

#[tokio::test]
async fn a_script_gets_the_part_alone_and_a_wrong_field_is_shown_where_it_is() {
    let stage = Told::start(By::Redis, &FAST).await;
    let ann = stage.server.person("ann", "operator").await;
    let part = [ann.header(), ("Accept", "text/html"), ("X-Part", "dialog")];
    let (head, html) = stage.server.send("GET", &format!("{FORM}?do=import"), &part, &[]).await;
    assert_eq!((status(&head), header_of(&head, "cache-control")), (200, Some("no-store")), "{head}");
    assert!(
        html.contains("Start an import?") && !html.contains("<html") && !html.contains("id=\"snapshot\"")
    );
    let wrong = [("do", "import"), ("universes", "a,b"), ("lookback_days", "0"), ("key", "k")];
    let (head, html) = stage.server.submit(FORM, &ann, &wrong).await;
    assert_eq!(status(&head), 422, "{head}");
    assert!(
        html.contains("It must be a whole number from 1 to 3650.") && html.contains("value=\"a,b\""),
        "{html}"
    );
    assert_eq!(commands(&stage).await.len(), 0);
    // Ticked boxes come one by one.
    let boxes = [("do", "import"), ("timeframes", "daily"), ("timeframes", "hourly"), ("key", "k2")];
    assert_eq!(status(&stage.server.submit(FORM, &ann, &boxes).await.0), 303);
    let command = commands(&stage).await.remove(0);
    assert_eq!(command["parameters"]["timeframes"], json!(["daily", "hourly"]), "{command}");
}

#[tokio::test]
async fn one_comes_back_to_where_one_was_and_nowhere_else() {
    let stage = Told::start(By::Http, &STILL).await;
    let ann = stage.server.person("ann", "operator").await;
    let to = async |back: &str, key: &str| {
        let fields = [("do", "run"), ("key", key), ("back", back)];
        let (head, _) = stage.server.submit(FORM, &ann, &fields).await;
        (status(&head), header_of(&head, "location").unwrap_or_default().to_owned())
    };
    assert_eq!(to("/admin/runs/7f3a?q=a", "1").await, (303, "/admin/runs/7f3a?q=a".to_owned()));
    heard(&stage.server, |run| run["status"] == "running").await;
    for (number, elsewhere) in
        ["//evil.example", "https://evil.example/admin/", "/\\evil.example", "/login", "/admin/\r\nx: y"]
            .into_iter()
            .enumerate()
    {
        let (status, there) = to(elsewhere, &format!("k{number}")).await;
        assert_eq!((status, there.as_str()), (303, "/admin/daily-processing"), "{elsewhere}");
    }
    // Each of those was refused by name, because a run is in progress, and that is kept.
    let kept = commands(&stage).await;
    assert!(kept.len() == 6 && kept[..5].iter().all(|command| command["state"] == "refused"), "{kept:?}");
    let (_, html) = page(&stage, &ann, &format!("{FORM}?do=run")).await;
    assert!(html.contains("a run is in progress: ") && !html.contains("value=\"send\""), "{html}");
}

#[tokio::test]
async fn a_night_is_accepted_with_a_note_and_by_an_operator() {
    let stage = Told::start(By::Http, &FAST).await;
    let (run, left) = left(&stage).await;
    let (ann, vera) =
        (stage.server.person("ann", "operator").await, stage.server.person("vera", "viewer").await);
    let seen = left.to_string();
    let fields = |note| {
        [("do", "accept"), ("run_id", run.as_str()), ("seen", seen.as_str()), ("key", "a"), ("note", note)]
    };
    assert_eq!(status(&stage.server.submit(FORM, &vera, &fields("it is fine")).await.0), 403);
    let (head, html) = stage.server.submit(FORM, &ann, &fields("")).await;
    assert!(status(&head) == 422 && html.contains("why it may stay as it is"), "{head} {html}");
    assert_eq!(status(&stage.server.submit(FORM, &ann, &fields("the provider knows")).await.0), 303);
    let record =
        heard(&stage.server, |record| record["id"] == run.as_str() && !record["accepted"].is_null()).await;
    assert_eq!(
        (&record["accepted"]["who"], &record["accepted"]["count"]),
        (&json!("ann"), &json!(left)),
        "{record}"
    );
    let (_, html) = page(&stage, &ann, "/admin/daily-processing").await;
    assert!(html.contains("accepted by ann"), "{html}");
    let admin = stage.server.admin().await;
    let (_, audit) = page(&stage, &admin, "/admin/audit").await;
    assert!(audit.contains("the provider knows"), "{audit}");
}
