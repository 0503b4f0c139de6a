//! The pages that ask, and those that tell what was asked: full, refused, hostile.

use app::archive::Facts;
use app::commands::{Ask, Commands, List, One, Plan, Usual, html};
use domain::command::{CommandKind, CommandRecord, CommandState, CommandWay, Invalid};
use domain::phase::Phase;
use domain::time::{MINUTE, Zone};

const HOSTILE: &str = "<script>alert(1)</script>\" onload=x";

fn facts() -> Facts {
    Facts { now: 1_795_209_000_000, exchange: Zone::utc(), viewer: None }
}

fn plan(count: u32) -> Plan {
    let symbols =
        (0..count).map(|number| (format!("S{number}"), "API_RATE_LIMIT".to_owned())).take(12).collect();
    Plan {
        count,
        symbols,
        phases: vec![Phase::Import],
        usual: Some(Usual::Pace(40_000)),
        blocked: None,
        due: None,
        parts: Vec::new(),
    }
}

fn ask(kind: CommandKind) -> Ask {
    Ask {
        kind,
        given: Vec::new(),
        wrong: None,
        plan: Some(plan(5)),
        of: Some("7f3a90c2".into()),
        way: "over HTTP to 127.0.0.1:8080".into(),
        key: "k1".into(),
        back: "/admin/daily-processing".into(),
        was: None,
        failed: None,
    }
}

fn shown(ask: Ask) -> String {
    html(&Commands::Ask(Box::new(ask)), &facts()).0.to_string()
}

#[test]
fn the_title_is_the_verb_and_the_number_and_the_button_repeats_them() {
    let page = shown(ask(CommandKind::Retry));
    assert!(page.contains(">Retry 5 symbols?</h1>") && page.contains(">Retry 5 symbols</button>"), "{page}");
    assert!(page.contains("from import on") && page.contains("about 40 s, by this run’s pace"));
    assert!(page.contains("over HTTP to 127.0.0.1:8080") && page.contains("name=\"seen\" value=\"5\""));
    let page = shown(Ask { plan: Some(plan(1)), ..ask(CommandKind::Retry) });
    assert!(page.contains(">Retry 1 symbol?</h1>"));
    let page = shown(Ask { plan: Some(plan(40)), ..ask(CommandKind::Retry) });
    assert!(page.contains("S11 (rate limited) and 28 more"), "{page}");
}

#[test]
fn usual_is_told_with_its_spread_and_is_not_invented() {
    let told = |usual| shown(Ask { plan: Some(Plan { usual, ..plan(0) }), ..ask(CommandKind::Run) });
    assert!(
        told(Some(Usual::Of(47 * MINUTE, 52 * MINUTE, 12)))
            .contains("47 min (to 52 min), by the last 12 comparable runs")
    );
    assert!(told(Some(Usual::Last(47 * MINUTE))).contains("the last one took 47 min"));
    assert!(told(None).contains("not known: no comparable run is kept"));
}

#[test]
fn what_stands_in_the_way_takes_the_place_of_the_button() {
    for kind in CommandKind::ALL {
        let blocked = Some("a run is in progress: 7f3a".to_owned());
        let page = shown(Ask { plan: Some(Plan { blocked, ..plan(5) }), ..ask(kind) });
        assert!(page.contains("a run is in progress: 7f3a.") && !page.contains("value=\"send\""), "{kind:?}");
        assert!(page.contains("Don’t"), "{kind:?}");
    }
}

#[test]
fn what_changed_since_one_looked_is_said() {
    let page = shown(Ask { was: Some(5), plan: Some(plan(7)), ..ask(CommandKind::Retry) });
    assert!(
        page.contains("It was 5 when you looked; it is 7 now.") && page.contains(">Retry 7 symbols</button>")
    );
    assert!(!shown(Ask { was: Some(5), ..ask(CommandKind::Retry) }).contains("when you looked"));
}

#[test]
fn a_wrong_field_keeps_what_was_given_and_says_what_is_wrong() {
    let wrong = Some(Invalid {
        field: "lookback_days".into(),
        message: "must be a whole number from 1 to 3650".into(),
    });
    let given =
        vec![("lookback_days".to_owned(), "0".to_owned()), ("universes".to_owned(), "dow30".to_owned())];
    let page = shown(Ask { wrong, given, plan: None, ..ask(CommandKind::Import) });
    assert!(
        page.contains("It must be a whole number from 1 to 3650.") && page.contains("aria-invalid=\"true\"")
    );
    assert!(page.contains("value=\"dow30\"") && !page.contains("value=\"send\""));
}

/// Whether what somebody typed became an element or an attribute.
fn broke_out(page: &str) -> bool {
    // Within a tag, and outside of its quoted values.
    let mut tags = page.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag));
    page.contains("<script")
        || tags.any(|tag| tag.split('"').step_by(2).any(|outside| outside.contains("onload")))
}

#[test]
fn a_run_that_is_due_all_the_same_is_told() {
    let at = facts().now + 40 * MINUTE;
    let told = |due| shown(Ask { plan: Some(Plan { due, ..plan(0) }), ..ask(CommandKind::Run) });
    let due = told(Some(at));
    assert!(
        due.contains("Due all the same") && due.contains("by the schedule; refused while this run goes on")
    );
    assert!(!told(None).contains("Due all the same"));
}

#[test]
fn nothing_leads_out_of_a_page() {
    let given: Vec<(String, String)> = ["symbols", "universe", "universes", "note", "run_id", "code"]
        .map(|name| (name.to_owned(), HOSTILE.to_owned()))
        .into();
    for kind in CommandKind::ALL {
        let parts = vec![("code", HOSTILE.to_owned(), 1), ("phase", HOSTILE.to_owned(), 2)];
        let plan = Plan {
            parts,
            symbols: vec![(HOSTILE.into(), HOSTILE.into())],
            blocked: Some(HOSTILE.into()),
            ..plan(1)
        };
        let hostile = Ask {
            given: given.clone(),
            plan: Some(plan),
            of: Some(HOSTILE.into()),
            key: HOSTILE.into(),
            back: HOSTILE.into(),
            failed: Some(HOSTILE.into()),
            ..ask(kind)
        };
        let page = shown(hostile);
        assert!(!broke_out(&page), "{kind:?} {page}");
    }
    let command = CommandRecord {
        id: HOSTILE.into(),
        kind: CommandKind::Retry,
        what: HOSTILE.into(),
        who: HOSTILE.into(),
        asked: 1_795_209_000_000,
        way: CommandWay::Redis,
        state: CommandState::Refused,
        since: 1_795_209_000_000,
        run: Some(HOSTILE.into()),
        of: Some(HOSTILE.into()),
        reason: Some(HOSTILE.into()),
        count: 1,
    };
    let commands = vec![command.clone(); 500];
    let list = List { commands, run: Some(HOSTILE.into()), next: Some(HOSTILE.into()), may: true };
    let one =
        One { command, role: HOSTILE.into(), address: Some(HOSTILE.into()), parameters: HOSTILE.into() };
    for page in [Commands::List(list), Commands::One(Box::new(one))] {
        let page = html(&page, &facts()).0;
        assert!(!broke_out(&page), "{page}");
        assert!(page.matches("<tr").count() <= 101, "a list is cut");
    }
}
