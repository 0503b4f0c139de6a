//! `/account`: who one is, one's password, and the browsers that are signed in.

use super::agent::in_words;
use super::fields::{Fields, Kind, Typed};
use crate::archive::Facts;
use crate::archive::parts::{heading, number};
use crate::format::{count, plural};
use crate::forms::button;
use crate::view::{Part, part};
use domain::permission::Role;
use domain::time::Millis;
use leptos::prelude::*;

/// Most sign-ins that are listed: as many as there may be.
const ROWS: usize = 50;

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSignIn {
    /// Its id; no secret.
    pub id: String,
    /// Since when.
    pub since: Millis,
    /// When it asked for something last.
    pub seen: Millis,
    /// From which address it was made.
    pub address: String,
    /// What the browser says of itself.
    pub agent: String,
    /// It is the one that asks.
    pub this: bool,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Account {
    /// The name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// Whether the cursor shall stand in the form for the password.
    pub choose: bool,
    /// What is wrong with the password that was chosen.
    pub typed: Typed,
    /// Browsers that are signed in, the newest first.
    pub sign_ins: Vec<OwnSignIn>,
    /// What was just done.
    pub done: Option<&'static str>,
}

pub(super) fn page(account: &Account, facts: &Facts) -> Part {
    let Account { name, role, .. } = account;
    let words = format!("{name}, {}: {}.", role.word(), may(*role));
    let done = account.done.map(told);
    let password = password(&account.typed, account.choose || !account.typed.wrong.is_empty());
    part(view! {
        {heading("Your account", words)}
        {done}
        <section class="account">
            <div class="head rule"><h2>"Password"</h2></div>
            {password}
        </section>
        {sign_ins(account, facts)}
    })
}

/// What was just done, in a line.
pub(super) fn told(words: &'static str) -> Part {
    part(view! { <p class="told" role="status">{words}</p> })
}

fn may(role: Role) -> &'static str {
    match role {
        Role::Viewer => "sees everything but users and the audit log",
        Role::Operator => "sees everything but users and the audit log, and runs, cancels and retries",
        Role::Admin => "sees everything, runs, schedules, and manages users and tokens",
    }
}

/// The form for one's password.
pub(super) fn password(typed: &Typed, first: bool) -> Part {
    let fields = Fields::new("password", typed);
    let kind = Kind { of: "password", fill: "new-password", most: 128, ..Kind::default() };
    let now = Kind { fill: "current-password", most: 200, first, ..kind };
    part(view! {
        <form method="post" action="/account/password" class="change">
            {fields.input("current", "Password until now", now)}
            {fields.input("new", "New password, 12 characters or more", kind)}
            {fields.input("again", "The new one again", kind)}
            <div class="send"><button type="submit" class="filled">"Choose this password"</button></div>
        </form>
        <p class="quiet">"A few words that you remember make a good one. Your other browsers are signed out."</p>
    })
}

fn sign_ins(account: &Account, facts: &Facts) -> Part {
    let rows: Vec<Part> = account.sign_ins.iter().take(ROWS).map(|one| row(one, facts)).collect();
    let many = number(rows.len());
    let shown = format!("{} {}", count(many), plural(many, "browser"));
    let others = account.sign_ins.iter().any(|one| !one.this);
    let all = others.then(|| {
        button("/account/sign-ins", Some(("all", "yes".to_owned())), "Sign out everywhere else", None)
    });
    part(view! {
        <section class="past signins">
            <div class="head rule"><h2>"Signed in"</h2><span class="quiet">{shown}</span></div>
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Browser"</th>
                        <th scope="col">"Address"</th>
                        <th scope="col">"Since"</th>
                        <th scope="col">"Last seen"</th>
                        <th scope="col"><span class="spoken">"Sign out"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            <div class="buttons">{all}{button("/logout", None, "Sign out", None)}</div>
        </section>
    })
}

fn row(one: &OwnSignIn, facts: &Facts) -> Part {
    let browser = in_words(&one.agent);
    let spoken = format!("Sign out {browser}, {}", one.address);
    let out = if one.this {
        part(view! { <span class="quiet">"this one"</span> })
    } else {
        button("/account/sign-ins", Some(("id", one.id.clone())), "Sign out", Some(spoken))
    };
    part(view! {
        <tr>
            <th scope="row" title=one.agent.clone()>{browser}</th>
            <td class="from">{one.address.clone()}</td>
            <td class="since"><span class="narrow-only">"since "</span>{facts.when(one.since)}</td>
            <td class="seen"><span class="narrow-only">"seen "</span>{facts.when(one.seen)}</td>
            <td class="does">{out}</td>
        </tr>
    })
}
