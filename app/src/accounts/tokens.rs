//! Programs, on the page of users: what they hold, what it is good for, and one more of them.

use super::fields::{Fields, Kind, Typed};
use super::users::Users;
use crate::archive::Facts;
use crate::archive::parts::{nothing, number};
use crate::format::{count, plural};
use crate::forms::Step;
use crate::location::Page;
use crate::view::{Part, part};
use domain::permission::Scope;
use domain::time::Millis;
use leptos::prelude::*;

/// Most good tokens that are listed: as many as there may be.
const GOOD: usize = 500;
/// Most that are over.
const OVER: usize = 50;
/// Words of all scopes.
const SCOPES: [&str; 3] = ["read", "operate", "ingest"];

/// How a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// It is taken.
    Good,
    /// Its time is over.
    Expired,
    /// It was revoked.
    Revoked,
}

/// A program's right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// Never changes; no secret.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What it may; `None`: nothing that is known.
    pub scope: Option<Scope>,
    /// Who made it.
    pub made_by: String,
    /// Since when.
    pub since: Millis,
    /// When it ends.
    pub until: Millis,
    /// When it was used last.
    pub used: Option<Millis>,
    /// How it is.
    pub state: TokenState,
}

pub(super) fn section(page: &Users, facts: &Facts) -> Part {
    let of = |good: bool| page.tokens.iter().filter(move |token| (token.state == TokenState::Good) == good);
    let listed = of(true).take(GOOD).chain(of(false).take(OVER));
    let rows: Vec<Part> = listed.map(|token| row(token, facts)).collect();
    let many = number(of(true).count());
    let shown = format!("{} good {}", count(many), plural(many, "token"));
    let table = if rows.is_empty() {
        nothing("No program has a token yet.")
    } else {
        part(view! {
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Scope"</th>
                        <th scope="col">"Made by"</th>
                        <th scope="col">"Since"</th>
                        <th scope="col">"Ends"</th>
                        <th scope="col">"Last used"</th>
                        <th scope="col">"State"</th>
                        <th scope="col"><span class="spoken">"Revoke"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        })
    };
    part(view! {
        <section class="past tokens">
            <div class="head rule"><h2>"Tokens"</h2><span class="quiet">{shown}</span></div>
            {table}
            {create(&page.create)}
        </section>
    })
}

fn row(token: &TokenRow, facts: &Facts) -> Part {
    let good = token.state == TokenState::Good;
    let state = match token.state {
        TokenState::Good => "good",
        TokenState::Expired => "expired",
        TokenState::Revoked => "revoked",
    };
    let used = token.used.map_or_else(|| "never".to_owned(), |used| facts.when(used));
    let revoke = good.then(|| {
        Step {
            opens: "Revoke…",
            question: format!("Revoke {}?", token.name),
            means: "Whatever uses it is refused at once, and it can’t be had back.",
            verb: format!("Revoke {}", token.name),
            address: format!("{}/{}", Page::TOKENS, token.id),
            task: "revoke",
            home: Page::USERS,
        }
        .view()
    });
    part(view! {
        <tr class:over=!good>
            <th scope="row">{token.name.clone()}</th>
            <td class="role">{token.scope.map_or("unknown", Scope::word)}</td>
            <td class="by">{token.made_by.clone()}</td>
            <td class="since">{facts.when(token.since)}</td>
            <td class="until"><span class="narrow-only">"ends "</span>{facts.when(token.until)}</td>
            <td class="used"><span class="narrow-only">"used "</span>{used}</td>
            <td class="state">{state}</td>
            <td class="does">{revoke}</td>
        </tr>
    })
}

fn create(typed: &Typed) -> Part {
    let fields = Fields::new("token", typed);
    let name = Kind { of: "text", fill: "off", most: 64, ..Kind::default() };
    let days = Kind { of: "number", fill: "off", most: 3_650, value: "90", ..Kind::default() };
    part(view! {
        <form method="post" action=Page::TOKENS class="change" aria-label="Make a token">
            {fields.input("name", "What it is for", name)}
            {fields.choice("scope", "Scope", &SCOPES, "read")}
            {fields.input("days", "Days until it ends", days)}
            <div class="send"><button type="submit">"Make token"</button></div>
        </form>
        <p class="quiet">"read: sees what a viewer sees. operate: also runs, cancels and retries. ingest: posts events, and sees nothing."</p>
    })
}

/// A command that uses a token.
pub(super) fn example(scope: Scope, token: &str, origin: &str) -> String {
    let bearer = format!("curl -H 'Authorization: Bearer {token}'");
    match scope {
        Scope::Read | Scope::Operate => format!("{bearer} '{origin}/api/processing/daily/status'"),
        Scope::Ingest => {
            format!("{bearer} --data-binary @event.json '{origin}/api/admin/processing/store-event'")
        }
    }
}
