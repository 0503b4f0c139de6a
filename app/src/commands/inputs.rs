//! Fields of forms that ask for something: each keeps what was filled in, and says beside it what is wrong.

use crate::view::{Part, part};
use domain::command::Invalid;
use leptos::prelude::*;

/// Words of a choice: the value, and what it says.
pub(crate) type Words = Vec<(&'static str, String)>;

/// What was filled in, and the field that will not do.
#[derive(Clone, Copy)]
pub(crate) struct Inputs<'a> {
    pub(crate) given: &'a [(String, String)],
    pub(crate) wrong: Option<&'a Invalid>,
}

impl Inputs<'_> {
    /// What was filled in.
    pub(crate) fn value(&self, name: &str) -> &str {
        let found = self.given.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// The same, and something else where nothing was.
    fn value_or(&self, field: &str, otherwise: &str) -> String {
        let given = self.given.iter().any(|(name, _)| name == field);
        if given { self.value(field) } else { otherwise }.to_owned()
    }

    /// What is wrong with a field.
    fn wrong(&self, field: &str) -> Option<Part> {
        let wrong = self.wrong.filter(|wrong| wrong.field == field)?;
        let (id, words) = (format!("wrong-{field}"), format!("It {}.", wrong.message));
        Some(part(view! { <span class="wrong bad" id=id>{words}</span> }))
    }

    /// What is wrong with a field that cannot be seen.
    pub(crate) fn stray(&self, seen: &[&str]) -> Part {
        let wrong = self.wrong.filter(|wrong| !seen.contains(&wrong.field.as_str()));
        let words = wrong.map(|wrong| format!("{} {}.", wrong.field, wrong.message));
        words.map_or_else(
            || ().into_any(),
            |words| part(view! { <p class="wrong bad" role="alert">{words}</p> }),
        )
    }

    fn described(&self, field: &str) -> (Option<&'static str>, Option<String>) {
        let wrong = self.wrong.is_some_and(|wrong| wrong.field == field);
        (wrong.then_some("true"), wrong.then(|| format!("wrong-{field}")))
    }

    /// A line of text.
    pub(crate) fn text(
        &self,
        field: &'static str,
        label: &'static str,
        otherwise: &str,
        most: u32,
        class: &'static str,
    ) -> Part {
        let value = self.value_or(field, otherwise);
        let (invalid, described) = self.described(field);
        let id = format!("ask-{field}");
        part(view! {
            <div class=class>
                <label for=id.clone()>{label}</label>
                <input type="text" name=field id=id value=value maxlength=most.to_string() autocomplete="off" autocapitalize="none" spellcheck="false" aria-invalid=invalid aria-describedby=described />
                {self.wrong(field)}
            </div>
        })
    }

    /// Why: a line that must be written.
    pub(crate) fn note(&self, field: &'static str, label: &'static str, most: usize) -> Part {
        let (invalid, described) = self.described(field);
        let id = format!("ask-{field}");
        part(view! {
            <div class="ask wide">
                <label for=id.clone()>{label}</label>
                <input type="text" name=field id=id value=self.value(field).to_owned() maxlength=most.to_string() required autofocus autocomplete="off" aria-invalid=invalid aria-describedby=described />
                {self.wrong(field)}
            </div>
        })
    }

    /// A whole number.
    pub(crate) fn number(
        &self,
        field: &'static str,
        label: &'static str,
        otherwise: &str,
        most: u32,
    ) -> Part {
        let value = if self.value(field).is_empty() { otherwise } else { self.value(field) }.to_owned();
        let (invalid, described) = self.described(field);
        let id = format!("ask-{field}");
        part(view! {
            <div class="ask">
                <label for=id.clone()>{label}</label>
                <input type="number" name=field id=id value=value min="1" max=most.to_string() aria-invalid=invalid aria-describedby=described />
                {self.wrong(field)}
            </div>
        })
    }

    /// A time of day.
    pub(crate) fn time(&self, field: &'static str, label: &'static str, otherwise: &str) -> Part {
        let value = self.value_or(field, otherwise);
        let (invalid, described) = self.described(field);
        let id = format!("ask-{field}");
        part(view! {
            <div class="ask">
                <label for=id.clone()>{label}</label>
                <input type="time" name=field id=id value=value required aria-invalid=invalid aria-describedby=described />
                {self.wrong(field)}
            </div>
        })
    }

    /// Some of several.
    pub(crate) fn boxes(&self, field: &'static str, label: &'static str, words: Words) -> Part {
        // One that was asked for in an address may have them between commas.
        let given = self.given.iter().filter(|(known, _)| known == field);
        let given: Vec<&str> = given.flat_map(|(_, value)| value.split(',')).map(str::trim).collect();
        let one = |(value, words): (&'static str, String)| {
            let id = format!("ask-{field}-{value}");
            let checked = given.contains(&value);
            view! { <span><input type="checkbox" name=field id=id.clone() value=value checked=checked /><label for=id>{words}</label></span> }
        };
        let all = words.into_iter().map(one).collect_view();
        part(view! {
            <fieldset class="ask wide boxes"><legend>{label}</legend>{all}{self.wrong(field)}</fieldset>
        })
    }

    /// Yes or no.
    pub(crate) fn tick(&self, field: &'static str, label: &'static str) -> Part {
        let id = format!("ask-{field}");
        let checked = matches!(self.value(field), "on" | "true" | "1" | "yes");
        part(view! {
            <div class="ask wide boxes">
                <span><input type="checkbox" name=field id=id.clone() checked=checked /><label for=id>{label}</label></span>
                {self.wrong(field)}
            </div>
        })
    }

    /// One of several.
    pub(crate) fn choice(
        &self,
        field: &'static str,
        label: &'static str,
        words: Words,
        otherwise: &str,
    ) -> Part {
        let (invalid, described) = self.described(field);
        let chosen = if self.value(field).is_empty() { otherwise } else { self.value(field) };
        let option = |(value, words): (&'static str, String)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{words}</option> }
        };
        let options = words.into_iter().map(option).collect_view();
        let id = format!("ask-{field}");
        part(view! {
            <div class="ask">
                <label for=id.clone()>{label}</label>
                <select name=field id=id aria-invalid=invalid aria-describedby=described>{options}</select>
                {self.wrong(field)}
            </div>
        })
    }
}
