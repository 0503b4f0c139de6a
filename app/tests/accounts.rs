//! What a person reads on the pages of accounts: each full, empty and hostile, rendered as the server renders it.
//!
//! Each page is also written to the folder of `app/tests/states.rs`, to be looked at.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "accounts/hostile.rs"]
mod hostile;
#[expect(dead_code, unused_imports, reason = "the stories of the live pages are in it too")]
mod support;

use app::accounts::{
    Account, Accounts, Audit, AuditFilter, AuditLine, Login, OwnSignIn, Secret, TokenRow, TokenState, Typed,
    UserRow, Users, choose, done, html, login,
};
use app::archive::Facts;
use app::location::{Location, Page};
use app::pages::ArchiveHtml;
use app::shell::{Assets, document};
use domain::permission::{Role, Scope};
use domain::time::{DAY, HOUR, MINUTE, Millis};
use leptos::prelude::*;
use std::sync::Arc;
use support::night::{START, exchange};
use support::page::keep;
use support::{Night, berlin, says, says_not};

const NOW: Millis = START + 2 * HOUR;
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
const SECRET: &str = "abcde-fghjk-mnpqr-stuvw";

fn assets() -> Assets {
    Assets { css: "style.css".into(), archive: "archive.css".into(), ..Assets::default() }
}

fn rendered(name: &str, address: &str, page: &Accounts) -> String {
    let html = html(page, &Facts { now: NOW, exchange: exchange(), viewer: Some(berlin()) });
    let mut snapshot = Night::new().snapshot();
    (snapshot.viewer, snapshot.now) = (Some(berlin()), NOW);
    let html = Owner::new().with(|| {
        provide_context::<ArchiveHtml>(html);
        provide_context(Location::at(address));
        provide_context(Arc::new(snapshot));
        provide_context(Arc::new(assets()));
        document().to_html()
    });
    keep(&format!("accounts-{name}"), &html);
    assert_eq!(html.matches("<main").count(), 1, "one landmark");
    html
}

/// Before the page's own data, which is JSON and escaped as such.
fn body(html: &str) -> &str {
    html.split("<script type=\"application/json\"").next().unwrap()
}

fn contains(html: &str, parts: &[&str]) {
    for part in parts {
        assert!(html.contains(part), "{part:?} is missing in: {html}");
    }
}

/// Rows whose tasks are shown.
fn open_panels(html: &str) -> usize {
    let tags = html.split("<details").skip(1).filter_map(|rest| rest.split('>').next());
    tags.filter(|tag| tag.contains("panel") && tag.contains(" open")).count()
}

fn sign_in(id: &str, agent: &str, this: bool) -> OwnSignIn {
    OwnSignIn {
        id: id.into(),
        since: NOW - DAY,
        seen: NOW - 5 * MINUTE,
        address: "192.0.2.7".into(),
        agent: agent.into(),
        this,
    }
}

fn account(sign_ins: Vec<OwnSignIn>) -> Account {
    let (name, role, typed) = ("ann".into(), Role::Operator, Typed::default());
    Account { name, role, choose: false, typed, sign_ins, done: None }
}

fn user(id: &str, name: &str, role: Role) -> UserRow {
    UserRow { id: id.into(), name: name.into(), role, since: NOW - DAY, disabled: false, must_change: false }
}

fn token(name: &str, state: TokenState) -> TokenRow {
    TokenRow {
        id: format!("id-{name}"),
        name: name.into(),
        scope: Some(Scope::Read),
        made_by: "admin".into(),
        since: NOW - DAY,
        until: NOW + 80 * DAY,
        used: None,
        state,
    }
}

fn users() -> Users {
    let mut all = vec![user("1", "admin", Role::Admin), user("2", "ann", Role::Operator)];
    all.push(UserRow { must_change: true, ..user("3", "bob", Role::Viewer) });
    all.push(UserRow {
        disabled: true,
        ..user("4", "Zoë the very long named of all the users", Role::Admin)
    });
    let tokens = vec![token("ci", TokenState::Good), token("old grafana", TokenState::Revoked)];
    Users { me: "1".into(), users: all, tokens, ..Users::default() }
}

#[test]
fn one_s_own_account() {
    let mut page = account(vec![sign_in("s1", FIREFOX, true), sign_in("s2", "", false)]);
    page.done = done("password");
    let html = rendered("own", Page::ACCOUNT, &Accounts::Account(Box::new(page)));
    says(
        &html,
        &[
            "ann, operator: sees everything but users and the audit log, and runs, cancels and retries.",
            "Your password is changed.",
            "2 browsers",
            "Firefox on Linux",
            "this one",
            "Sign out everywhere else",
        ],
    );
    contains(&html, &["name=\"id\" value=\"s2\"", "action=\"/account/password\"", "action=\"/logout\""]);
    assert!(!html.contains("value=\"s1\""), "one's own is signed out by the other button");
    let alone = account(vec![sign_in("s1", FIREFOX, true)]);
    says_not(
        &rendered("own-alone", Page::ACCOUNT, &Accounts::Account(Box::new(alone))),
        &["Sign out everywhere else"],
    );
}

#[test]
fn a_password_that_will_not_do_says_so_beside_its_field() {
    let mut page = account(vec![]);
    page.typed.refuse("new", "It must have at least 12 characters.");
    let html = rendered("own-wrong", "/account/password", &Accounts::Account(Box::new(page)));
    says(&html, &["It must have at least 12 characters."]);
    contains(&html, &["aria-describedby=\"password-new-wrong\"", "id=\"password-new-wrong\""]);
    assert_eq!(body(&html).matches("aria-invalid=\"true\"").count(), 1);
}

