//! `/admin/users`: people, and below them programs.
//!
//! What can be done with one stands behind its row and opens without script. What can't be done is a sentence and no button.

use super::account::told;
use super::fields::{Fields, Kind, Typed, options};
use super::tokens::{self, TokenRow};
use crate::archive::Facts;
use crate::archive::parts::{heading, number};
use crate::format::{count, plural};
use crate::forms::Step;
use crate::location::Page;
use crate::view::{Part, part};
use domain::permission::{Role, Scope};
use domain::time::Millis;
use leptos::prelude::*;

/// Most users that are listed: as many as there may be.
const ROWS: usize = 1_000;
/// Words of all roles.
const ROLES: [&str; 3] = ["viewer", "operator", "admin"];

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// Never changes.
    pub id: String,
    /// As it is shown.
    pub name: String,
    /// What they may.
    pub role: Role,
    /// Since when.
    pub since: Millis,
    /// They may not sign in.
    pub disabled: bool,
    /// They must choose a password before anything else.
    pub must_change: bool,
}

/// What is shown once, in the answer to its making, and never again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Secret {
    /// A password that was made.
    Password {
        /// Whose.
        name: String,
        /// It.
        password: String,
    },
    /// A token that was made.
    Token {
        /// What it is for.
        name: String,
        /// It.
        token: String,
        /// What it may.
        scope: Scope,
        /// The server's own address, as a browser has it.
        origin: String,
    },
}

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct Users {
    /// The id of whoever looks.
    pub me: String,
    /// Everybody, by name.
    pub users: Vec<UserRow>,
    /// Programs, the newest first.
    pub tokens: Vec<TokenRow>,
    /// The form for another user.
    pub add: Typed,
    /// The form for another token.
    pub create: Typed,
    /// Why something was not done with a user: their id, and a sentence.
    pub refused: Option<(String, String)>,
    /// What is shown once.
    pub secret: Option<Secret>,
    /// What was just done.
    pub done: Option<&'static str>,
}

impl Users {
    /// Whether nobody would administer without this one.
    fn is_last(&self, user: &UserRow) -> bool {
        let administers = |user: &UserRow| user.role == Role::Admin && !user.disabled;
        administers(user) && self.users.iter().filter(|user| administers(user)).count() == 1
    }
}

pub(super) fn page(page: &Users, facts: &Facts) -> Part {
    let many = number(page.users.len());
    let shown = format!("{} {}", count(many), plural(many, "user"));
    let rows: Vec<Part> = page.users.iter().take(ROWS).map(|user| row(page, user, facts)).collect();
    part(view! {
        {heading("Users", "Who may see, run and manage: people by their role, programs by their token.")}
        {page.done.map(told)}
        {page.secret.as_ref().map(secret)}
        <section class="past users">
            <div class="head rule"><h2>"People"</h2><span class="quiet">{shown}</span></div>
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col">"Since"</th>
                        <th scope="col">"State"</th>
                        <th scope="col"><span class="spoken">"Change"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {add(&page.add)}
        </section>
        {tokens::section(page, facts)}
    })
}

fn row(page: &Users, user: &UserRow, facts: &Facts) -> Part {
    let me = user.id == page.me;
    let you = me.then(|| view! { <span class="quiet">" (you)"</span> });
    let state = match (user.disabled, user.must_change) {
        (true, _) => "disabled",
        (false, true) => "must choose a password",
        (false, false) => "may sign in",
    };
    let refused = page.refused.as_ref().filter(|(id, _)| *id == user.id).map(|(_, words)| words.clone());
    let open = refused.is_some();
    let refused = refused.map(|words| view! { <p class="wrong bad" role="alert">{words}</p> });
    let address = format!("{}/{}", Page::USERS, user.id);
    let spoken = format!("Change {}", user.name);
    part(view! {
        <tr>
            <th scope="row">{user.name.clone()}{you}</th>
            <td class="role">{user.role.word()}</td>
            <td class="since"><span class="narrow-only">"since "</span>{facts.when(user.since)}</td>
            <td class="state" class:bad=user.disabled>{state}</td>
            <td class="does">
                <details class="panel" open=open>
                    <summary class="link" aria-label=spoken>"Change…"</summary>
                    <div class="tasks">
                        {refused}
                        {role_form(page, user, &address)}
                        {password_step(user, me, &address)}
                        {door(page, user, me, address)}
                    </div>
                </details>
            </td>
        </tr>
    })
}

fn role_form(page: &Users, user: &UserRow, address: &str) -> Part {
    if page.is_last(user) {
        return part(
            view! { <p class="quiet">"The last admin: somebody must be left who administers. Make another one first."</p> },
        );
    }
    let (address, id) = (address.to_owned(), format!("role-{}", user.id));
    part(view! {
        <form method="post" action=address class="line">
            <label for=id.clone()>"Role"</label>
            <select name="role" id=id>{options(&ROLES, user.role.word())}</select>
            <button type="submit" name="do" value="role">"Change role"</button>
        </form>
    })
}

fn password_step(user: &UserRow, me: bool, address: &str) -> Part {
    if me {
        return part(
            view! { <p><a class="link" href="/account?choose=1">"Your own password"</a>" is chosen on the page of your account."</p> },
        );
    }
    Step {
        opens: "New password…",
        question: format!("Give {} a new password?", user.name),
        means: "It is shown once, must be changed, and ends the sign-ins that there are.",
        verb: format!("Give {} a new password", user.name),
        address: address.to_owned(),
        task: "password",
        home: Page::USERS,
    }
    .view()
}

/// Whether one may come in.
fn door(page: &Users, user: &UserRow, me: bool, address: String) -> Option<Part> {
    if user.disabled {
        return Some(part(view! {
            <form method="post" action=address class="line">
                <button type="submit" name="do" value="enable">{format!("Enable {}", user.name)}</button>
            </form>
        }));
    }
    if me {
        return Some(part(view! { <p class="quiet">"You can’t disable yourself."</p> }));
    }
    // Of the last admin it was said above.
    let step = Step {
        opens: "Disable…",
        question: format!("Disable {}?", user.name),
        means: "They are signed out everywhere at once, and can’t sign in until they are enabled.",
        verb: format!("Disable {}", user.name),
        address,
        task: "disable",
        home: Page::USERS,
    };
    (!page.is_last(user)).then(|| step.view())
}

fn add(typed: &Typed) -> Part {
    let fields = Fields::new("user", typed);
    let name = Kind { of: "text", fill: "off", most: 64, ..Kind::default() };
    part(view! {
        <form method="post" action=Page::USERS class="change" aria-label="Add a user">
            {fields.input("name", "Name to sign in with", name)}
            {fields.choice("role", "Role", &ROLES, "viewer")}
            <div class="send"><button type="submit">"Add user"</button></div>
        </form>
    })
}

/// What is shown once.
fn secret(secret: &Secret) -> Part {
    match secret {
        Secret::Password { name, password } => part(view! {
            <section class="secret" role="status">
                <h2>{format!("The password of {name}")}</h2>
                <p><code>{password.clone()}</code></p>
                <p>"It is shown this once. Tell it to them; it must be changed when they sign in."</p>
            </section>
        }),
        Secret::Token { name, token, scope, origin } => {
            let example = tokens::example(*scope, token, origin);
            part(view! {
                <section class="secret" role="status">
                    <h2>{format!("The token {name}")}</h2>
                    <p><code>{token.clone()}</code></p>
                    <p>"It is shown this once. Keep it where secrets are kept. So it is used:"</p>
                    <p><code>{example}</code></p>
                </section>
            })
        }
    }
}
