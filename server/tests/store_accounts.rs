//! Who may, and what they did, on both engines: users, sign-ins, tokens, the log that only grows, and a database from before there
//! were any.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use domain::permission::{Role, Scope};
use domain::time::{DAY, HOUR};
use server::store::Store;
use server::store::accounts::audit::{AuditFilter, Entry};
use server::store::accounts::sign_ins::{MOST, SignIn};
use server::store::accounts::tokens::Token;
use server::store::accounts::users::User;
use sqlx::Connection;
use support::stored::{NIGHT, Stage, on_both, told};

on_both! {
    a_name_is_one_persons_in_any_case_of_letters
    somebody_is_always_left_who_administers
    the_audit_log_only_grows
    a_change_that_meets_nothing_is_not_written_down
    one_more_sign_in_than_there_may_be_ends_the_oldest
    a_password_ends_the_other_sign_ins
    a_token_is_found_by_its_hash_until_it_is_revoked
    a_database_of_the_step_before_is_brought_up_to_date
}

fn person(id: &str, name: &str, role: Role) -> User {
    User { id: id.into(), name: name.into(), role, must_change: false, disabled: false, created: 0 }
}

fn entry(action: &str, at: i64) -> Entry {
    Entry { at, who: "Ann".into(), action: action.into(), outcome: "done".into(), ..Entry::default() }
}

async fn add(store: &Store, id: &str, name: &str, role: Role) -> bool {
    store.add_user(&person(id, name, role), "hash", &entry("user_add", 1)).await.unwrap()
}

async fn actions(store: &Store) -> Vec<String> {
    let found = store.audit_log(&AuditFilter::default(), 100).await.unwrap();
    found.entries.into_iter().map(|entry| entry.action).collect()
}

async fn a_name_is_one_persons_in_any_case_of_letters(stage: Stage) {
    let store = &stage.store;
    assert!(!store.has_users().await.unwrap());
    assert!(add(store, "1", "Ann Ö", Role::Viewer).await);
    assert!(!add(store, "2", "ann ö", Role::Admin).await, "it is hers");
    let (found, hash) = store.user_named(" ANN Ö ").await.unwrap().unwrap();
    assert_eq!((found, hash.as_str()), (person("1", "Ann Ö", Role::Viewer), "hash"));
    assert_eq!(store.users().await.unwrap().len(), 1);
}

async fn somebody_is_always_left_who_administers(stage: Stage) {
    let store = &stage.store;
    assert!(add(store, "1", "Ann", Role::Admin).await);
    let change = async |id: &str, role, disabled| {
        store.change_user(id, role, disabled, &entry("user_role", 2)).await.unwrap()
    };
    assert!(!change("1", Role::Viewer, false).await && !change("1", Role::Admin, true).await);
    assert!(add(store, "2", "Bob", Role::Viewer).await);
    assert!(!change("1", Role::Operator, false).await, "a viewer does not administer");
    assert!(change("2", Role::Admin, false).await && change("1", Role::Operator, false).await);
    assert!(!change("2", Role::Admin, true).await, "and now he is the last");
    assert!(!change("3", Role::Admin, false).await, "there is nobody");
}

async fn the_audit_log_only_grows(stage: Stage) {
    let store = &stage.store;
    for at in 1..=5 {
        store.audit(&entry(&format!("action {at}"), at * DAY)).await.unwrap();
    }
    let mut connection = sqlx::AnyConnection::connect(&stage.url).await.unwrap();
    for statement in ["UPDATE audit SET who = 'nobody'", "DELETE FROM audit", "DELETE FROM audit WHERE n = 1"]
    {
        let refused = sqlx::query(statement).execute(&mut connection).await;
        // A statement that meets no line changes none.
        let harmless = refused.as_ref().is_ok_and(|done| done.rows_affected() == 0);
        assert!(refused.is_err() || harmless, "{statement}");
    }
    if stage.url.starts_with("sqlite") {
        let replace = "INSERT OR REPLACE INTO audit SELECT n, at, 'nobody', role, address, action, subject, outcome, before, after FROM audit";
        assert!(sqlx::query(replace).execute(&mut connection).await.is_err());
    }
    assert_eq!(actions(store).await.len(), 5);
    let filter = AuditFilter { from: Some(2 * DAY), to: Some(4 * DAY), ..AuditFilter::default() };
    let found = store.audit_log(&filter, 100).await.unwrap();
    let found: Vec<_> = found.entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(found, ["action 3", "action 2"]);
    let first = store.audit_log(&AuditFilter::default(), 2).await.unwrap();
    let rest =
        store.audit_log(&AuditFilter { before: first.next, ..AuditFilter::default() }, 10).await.unwrap();
    assert_eq!((first.entries.len(), rest.entries.len()), (2, 3), "page by page");
}

