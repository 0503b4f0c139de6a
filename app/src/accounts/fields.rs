//! Forms that change something: fields that keep what was typed and say what is wrong with it, and the second step before what can't
//! be taken back.

use crate::view::{Part, part};
use leptos::prelude::*;

/// A field that will not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Its name in the form.
    pub field: &'static str,
    /// What is wrong with it: a sentence.
    pub message: String,
}

/// What was typed into a form, and what of it will not do. Passwords are never kept here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// Field by field.
    pub values: Vec<(&'static str, String)>,
    /// What will not do.
    pub wrong: Vec<Wrong>,
}

impl Typed {
    /// Notes that a field will not do.
    pub fn refuse(&mut self, field: &'static str, message: impl Into<String>) {
        self.wrong.push(Wrong { field, message: message.into() });
    }

    /// What was typed into a field.
    fn value(&self, field: &str) -> String {
        let found = self.values.iter().find(|(name, _)| *name == field);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

/// A form's fields; its name keeps their ids apart from those of another form on the page.
pub(super) struct Fields<'a> {
    form: &'static str,
    typed: &'a Typed,
}

/// What a field of text is like.
#[derive(Clone, Copy, Default)]
pub(super) struct Kind {
    /// The input's type.
    pub(super) of: &'static str,
    /// What the browser may fill in.
    pub(super) fill: &'static str,
    /// Most characters.
    pub(super) most: u32,
    /// Where the cursor is at first.
    pub(super) first: bool,
    /// What stands in it unless something was typed.
    pub(super) value: &'static str,
}

impl<'a> Fields<'a> {
    pub(super) fn new(form: &'static str, typed: &'a Typed) -> Self {
        Self { form, typed }
    }

    fn wrong(&self, field: &str) -> Option<String> {
        self.typed.wrong.iter().find(|wrong| wrong.field == field).map(|wrong| wrong.message.clone())
    }

    fn ids(&self, field: &str) -> (String, String) {
        (format!("{}-{field}", self.form), format!("{}-{field}-wrong", self.form))
    }

    /// The label, what takes the value, and under it what is wrong.
    fn around(&self, field: &'static str, label: &'static str, input: Part) -> Part {
        let (id, wrong_id) = self.ids(field);
        let wrong =
            self.wrong(field).map(|words| view! { <span class="wrong bad" id=wrong_id>{words}</span> });
        part(view! { <div class="ask"><label for=id>{label}</label>{input}{wrong}</div> })
    }

    /// A field of text that must be filled in.
    pub(super) fn input(&self, field: &'static str, label: &'static str, kind: Kind) -> Part {
        let (id, wrong_id) = self.ids(field);
        let wrong = self.wrong(field).is_some();
        let (invalid, described) = (wrong.then_some("true"), wrong.then_some(wrong_id));
        let typed = self.typed.value(field);
        let value = if typed.is_empty() { kind.value.to_owned() } else { typed };
        let value = (kind.of != "password").then_some(value);
        let bounds = (kind.of == "number").then_some(("1", kind.most.to_string())).unzip();
        let most = (kind.of != "number").then(|| kind.most.to_string());
        let input = part(view! {
            <input type=kind.of name=field id=id value=value maxlength=most min=bounds.0 max=bounds.1 autocomplete=kind.fill autocapitalize="none" spellcheck="false" required autofocus=kind.first aria-invalid=invalid aria-describedby=described />
        });
        self.around(field, label, input)
    }

    /// One of several words.
    pub(super) fn choice(
        &self,
        field: &'static str,
        label: &'static str,
        words: &[&'static str],
        chosen: &str,
    ) -> Part {
        let (id, wrong_id) = self.ids(field);
        let wrong = self.wrong(field).is_some();
        let (invalid, described) = (wrong.then_some("true"), wrong.then_some(wrong_id));
        let typed = self.typed.value(field);
        let chosen = if typed.is_empty() { chosen } else { &typed };
        let options = options(words, chosen);
        let input = part(view! {
            <select name=field id=id aria-invalid=invalid aria-describedby=described>{options}</select>
        });
        self.around(field, label, input)
    }
}

/// The words of a choice.
pub(super) fn options(words: &[&'static str], chosen: &str) -> Vec<Part> {
    let option = |word: &&'static str| {
        let selected = *word == chosen;
        part(view! { <option value=*word selected=selected>{*word}</option> })
    };
    words.iter().map(option).collect()
}

/// What can't be taken back: a line that opens, and in it what it means and the button that does it.
pub(crate) struct Step {
    /// "Disable…"
    pub(crate) opens: &'static str,
    /// "Disable ann?"
    pub(crate) question: String,
    /// What it means.
    pub(crate) means: &'static str,
    /// The verb and whom: "Disable ann".
    pub(crate) verb: String,
    /// Where it is posted to.
    pub(crate) address: String,
    /// And as what.
    pub(crate) task: &'static str,
    /// The page that is left as it is by "Don't".
    pub(crate) home: &'static str,
}

impl Step {
    pub(crate) fn view(self) -> Part {
        let Self { opens, question, means, verb, address, task, home } = self;
        part(view! {
            <details class="step">
                <summary class="link">{opens}</summary>
                <form method="post" action=address>
                    <p><b>{question}</b>" "{means}</p>
                    <button type="submit" class="filled" name="do" value=task>{verb}</button>
                    <a class="link" href=home>"Don’t"</a>
                </form>
            </details>
        })
    }
}

/// A form that is a button alone, with what it posts.
pub(crate) fn button(
    address: &'static str,
    hidden: Option<(&'static str, String)>,
    verb: &'static str,
    spoken: Option<String>,
) -> Part {
    let hidden = hidden.map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    part(view! {
        <form method="post" action=address class="alone">
            {hidden}
            <button type="submit" aria-label=spoken>{verb}</button>
        </form>
    })
}
