//! The pages for whoever may not see the board: documents of their own, without script or snapshot.

use super::account::password;
use super::fields::Typed;
use crate::location::at;
use crate::shell::Assets;
use crate::view::{Part, escaped, part};
use leptos::prelude::*;

/// What the page says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Login {
    /// Where to go afterwards: an address of ours.
    pub to: String,
    /// Why somebody was signed out: "idle for 8 h".
    pub why: Option<String>,
    /// Why somebody was not signed in.
    pub wrong: Option<String>,
    /// The name that was typed.
    pub name: String,
    /// The viewer's theme.
    pub theme: Option<String>,
    /// A label for this environment.
    pub environment: Option<String>,
}

/// A document without script: whoever gets it may not see the board.
fn bare(
    title: &str,
    theme: Option<String>,
    environment: Option<String>,
    assets: &Assets,
    content: Part,
) -> String {
    let fonts = assets.fonts.clone().into_iter().map(|font| {
        view! { <link rel="preload" href=font r#as="font" r#type="font/woff2" crossorigin="anonymous" /> }
    });
    let fonts = fonts.collect_view();
    let sheets = [assets.css.clone(), assets.archive.clone()].into_iter().filter(|sheet| !sheet.is_empty());
    let sheets = sheets.map(|sheet| view! { <link rel="stylesheet" href=sheet /> }).collect_view();
    let environment = environment.map(|label| view! { <span class="env">{label}</span> });
    let title = escaped(&format!("{title} · Closing Bell"));
    let document = part(view! {
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title inner_html=title></title>
                {fonts}
                {sheets}
            </head>
            <body>
                <header class="bar"><span class="name">"Closing Bell"</span>{environment}</header>
                {content}
            </body>
        </html>
    });
    format!("<!DOCTYPE html>{}", document.to_html().replace("<!>", ""))
}

/// The document for somebody who may not see what was asked for.
#[must_use]
pub fn refused(words: &str, assets: &Assets) -> String {
    let (words, home) = (words.to_owned(), at("/"));
    let content = part(view! {
        <main class="login">
            <h1>"Not for you"</h1>
            <p class="say">{words}" An admin can give it to you."</p>
            <p><a class="link" href=home>"Tonight’s run"</a></p>
        </main>
    });
    bare("Not for you", None, None, assets, content)
}

/// The document for somebody who must choose a password before they see anything.
#[must_use]
pub fn choose(name: &str, typed: &Typed, assets: &Assets, theme: Option<String>) -> String {
    let words =
        format!("{name}, your password was made by somebody else. Choose one that only you know, and go on.");
    let content = part(view! {
        <main class="login">
            <h1>"Choose a password"</h1>
            <p class="say">{words}</p>
            {password(typed, true)}
            <form method="post" action="/logout"><button type="submit">"Sign out"</button></form>
        </main>
    });
    bare("Choose a password", theme, None, assets, content)
}

/// The whole document.
#[must_use]
pub fn login(page: &Login, assets: &Assets) -> String {
    let Login { to, why, wrong, name, theme, environment } = page.clone();
    let out = why.map(|why| view! { <p class="say">{format!("You are signed out ({why}).")}</p> });
    let told = wrong.clone().map(|wrong| view! { <p class="wrong bad" id="wrong" role="alert">{wrong}</p> });
    let (invalid, described) = (wrong.as_ref().map(|_| "true"), wrong.as_ref().map(|_| "wrong"));
    let named = !name.is_empty();
    let action = at("/login");
    let content = part(view! {
                <main class="login">
                    <h1>"Sign in"</h1>
                    {out}
                    <form method="post" action=action>
                        {told}
                        <input type="hidden" name="to" value=to />
                        <label for="name">"Name"</label>
                        <input id="name" name="name" value=name autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64" required autofocus=!named aria-invalid=invalid aria-describedby=described />
                        <label for="password">"Password"</label>
                        <input id="password" name="password" type="password" autocomplete="current-password" maxlength="200" required autofocus=named aria-invalid=invalid aria-describedby=described />
                        <label class="check"><input type="checkbox" name="stays" value="yes" />" Stay signed in for 30 days, for a screen on a wall"</label>
                        <button type="submit">"Sign in"</button>
                    </form>
                </main>
    });
    bare("Sign in", theme, environment, assets, content)
}
