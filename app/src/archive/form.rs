//! Filter forms: plain GET forms, whose fields say what is wrong with them and keep what was given.

use super::query::FilterError;
use crate::view::{Part, part};
use leptos::prelude::*;

/// A form that is being filled with what was asked and what was not understood.
pub(crate) struct Form<'a> {
    errors: &'a [FilterError],
    names: Vec<&'static str>,
    fields: Vec<Part>,
}

impl<'a> Form<'a> {
    /// Without fields.
    pub(crate) fn new(errors: &'a [FilterError]) -> Self {
        Self { errors, names: Vec::new(), fields: Vec::new() }
    }

    fn error(&self, field: &str) -> Option<&'a FilterError> {
        self.errors.iter().find(|error| error.field == field)
    }

    /// A field with its label, and under it what is wrong.
    fn add(&mut self, class: &'static str, field: &'static str, label: String, input: Part) {
        let message = self.error(field).map(|error| {
            let given =
                if error.given.is_empty() { String::new() } else { format!("“{}”: ", error.given) };
            let (words, id) = (format!("{given}{}", error.message), format!("wrong-{field}"));
            view! { <span class="wrong bad" id=id>{words}</span> }
        });
        let id = format!("ask-{field}");
        self.names.push(field);
        self.fields.push(part(view! {
            <div class=class><label for=id>{label}</label>{input}{message}</div>
        }));
    }

    /// An input of this type. Of a wrong date nothing can stand in a field for dates; it stands in the message.
    pub(crate) fn input(
        &mut self,
        kind: &'static str,
        field: &'static str,
        label: impl Into<String>,
        value: Option<String>,
        most: usize,
    ) {
        let wrong = self.error(field);
        let kept = wrong.filter(|_| !kind.starts_with("date")).map(|error| error.given.clone());
        let value = value.or(kept).unwrap_or_default();
        let (invalid, described) = (wrong.map(|_| "true"), wrong.map(|_| format!("wrong-{field}")));
        let (id, most) = (format!("ask-{field}"), most.to_string());
        let class = if kind == "search" { "ask wide" } else { "ask" };
        let step = (kind == "datetime-local").then_some("1");
        let input = part(view! {
            <input type=kind name=field id=id value=value maxlength=most step=step autocomplete="off" aria-invalid=invalid aria-describedby=described />
        });
        self.add(class, field, label.into(), input);
    }

    /// One of several words; the first is for any.
    pub(crate) fn choice(
        &mut self,
        field: &'static str,
        label: impl Into<String>,
        any: &'static str,
        options: Vec<(String, String)>,
        chosen: Option<&str>,
    ) {
        let wrong = self.error(field);
        let (invalid, described) = (wrong.map(|_| "true"), wrong.map(|_| format!("wrong-{field}")));
        let mut all = vec![(String::new(), any.to_owned())];
        all.extend(options);
        let options: Vec<Part> = all
            .into_iter()
            .map(|(value, words)| {
                let selected = chosen.unwrap_or_default() == value;
                part(view! { <option value=value selected=selected>{words}</option> })
            })
            .collect();
        let id = format!("ask-{field}");
        let input = part(view! {
            <select name=field id=id aria-invalid=invalid aria-describedby=described>{options}</select>
        });
        self.add("ask", field, label.into(), input);
    }

    /// The form with its button; `all` leads to what is shown unasked, where something is asked.
    pub(crate) fn finish(
        self,
        address: &'static str,
        label: &'static str,
        verb: &'static str,
        all: Option<(&'static str, &'static str)>,
    ) -> Part {
        let all = all.map(|(address, words)| view! { <a class="link" href=address>{words}</a> });
        // Wrong in the address, and without a field here.
        let others = self.errors.iter().filter(|error| !self.names.contains(&error.field));
        let others: Vec<Part> = others
            .map(|error| {
                let words = format!("{}: “{}”: {}", error.field, error.given, error.message);
                part(view! { <p class="wrong bad">{words}</p> })
            })
            .collect();
        part(view! {
            <form class="filter" method="get" action=address role="search" aria-label=label>
                {self.fields}
                <div class="send"><button type="submit">{verb}</button>{all}</div>
                {others}
            </form>
        })
    }
}