async fn a_change_that_meets_nothing_is_not_written_down(stage: Stage) {
    let store = &stage.store;
    assert!(!store.revoke_token("none", 1, &entry("token_revoke", 1)).await.unwrap());
    assert!(!store.set_password("none", ("hash", false), None, &entry("user_password", 1)).await.unwrap());
    assert_eq!(actions(store).await, [""; 0]);
}

fn sign_in(id: &str, user: &User, created: i64) -> SignIn {
    SignIn {
        id: id.into(),
        user: user.clone(),
        created,
        seen: created,
        idle: 8 * HOUR,
        until: created + 7 * DAY,
        address: "10.0.0.1".into(),
        agent: "a browser".into(),
        ended: None,
    }
}

async fn one_more_sign_in_than_there_may_be_ends_the_oldest(stage: Stage) {
    let (store, ann) = (&stage.store, person("1", "Ann", Role::Viewer));
    assert!(add(store, "1", "Ann", Role::Viewer).await);
    for number in 0..=MOST {
        let opened = sign_in(&format!("s{number}"), &ann, DAY + number);
        store.open_sign_in(&opened, &entry("sign_in", DAY + number)).await.unwrap();
    }
    let found = store.sign_ins(&["s0".into(), "s1".into(), "none".into()]).await.unwrap();
    let ended: Vec<_> = found.iter().map(|found| (found.id.as_str(), found.ended.is_some())).collect();
    assert!(ended.contains(&("s0", true)) && ended.contains(&("s1", false)) && ended.len() == 2, "{ended:?}");
    let open = store.sign_ins_of("1", DAY + HOUR).await.unwrap();
    assert_eq!(i64::try_from(open.len()).unwrap(), MOST);
    assert!(store.sign_ins_of("1", DAY + 9 * HOUR).await.unwrap().is_empty(), "idle for too long");
    assert!(store.has_signed_in_from("ann", "10.0.0.1").await.unwrap());
    assert!(!store.has_signed_in_from("ann", "10.0.0.2").await.unwrap());
}

async fn a_password_ends_the_other_sign_ins(stage: Stage) {
    let (store, ann) = (&stage.store, person("1", "Ann", Role::Viewer));
    assert!(add(store, "1", "Ann", Role::Viewer).await);
    for id in ["here", "elsewhere"] {
        store.open_sign_in(&sign_in(id, &ann, DAY), &entry("sign_in", DAY)).await.unwrap();
    }
    assert!(store.set_password("1", ("new", false), Some("here"), &entry("password", DAY)).await.unwrap());
    let open: Vec<_> = store.sign_ins_of("1", DAY).await.unwrap().into_iter().map(|open| open.id).collect();
    assert_eq!(open, ["here"]);
    assert_eq!(store.user_named("ann").await.unwrap().unwrap().1, "new");
}

async fn a_token_is_found_by_its_hash_until_it_is_revoked(stage: Stage) {
    let store = &stage.store;
    let token = Token {
        id: "t".into(),
        name: "prometheus".into(),
        scope: Some(Scope::Read),
        made_by: "Ann".into(),
        created: 1,
        until: DAY,
        revoked: None,
        used: None,
    };
    assert!(store.add_token(&token, "hash", &entry("token_create", 1)).await.unwrap());
    assert_eq!(store.token_hashed("hash").await.unwrap(), Some(token.clone()));
    store.touch_token("t", 5).await.unwrap();
    assert!(store.revoke_token("t", 7, &entry("token_revoke", 7)).await.unwrap());
    assert!(!store.revoke_token("t", 8, &entry("token_revoke", 8)).await.unwrap(), "only once");
    let found = store.tokens_of(&["t".into()]).await.unwrap();
    assert_eq!(found, [Token { revoked: Some(7), used: Some(5), ..token }]);
    assert_eq!(actions(store).await, ["token_revoke", "token_create"]);
}

async fn a_database_of_the_step_before_is_brought_up_to_date(stage: Stage) {
    stage.write_runs(vec![told(1, "7f3a", NIGHT, 3).rows()]).await;
    // As it was before there was anybody.
    for table in
        ["schedule_entries", "schedule_days", "settings", "commands", "audit", "tokens", "sign_ins", "users"]
    {
        stage.behind_its_back(&format!("DROP TABLE {table}")).await;
    }
    if stage.url.starts_with("postgres") {
        stage.behind_its_back("DROP FUNCTION audit_is_append_only").await;
    }
    stage.behind_its_back("DELETE FROM _sqlx_migrations WHERE version > 1").await;
    let again = Store::open(&stage.url).await.unwrap();
    assert!(again.run("7f3a").await.unwrap().is_some(), "what was kept is there");
    assert!(add(&again, "1", "Ann", Role::Admin).await, "and what is new, too");
    again.close().await;
    // One of a step that this version does not know is not touched.
    let unknown = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                   SELECT 99, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";
    stage.behind_its_back(unknown).await;
    let refused = Store::open(&stage.url).await.err().unwrap();
    assert_eq!(refused.code(), "migration");
}
