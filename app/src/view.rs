//! The moving parts of a page, in few types.
//!
//! A view is a type, and every closure in it makes another one: ten regions written freely are two megabytes of WASM. Here the
//! parts that move have one type each (a text, a flag, a place that may be empty, a list), so that their code exists once.
//! What is drawn is text as well: an SVG that changes as a whole is written as a string ([`text`] as `inner_html`).

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use std::sync::Arc;

/// A part of a page whose type is forgotten.
pub type Part = AnyView;

type Read<T> = Arc<dyn Fn() -> T + Send + Sync>;

/// A text that follows what it reads.
pub fn text(read: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    signal(Arc::new(read))
}

/// A yes or no that follows what it reads.
pub fn flag(read: impl Fn() -> bool + Send + Sync + 'static) -> Signal<bool> {
    signal(Arc::new(read))
}

fn signal<T: Send + Sync + 'static>(read: Read<T>) -> Signal<T> {
    Signal::derive(move || read())
}

/// A value that is worked out when what it reads has changed, and told on only when it differs.
pub fn memo<T: PartialEq + Send + Sync + 'static>(read: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    memo_of(Arc::new(read))
}

fn memo_of<T: PartialEq + Send + Sync + 'static>(read: Read<T>) -> Memo<T> {
    Memo::new(move |_| read())
}

/// What a component or a place of a page shows. Its wrapper is taken off first: with it, each element's code is there twice.
pub fn part<V: RenderHtml + Send + 'static>(view: View<V>) -> Part
where
    V::Owned: Send,
{
    view.into_inner().into_any()
}

/// A place that is there while `shown` says so.
pub fn when<V: RenderHtml + Send + 'static>(
    shown: impl Fn() -> bool + Send + Sync + 'static,
    there: impl Fn() -> View<V> + Send + Sync + 'static,
) -> Part
where
    V::Owned: Send,
{
    place(memo(shown), Arc::new(move || part(there())))
}

fn place(shown: Memo<bool>, there: Read<Part>) -> Part {
    (move || shown.get().then(|| there())).into_any()
}

/// What a press of a button does.
pub type Press = Box<dyn FnMut(MouseEvent) + Send + Sync>;

/// Does this when pressed.
pub fn press(mut act: impl FnMut() + Send + Sync + 'static) -> Press {
    Box::new(move |_| act())
}

/// One of a list: what tells it from the others, and how it is made when it is new.
pub struct Row {
    key: String,
    make: Box<dyn FnOnce() -> Part + Send>,
}

/// A row under a key. `make` is called once, when the key is new.
#[expect(
    clippy::needless_pass_by_value,
    reason = "numbers and names alike; no caller needs its key afterwards"
)]
pub fn row<V: RenderHtml + Send + 'static>(
    key: impl ToString,
    make: impl FnOnce() -> View<V> + Send + 'static,
) -> Row
where
    V::Owned: Send,
{
    Row { key: key.to_string(), make: Box::new(move || part(make())) }
}

/// A list that keeps its rows: what stays is not made again, what is new or gone is put in or taken out.
pub fn rows(list: impl Fn() -> Vec<Row> + Send + Sync + 'static) -> Part {
    list_of(Arc::new(list))
}

fn list_of(list: Read<Vec<Row>>) -> Part {
    view! { <For each=move || list() key=|row| row.key.clone() children=|row| (row.make)() /> }.into_any()
}

/// Text as it may stand in a string of SVG.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_a_drawing() {
        assert_eq!(escaped(r#"<script>"a"&'b'"#), "&lt;script&gt;&quot;a&quot;&amp;'b'");
    }
}
