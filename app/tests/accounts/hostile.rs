//! Whatever somebody types, or a browser says of itself, it stays text.

use crate::{NOW, account, assets, body, rendered, sign_in, token, user, users};
use app::accounts::{Accounts, Audit, AuditFilter, AuditLine, Secret, TokenRow, TokenState, Typed, choose};
use app::location::Page;
use domain::permission::{Role, Scope};

/// Leads out of text, of an attribute and of a script, if anything lets it.
const HOSTILE: &str = "</td><script>alert('x')</script>\"'><img src=x onerror=alert(1)>&amp;";

fn harmless(html: &str) {
    for markup in ["<script>alert", "<img", "\"'><", "onerror=alert(1)>", " style="] {
        assert!(!body(html).contains(markup), "{markup} in {html}");
    }
}

#[test]
fn nothing_that_was_typed_becomes_markup() {
    harmless(&choose(HOSTILE, &Typed::default(), &assets(), None));
    let mut own = account(vec![sign_in(HOSTILE, HOSTILE, false)]);
    (own.name, own.sign_ins[0].address) = (HOSTILE.into(), HOSTILE.into());
    own.typed.refuse("new", HOSTILE);
    harmless(&rendered("own-hostile", Page::ACCOUNT, &Accounts::Account(Box::new(own))));

    let mut page = users();
    page.users = vec![user(HOSTILE, HOSTILE, Role::Admin), user("2", HOSTILE, Role::Viewer)];
    page.tokens = vec![TokenRow { made_by: HOSTILE.into(), ..token(HOSTILE, TokenState::Good) }];
    page.add.values = vec![("name", HOSTILE.into()), ("role", HOSTILE.into())];
    page.refused = Some(("2".into(), HOSTILE.into()));
    page.secret = Some(Secret::Token {
        name: HOSTILE.into(),
        token: HOSTILE.into(),
        scope: Scope::Read,
        origin: HOSTILE.into(),
    });
    harmless(&rendered("users-hostile", Page::USERS, &Accounts::Users(Box::new(page))));

    let text = || HOSTILE.to_owned();
    let row = AuditLine {
        who: text(),
        role: text(),
        address: text(),
        action: text(),
        subject: text(),
        outcome: text(),
        before: Some(text()),
        after: Some(text()),
        at: NOW,
    };
    let (filter, errors) =
        AuditFilter::read("q=%3Cscript%3Ealert&action=%3Cscript%3Ealert&from=%22%3E%3Cimg");
    let page = Audit { filter, errors, rows: vec![row], next: None };
    harmless(&rendered("audit-hostile", Page::AUDIT, &Accounts::Audit(Box::new(page))));
}