#[test]
fn who_must_choose_a_password_sees_the_form_and_nothing_of_the_board() {
    let html = choose("ann", &Typed::default(), &assets(), Some("dark".into()));
    keep("accounts-choose", &html);
    says(&html, &["Choose a password", "ann, your password was made by somebody else.", "Sign out"]);
    assert!(!html.contains("<script") && !html.contains("/admin/"), "{html}");
    let page = Login { why: Some("idle for 8 h".into()), name: "ann".into(), ..Login::default() };
    keep("accounts-login", &login(&page, &assets()));
    let wrong = Some("Name or password is wrong.".into());
    keep("accounts-login-wrong", &login(&Login { wrong, ..page }, &assets()));
}

#[test]
fn users_and_tokens() {
    let html = rendered("users", Page::USERS, &Accounts::Users(Box::new(users())));
    says(
        &html,
        &[
            "4 users",
            "admin (you)",
            "The last admin: somebody must be left who administers.",
            "You can’t disable yourself.",
            "must choose a password",
            "Disable ann? They are signed out everywhere at once",
            "Don’t",
            "1 good token",
            "Revoke ci?",
            "never",
        ],
    );
    says_not(&html, &["Disable admin?", "Revoke old grafana?", "Disable Zoë"]);
    contains(
        &html,
        &[
            "action=\"/admin/users/2\"",
            "action=\"/admin/tokens/id-ci\"",
            "name=\"do\" value=\"disable\"",
            "<option value=\"operator\" selected",
            "min=\"1\" max=\"3650\"",
        ],
    );
    assert_eq!(open_panels(&html), 0, "nothing is open unless something was refused");
}

#[test]
fn a_secret_is_shown_with_what_to_do_with_it() {
    let mut page = users();
    page.secret = Some(Secret::Password { name: "bob".into(), password: SECRET.into() });
    let html = rendered("users-password", Page::USERS, &Accounts::Users(Box::new(page.clone())));
    says(&html, &["The password of bob", SECRET, "It is shown this once."]);
    let (name, origin) = ("ci".to_owned(), "https://bell.example.com".to_owned());
    page.secret = Some(Secret::Token { name, token: "cb_secret".into(), scope: Scope::Ingest, origin });
    let html = rendered("users-token", "/admin/tokens", &Accounts::Users(Box::new(page)));
    contains(&html, &["Bearer cb_secret", "https://bell.example.com/api/admin/processing/store-event"]);
}

#[test]
fn what_was_refused_is_said_where_it_was_asked_and_keeps_what_was_typed() {
    let mut page = users();
    page.refused = Some(("2".into(), "Nothing was changed.".into()));
    page.add.values = vec![("name", "a  b".into()), ("role", "admin".into())];
    page.add.refuse("name", "It may have letters.");
    page.create.values = vec![("days", "0".into())];
    page.create.refuse("days", "It must be a whole number from 1 to 3650.");
    let html = rendered("users-wrong", Page::USERS, &Accounts::Users(Box::new(page)));
    assert_eq!(open_panels(&html), 1);
    says(
        &html,
        &["Nothing was changed.", "It may have letters.", "It must be a whole number from 1 to 3650."],
    );
    contains(&html, &["value=\"a  b\"", "aria-describedby=\"user-name-wrong\"", "value=\"0\""]);
}

#[test]
fn lists_of_users_and_tokens_are_bounded_and_may_be_empty() {
    let mut page = Users::default();
    says(
        &rendered("users-empty", Page::USERS, &Accounts::Users(Box::new(page.clone()))),
        &["0 users", "No program has a token yet."],
    );
    page.users = (0..1_200).map(|n| user(&n.to_string(), "u", Role::Viewer)).collect();
    page.tokens = (0..400).map(|_| token("t", TokenState::Expired)).collect();
    let html = rendered("users-bounded", Page::USERS, &Accounts::Users(Box::new(page)));
    assert!(html.matches("<tr").count() <= 1_000 + 50 + 2);
}

fn line(action: &str, outcome: &str) -> AuditLine {
    AuditLine {
        at: NOW - MINUTE,
        who: "admin".into(),
        role: "admin".into(),
        address: "192.0.2.7".into(),
        action: action.into(),
        subject: "ann".into(),
        outcome: outcome.into(),
        before: Some("viewer".into()),
        after: Some("operator".into()),
    }
}

#[test]
fn the_audit_log_in_words() {
    let (filter, errors) = AuditFilter::read("who=admin&action=warp&before=9");
    let rows = vec![line("user_role", "done"), line("sign_in", "wrong"), line("later", "done")];
    let page = Audit { filter, errors, rows, next: Some(1_795_209_000_000_000_001) };
    let html = rendered("audit", "/admin/audit?who=admin&before=9", &Accounts::Audit(Box::new(page)));
    says(
        &html,
        &[
            "changed a role",
            "viewer → operator",
            "sign-in refused: wrong",
            "later",
            "“warp”: Not an action that is written down",
            "3 lines, newest first",
            "Older",
            "Newest",
        ],
    );
    contains(
        &html,
        &[
            "href=\"/admin/audit?who=admin&amp;before=1795209000000000001\"",
            "href=\"/api/audit.csv?who=admin\"",
            "<option value=\"token_revoke\"",
        ],
    );
}

#[test]
fn an_audit_log_with_nothing_to_show() {
    let page = Audit::default();
    says(&rendered("audit-empty", Page::AUDIT, &Accounts::Audit(Box::new(page))), &["No line is like that."]);
    let page = Audit { next: Some(5), ..Audit::default() };
    let html = rendered("audit-searched", Page::AUDIT, &Accounts::Audit(Box::new(page)));
    says(&html, &["None of those looked at is like that.", "Search further"]);
}
